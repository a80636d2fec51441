"""The list of people by stage and clearance: what SQL finds of thousands is what `clearance` decides of each."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, select

from app import clock, db
from app.people import rights
from app.people.models import Person, Role
from progression import evidence, people_list
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.models import Evidence
from progression.stages import Stage
from progression.standing import stages_of, standings_of
from tests.conftest import People, SignIn
from tests.progression.asking import asking, with_branch
from tests.rota.crew import LONDON, LONG_AGO, Crew
from tests.times import NOW

LAST_DAY = date(2027, 3, 10)  # within the 60 days in which a clearance counts as about to end


def found(condition: ColumnElement[bool]) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Person.display_name).where(condition)))


def add(person: Person, kind: str, key: str, *, by: int | None, at: datetime = LONG_AGO, **facts: str) -> int:
    with db.writing():
        row = evidence.record(
            NewEvidence(person_id=person.id, kind=kind, key=key, facts=facts, happened_at=at), by=by, now=NOW
        )
    return row.id


@pytest.fixture
def everybody(people: People) -> list[Person]:
    """People whose evidence is plain, and one of each kind whose evidence is not."""
    crew = Crew(people)
    team = [
        people.person("User"),
        crew.peer("Peer"),
        crew.peer("Peer until March", until=LAST_DAY),
        crew.peer("Young peer", born_on=date(2011, 6, 1)),
        crew.peer("Peer of no known age", born_on=None),
        crew.moderator("Moderator"),
        crew.moderator("Moderator until March", until=LAST_DAY),
        crew.moderator("Not suitable since"),
        crew.moderator("Withdrawn"),
        crew.moderator("Stepped back"),
        crew.moderator("Suspended"),
        crew.lead("Lead"),
    ]
    by_name = {each.display_name: each for each in team}
    add(
        by_name["Not suitable since"],
        "check",
        "dbs-enhanced",
        by=crew.assessor.id,
        at=NOW - timedelta(days=1),
        level="enhanced-barred",
        workforce="child",
        outcome="not-suitable",
    )
    withdrawn = db.session.scalars(
        select(Evidence).where(Evidence.person_id == by_name["Withdrawn"].id, Evidence.kind == "check")
    ).one()
    add(by_name["Stepped back"], "step-back", "peer", by=crew.assessor.id, at=NOW - timedelta(days=1))
    with db.writing():
        evidence.withdraw(withdrawn.id, by=crew.assessor.id, why="Seen for somebody else", now=NOW)
        rights.suspend(by_name["Suspended"], by=crew.assessor, now=NOW)
    return [*team, crew.assessor]


@pytest.mark.both_databases
def test_the_database_finds_exactly_those_whom_the_rule_clears(everybody: list[Person]) -> None:
    names = {each.id: each.display_name for each in everybody}
    days = [
        NOW,
        *(clock.starts(LAST_DAY + timedelta(days=n), LONDON) for n in (0, 1, 400)),
    ]
    for at in days:
        standings = standings_of(names, NOW)
        for duty in Duty:
            cleared = {names[i] for i, each in standings.items() if each.may(duty, at, at + timedelta(minutes=1))}
            assert found(people_list.is_cleared([duty], at, NOW)) == cleared, (duty, at)
        reached = stages_of(names, at)
        for stage in Stage:
            assert found(people_list.is_at_stage([stage], at, NOW)) == {
                names[i] for i, each in reached.items() if each is stage
            }, (stage, at)


@pytest.mark.both_databases
def test_the_database_finds_exactly_those_who_are_in_a_branch(people: People) -> None:
    """A lead takes two different people's signatures, which nothing has ended."""
    crew = Crew(people)
    first, second = crew.assessor, people.person("Second")
    signed = {
        "Signed by two": [first, second],
        "Signed by one": [first],
        "Signed twice by one": [first, first],
        "Signed again": [first, second],
        "Left": [first, second],
        "One withdrawn": [first, second],
    }
    leads = {name: crew.lead(name) for name in signed}
    ids = {
        name: [add(leads[name], "branch", "lead", by=by.id, at=LONG_AGO + timedelta(days=1)) for by in signers]
        for name, signers in signed.items()
    }
    for name in ("Left", "Signed again"):
        add(leads[name], "branch-left", "lead", by=leads[name].id, at=NOW - timedelta(days=2))
    for by in (first, second):
        add(leads["Signed again"], "branch", "lead", by=by.id, at=NOW - timedelta(days=1))
    with db.writing():
        evidence.withdraw(ids["One withdrawn"][0], by=second.id, why="Signed for somebody else", now=NOW)
    with asking(with_branch()):
        names = {each.id: name for name, each in leads.items()}
        standings = standings_of(names, NOW)
        cleared = {names[i] for i, each in standings.items() if each.may("lead", NOW, NOW + timedelta(minutes=1))}
        assert cleared == {"Signed by two", "Signed again"}
        assert found(people_list.is_cleared([Duty.LEAD], NOW, NOW)) == cleared


@pytest.mark.both_databases
def test_who_loses_a_duty_soon_is_found_and_their_row_says_when(
    everybody: list[Person], client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    assert found(people_list.loses_soon(NOW)) == {"Peer until March", "Moderator until March"}
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = " ".join(client.get("/people?lapsing=soon&cleared=moderator").text.split())
    assert "1 person" in page
    assert "until Wed 10 Mar" in page
    assert "Peer until March" not in page
