"""What pages put into the hidden fields of their forms."""

from __future__ import annotations

import re

from app.people.models import Person
from progression.ledger import facts_of_person


def newest(person: Person) -> int:
    """What a page about this person that is opened now names as the newest evidence."""
    return max((fact.id for fact in facts_of_person(person.id)), default=0)


def hidden(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert field
    value = re.search(r'value="([^"]+)"', field[0])
    assert value
    return value[1]
