"""Birth dates for rules that protect young people. They stay inside the domain: no page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from app import db
from app.people.models import PersonPrivate


def born_on(ids: Iterable[int]) -> dict[int, date | None]:
    """Each person's birth date, or None where it is not known (rules then treat them as under 18)."""
    rows = db.session.execute(
        select(PersonPrivate.person_id, PersonPrivate.born_on).where(PersonPrivate.person_id.in_(list(ids)))
    )
    return {row.person_id: row.born_on for row in rows}


def age_on(born: date, day: date) -> int:
    """Whole years lived on a day. Somebody born on 29 February turns a year older on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
