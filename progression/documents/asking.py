"""Asking people to agree again: whom, by one e-mail each, and a reminder before the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from app import clock, db, settings
from app.outbox import queue
from progression.asked_again import in_force
from progression.documents.agreeing import Reading, reading_of
from progression.documents.editions import Edition, asked_by, editions_of
from progression.documents.notices import AgreeAgain
from progression.documents.shipped import DOCUMENTS, Document
from progression.documents.who_agreed import to_agree_again
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person

RUNS_AT = time(9, 0)  # in the morning, when people can still do it the same day
REMIND = timedelta(days=7)  # before the day; the shortest time to agree is as long


def asked_of(person_id: int, now: datetime) -> Sequence[Reading]:
    """The documents that this person is asked to agree to again, also where the day is past."""
    facts_of_person(person_id)  # read with what is asked again, in one query that the page needs anyway
    if not any(each.kind == FactKind.ACCEPTED for each in in_force()):
        return []  # nobody is, and nothing more needs to be read
    readings = (reading_of(person_id, document, now) for document in DOCUMENTS)
    return [reading for reading in readings if reading.agree_by is not None]


def asking_edition(document: Document, day: date) -> Edition | None:
    """The newest edition of a document that holds and asks people to agree again, or None."""
    asking = [each for each in editions_of(document) if each.holds_on(day) and each.agree_by is not None]
    return asking[-1] if asking else None


def ask_people(now: datetime) -> None:
    """Queue the e-mail and, a week before the day, the reminder of everybody who is asked; each once, however often."""
    today = clock.on(now, settings.current().zone)
    for document in DOCUMENTS:
        edition = asking_edition(document, today)
        if edition is None:
            continue
        lines = to_agree_again(document, edition.number)
        days = {number: asked_by(document, number, today) for number in {line.edition for line in lines}}
        asked = [(line.person_id, by) for line in lines if (by := days[line.edition]) is not None and today <= by]
        for batch in queue.batches(asked):
            with db.writing():
                for person_id, agree_by in batch:
                    _ask(edition, person_id, agree_by, now=now)


def _ask(edition: Edition, to: int, agree_by: date, *, now: datetime) -> None:
    zone = settings.current().zone
    assert edition.holds_from is not None, "the shipped edition asks nobody"
    is_reminder = clock.on(now, zone) >= agree_by - REMIND and agree_by - REMIND > edition.holds_from
    first_day = agree_by - REMIND if is_reminder else edition.holds_from
    notice = AgreeAgain(edition.document.key, edition.number, is_reminder)
    queue.enqueue(
        notice,
        to=to,
        once=f"{notice.kind}:{edition.document.key}:{edition.number}:{to}:{'reminder' if is_reminder else 'first'}",
        now=now,
        deadline=clock.ends(agree_by, zone),
        due_at=clock.local(zone, first_day.year, first_day.month, first_day.day, RUNS_AT.hour),
    )
