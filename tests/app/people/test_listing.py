"""Finding people: pages of a list, and a search by name."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from app.people.listing import PEOPLE_ON_A_PAGE, page_of_people
from app.people.models import Role
from tests.conftest import People, SignIn


def test_people_are_listed_in_pages_and_searched_by_part_of_their_name(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for number in range(PEOPLE_ON_A_PAGE):
        people.person(f"Heron {number:02}")
    first, last = client.get("/people").text, client.get("/people?page=2").text
    assert "Heron 00" in first
    in_the_table = re.compile(r"Tansy</a>\s*</th>")
    assert not in_the_table.search(first)
    assert in_the_table.search(last)
    assert "Heron 07" in client.get("/people?name=heron+07").text
    assert "Nobody of that name." in client.get("/people?name=100%25").text
    assert page_of_people("", 99).number == 2
    assert page_of_people("", -1).number == 1
