"""Those who decide are told when somebody has become ready for a decision, once, and only while that is so."""

from __future__ import annotations

from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.people.models import Person, Role
from progression import recording, signoff
from progression.documents.agreeing import agree
from progression.documents.shipped import CODE_OF_CONDUCT, FIRST
from progression.readiness import ready_for
from progression.stages import Stage
from tests.conftest import People
from tests.times import NOW, TODAY

KIND = "ready-for-sign-off"


def told() -> list[tuple[int, bool]]:
    """Who is told that somebody is ready, and whether the e-mail would still be sent."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == KIND).order_by(OutboxRow.id))
    return [(row.person_id, from_row(row.kind, row.facts).still_wanted(row.person_id, NOW)) for row in rows]


def agreed(person: Person) -> None:
    with db.writing():
        agree(person, CODE_OF_CONDUCT, edition=FIRST, now=NOW)


def talked(person: Person, by: Person) -> None:
    with db.writing():
        recording.record_observation(person, "welcome-talk", on=TODAY, note="Kind and curious.", by=by, now=NOW)


def test_the_last_thing_that_was_missing_tells_everybody_who_may_sign_off(people: People) -> None:
    sable, rook = (people.person(name, roles=(Role.ASSESSOR,)) for name in ("Sable", "Rook"))
    fern = people.person("Fern")
    agreed(fern)
    assert (ready_for(fern.id, NOW), told()) == (None, [])
    talked(fern, sable)
    assert ready_for(fern.id, NOW) is Stage.PEER
    assert told() == [(sable.id, True), (rook.id, True)]
    talked(fern, rook)  # once more changes nothing about it
    assert len(told()) == 2


def test_nobody_is_told_of_themselves(people: People) -> None:
    sable, rook = (people.person(name, roles=(Role.ASSESSOR,)) for name in ("Sable", "Rook"))
    agreed(sable)
    talked(sable, rook)
    assert told() == [(rook.id, True)]


def test_the_email_is_not_sent_once_somebody_has_decided(people: People) -> None:
    sable, rook = (people.person(name, roles=(Role.ASSESSOR,)) for name in ("Sable", "Rook"))
    fern, wren = people.person("Fern"), people.person("Wren")
    for person in (fern, wren):
        agreed(person)
        talked(person, sable)
    with db.writing():
        signoff.sign_off(fern, Stage.PEER, by=sable, reason="Kind and calm.", now=NOW)
        signoff.not_yet(wren, Stage.PEER, by=rook, reason="Let us talk first.", now=NOW)
    assert [wanted for _, wanted in told()] == [False] * 4
