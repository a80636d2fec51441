"""What is asked for again holds only until its day: by the pure rules, on the list of people and on pages."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import audit, clock, db
from app.refusals import Conflict, Invalid
from progression import asked_again, people_list
from progression.asked_again import Asked, shortened
from progression.clearance import clearances
from progression.duties import Duty
from progression.facts import Fact
from progression.journey import NeedState, journey_of
from progression.ledger import facts_as_recorded, facts_of_people, facts_of_person
from progression.models import AskedAgain, Evidence
from progression.standing import standings_of
from tests.conftest import People
from tests.progression.facts import GROWN_UP, LONDON, SHIPPED_PATHWAY, a_moderator, day, fact
from tests.progression.test_people_list import found
from tests.rota.crew import LONG_AGO, Crew
from tests.times import NOW, TODAY

SOON = TODAY + timedelta(days=30)


def asked(edition: int, until: date, *, since: str = "2026-03-01") -> Asked:
    return Asked("training", "conflict", edition, day(since), until)


def ask(edition: int, until: date | None, *, kind: str = "training", key: str = "conflict") -> AskedAgain:
    with db.writing():
        return asked_again.ask_again(kind, key, edition=edition, holds_until=until, by=None, now=NOW)


def test_what_was_given_for_an_older_edition_ends_on_the_day_and_nothing_else_does() -> None:
    older = fact("training", "conflict", "2026-01-05", course_version=4)
    newer = fact("training", "conflict", "2026-01-05", course_version=5)
    other = fact("training", "listening", "2026-01-05", course_version=4)
    ends = [each.valid_until for each in shortened([older, newer, other], [asked(5, SOON)])]
    assert ends == [SOON, None, None]


def test_editions_compare_as_numbers() -> None:
    agreed = [fact("accepted", "code-of-conduct", "2026-01-05", edition=edition) for edition in ("2", "9", "10")]
    ends = [each.valid_until for each in shortened(agreed, [Asked("accepted", "code-of-conduct", 10, NOW, SOON)])]
    assert ends == [SOON, SOON, None]


def test_without_an_edition_a_fact_is_older_if_it_happened_before_the_edition_was_asked_for() -> None:
    before = fact("training", "conflict", "2026-02-28")
    after = fact("training", "conflict", "2026-03-01")
    assert [each.valid_until for each in shortened([before, after], [asked(5, SOON)])] == [SOON, None]


FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
FACTS = st.builds(
    lambda on, length, version: fact(
        "training",
        "conflict",
        on.isoformat(),
        until=None if length is None else (on + timedelta(days=length)).isoformat(),
        **({} if version is None else {"course_version": version}),
    ),
    DAYS,
    st.none() | st.integers(0, 400),
    st.none() | st.integers(1, 5),
)
ROWS = st.builds(
    lambda edition, until, since: asked(edition, until, since=since.isoformat()), st.integers(1, 6), DAYS, DAYS
)


@given(st.lists(FACTS, max_size=4), st.lists(ROWS, max_size=4))
def test_nothing_is_made_to_hold_longer(facts: list[Fact], rows: list[Asked]) -> None:
    for was, now in zip(facts, shortened(facts, rows), strict=True):
        assert now._replace(valid_until=was.valid_until) == was
        assert was.valid_until is None or (now.valid_until is not None and now.valid_until <= was.valid_until)


def test_clearance_and_journey_end_with_it() -> None:
    [facts] = [shortened(a_moderator(), [asked(5, date(2026, 6, 30))])]
    [span] = clearances(facts, SHIPPED_PATHWAY, Duty.MODERATOR, LONDON, born_on=GROWN_UP)
    assert span.end == clock.ends(date(2026, 6, 30), LONDON)
    journey = journey_of(facts, SHIPPED_PATHWAY, LONDON, born_on=GROWN_UP, at=day("2026-06-20"))
    [training] = [each for each in journey.at_stake if each.need.key == "conflict"]
    assert (training.state, training.holds_until, training.days_left) == (NeedState.LAPSES_SOON, date(2026, 6, 30), 10)


@pytest.mark.both_databases
def test_the_latest_call_counts_and_can_be_taken_back(people: People) -> None:
    wren = Crew(people).peer("Wren")
    for until in (SOON, SOON + timedelta(days=7), None):
        ask(5, until)
        [training] = [each for each in facts_of_person(wren.id) if each.requirement == "training:conflict"]
        assert training.valid_until == until
    assert [line.action for line in reversed(audit.latest_lines(3))] == [
        "progression.asked-again",
        "progression.asked-again",
        "progression.no-longer-asked-again",
    ]
    assert facts_of_people([wren.id]) == facts_as_recorded([wren.id])


def test_a_past_day_and_taking_back_what_was_never_asked_are_refused(people: People) -> None:
    with pytest.raises(Invalid):
        ask(5, TODAY - timedelta(days=1))
    with pytest.raises(Conflict):
        ask(5, None)


@pytest.mark.both_databases
def test_the_list_of_people_and_the_rule_agree_whatever_is_asked_again(people: People) -> None:
    """Random facts, some without an edition or with one that is no number, and random calls for newer editions."""
    crew, chance = Crew(people), random.Random(9)
    team = [crew.moderator(f"Person {number}", until=TODAY) for number in range(30)]
    with db.writing():
        for person in team:
            for kind, key, detail in (
                ("accepted", "code-of-conduct", "edition"),
                ("training", "conflict", "course_version"),
            ):
                edition = chance.choice([None, "1", chance.randint(1, 5)])
                happened_at = LONG_AGO + timedelta(days=chance.randint(0, 260))
                db.session.add(
                    Evidence(
                        person_id=person.id,
                        kind=kind,
                        key=key,
                        happened_at=happened_at,
                        recorded_at=happened_at,
                        valid_until=chance.choice([None, TODAY + timedelta(days=chance.randint(0, 90))]),
                        by_person_id=person.id,
                        facts={} if edition is None else {detail: edition},
                    )
                )
        audit.record("progression.evidence-recorded", by=None, subject="test:1", now=NOW)
    for _ in range(3):
        with db.writing():
            asked_again.ask_again(
                "training",
                "conflict",
                edition=chance.randint(1, 6),
                holds_until=TODAY + timedelta(days=chance.randint(0, 70)),
                by=None,
                now=LONG_AGO + timedelta(days=chance.randint(0, 200)),
            )
            asked_again.ask_again(
                "accepted",
                "code-of-conduct",
                edition=chance.randint(1, 3),
                holds_until=TODAY + timedelta(days=chance.randint(0, 70)),
                by=None,
                now=LONG_AGO + timedelta(days=chance.randint(0, 200)),
            )
        db.session.rollback()
        names = {each.id: each.display_name for each in team}
        standings = standings_of(names, NOW)
        losing = set()
        for at in (NOW, *(clock.starts(TODAY + timedelta(days=n), LONDON) for n in range(1, 75, 9))):
            cleared = {
                names[i] for i, each in standings.items() if each.may(Duty.MODERATOR, at, at + timedelta(minutes=1))
            }
            assert found(people_list.is_cleared([Duty.MODERATOR], at, NOW)) & set(names.values()) == cleared, at
        until = NOW + timedelta(days=SHIPPED_PATHWAY.lapses_soon_days)
        for i, each in standings.items():
            if any(span.start <= NOW < span.end <= until for spans in each.clearances.values() for span in spans):
                losing.add(names[i])
        assert found(people_list.loses_soon(NOW)) & set(names.values()) == losing
