"""Requirements of time in a pathway: shifts and hours lately, and days at a stage, at their edges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError

from app import clock, db
from app.people.models import Person
from app.policies import documents, versions
from progression import evidence, people_list
from progression.clearance import may_do, times_met
from progression.days_away import as_fact
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval
from progression.journey import NeedState, progress_of
from progression.labels import unmeetable_requirements
from progression.lapses import lapses
from progression.lapsing.reading import people_who_lapse
from progression.ledger import facts_of_person
from progression.pathway import Pathway, Requirement, Window
from progression.preview import changes_between, everybody
from progression.stages import Stage
from progression.standing import missing_ahead, standing_of, standings_of
from rota.store.models import AvailabilityDated, DatedKind
from tests.conftest import People
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    day,
    fact,
    signed_off,
    stepped_back,
    withdrawal,
)
from tests.progression.test_people_list import add, found
from tests.rota.crew import Crew
from tests.times import NOW, TODAY


def need(evidence: str, **more: Any) -> Requirement:
    said = {"title": "What it is", "how": "How to get it.", "source": "Ours, for these tests."}
    return Requirement.model_validate({"evidence": evidence, **said, **more})


def worked(on: str, minutes: int = 240, duty: str = "moderator", **facts: Any) -> Fact:
    return fact("worked", "shift", on, minutes=minutes, duty=duty, **facts)


def met(facts: list[Fact], asked: Requirement) -> tuple[Interval, ...]:
    return times_met(facts, asked, LONDON, born_on=GROWN_UP)


def leave(first: str, last: str) -> Fact:
    return as_fact(1, clock.starts(date.fromisoformat(first), LONDON), clock.ends(date.fromisoformat(last), LONDON))


def starts(text: str) -> Any:
    return clock.starts(date.fromisoformat(text), LONDON)


TWO_SHIFTS = need("worked:shift", within={"least": 2, "days": 30})
EIGHT_HOURS = need("worked:shift", within={"least": 8, "unit": "hours", "days": 30})
AS_MODERATOR = need("worked:shift", facts={"duty": ["moderator", "lead"]}, within={"least": 1, "days": 30})
NINETY_DAYS = need("at-stage:volunteer", at_stage={"days": 90})
WITH_LEAVE = need("at-stage:volunteer", at_stage={"days": 90, "leave_counts": True})


def test_hours_count_to_the_minute() -> None:
    assert met([worked("2026-03-01", 240), worked("2026-03-05", 239)], EIGHT_HOURS) == ()
    assert met([worked("2026-03-01", 240), worked("2026-03-05", 240)], EIGHT_HOURS)[0].start == day("2026-03-05")


def test_a_shift_in_another_duty_does_not_count_where_the_duty_is_asked_for() -> None:
    assert met([worked("2026-03-01", duty="shadow")], AS_MODERATOR) == ()
    assert met([worked("2026-03-01", duty="lead")], AS_MODERATOR) != ()


def test_a_shift_that_was_withdrawn_never_counted() -> None:
    wrong = worked("2026-03-05")
    assert met([worked("2026-03-01"), wrong, withdrawal(wrong, "2026-03-20")], TWO_SHIFTS) == ()


def test_leave_that_begins_inside_the_window_makes_it_longer() -> None:
    facts = [worked("2026-03-01"), worked("2026-03-02")]
    assert met(facts, TWO_SHIFTS)[0].end == clock.ends(date(2026, 3, 31), LONDON)
    assert met([leave("2026-03-10", "2026-03-16"), *facts], TWO_SHIFTS)[0].end == clock.ends(date(2026, 4, 7), LONDON)


def test_a_sign_off_can_begin_the_window_so_that_a_newcomer_has_time_to_begin() -> None:
    asked = need("worked:shift", within={"least": 2, "days": 30, "low": 1, "restarted_by": ["sign-off:volunteer"]})
    new = signed_off(Stage.VOLUNTEER, "2026-03-01")
    assert met([new], asked) == (Interval(day("2026-03-01"), clock.ends(date(2026, 3, 31), LONDON)),)
    assert met([new, worked("2026-03-31")], asked)[0].end == clock.ends(date(2026, 4, 30), LONDON)
    assert met([new, withdrawal(new, "2026-03-02")], asked) == ()


AGAIN = need("observed:shift", within={"least": 1, "days": 180, "shifts_since": 2, "grace_days": 14})


def seen(on: str, seat: int = 1) -> Fact:
    return fact("observed", "shift", on, duty="moderator", seat=seat)


@pytest.mark.parametrize(
    ("facts", "last_day"),
    [
        ([seen("2026-03-01")], "2026-09-11"),  # 180 days, and 14 to be observed again
        ([seen("2026-03-01"), worked("2026-03-10")], "2026-09-11"),
        ([seen("2026-03-01"), worked("2026-03-10"), worked("2026-03-12")], "2026-03-25"),
        # The shift on which they were observed is none of those since, nor is one to learn.
        ([seen("2026-03-01"), worked("2026-03-01", seat=1), worked("2026-03-12")], "2026-09-11"),
        ([seen("2026-03-01"), worked("2026-03-10", duty="shadow"), worked("2026-03-12")], "2026-09-11"),
        # Observed again within the days that are left, it begins again with the latest.
        ([seen("2026-03-01"), worked("2026-03-10"), worked("2026-03-12"), seen("2026-03-25", 2)], "2026-10-05"),
        ([leave("2026-03-02", "2026-03-08"), seen("2026-03-01")], "2026-09-18"),
        ([seen("2027-09-01")], "2028-03-13"),  # over 29 February
    ],
)
def test_an_observation_counts_so_long_and_for_so_many_shifts(facts: list[Fact], last_day: str) -> None:
    (span,) = met(facts, AGAIN)
    assert span.end == clock.ends(date.fromisoformat(last_day), LONDON)


def test_an_observation_that_comes_a_day_too_late_begins_again_and_leaves_a_gap() -> None:
    facts = [seen("2026-03-01"), worked("2026-03-10"), worked("2026-03-12"), seen("2026-03-27", 2)]
    first, second = met(facts, AGAIN)
    assert (first.end, second.start) == (starts("2026-03-26"), day("2026-03-27"))


def test_an_observation_that_did_not_go_well_never_counts() -> None:
    assert met([fact("observed", "shift-not-counted", "2026-03-01", duty="moderator", seat=1)], AGAIN) == ()


@pytest.mark.parametrize(
    "window",
    [
        {"least": 1, "days": 180, "shifts_since": 2},  # nobody can know the day, so there must be days left
        {"least": 1, "days": 180, "shifts_since": 2, "grace_days": 13},
    ],
)
def test_what_ends_by_shifts_leaves_time_to_renew_it(window: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        need("observed:shift", within=window)


@pytest.mark.parametrize(
    ("facts", "asked", "since"),
    [
        ([signed_off(Stage.VOLUNTEER, "2026-01-10")], NINETY_DAYS, "2026-04-10"),
        ([signed_off(Stage.STAFF, "2026-01-10")], NINETY_DAYS, "2026-04-10"),  # above it counts too
        ([signed_off(Stage.PEER, "2026-01-10")], NINETY_DAYS, None),
        ([signed_off(Stage.VOLUNTEER, "2028-01-10")], NINETY_DAYS, "2028-04-09"),  # over 29 February
        ([leave("2026-03-01", "2026-03-07"), signed_off(Stage.VOLUNTEER, "2026-01-10")], NINETY_DAYS, "2026-04-17"),
        ([leave("2026-03-01", "2026-03-07"), signed_off(Stage.VOLUNTEER, "2026-01-10")], WITH_LEAVE, "2026-04-10"),
        (  # ninety days in two parts: 31 before the step back, 59 after coming back
            [
                signed_off(Stage.VOLUNTEER, "2026-01-01"),
                stepped_back(Stage.PEER, "2026-02-01"),
                signed_off(Stage.VOLUNTEER, "2026-06-01"),
            ],
            NINETY_DAYS,
            "2026-07-30",
        ),
        ([signed_off(Stage.VOLUNTEER, "2026-01-01"), stepped_back(Stage.PEER, "2026-03-31")], NINETY_DAYS, None),
    ],
)
def test_time_at_a_stage_is_met_from_the_start_of_its_day(
    facts: list[Fact], asked: Requirement, since: str | None
) -> None:
    assert met(facts, asked) == ((Interval(starts(since), FOR_EVER),) if since else ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"evidence": "at-stage:volunteer"},
        {"evidence": "at-stage:user", "at_stage": {"days": 90}},
        {"evidence": "at-stage:juggler", "at_stage": {"days": 90}},
        {"evidence": "worked:shift", "at_stage": {"days": 90}},
        {"evidence": "age:18", "within": {"least": 1, "days": 30}},
        {"evidence": "worked:shift", "within": {"least": 2, "low": 3, "days": 30}},
        {"evidence": "worked:shift", "times": 2, "within": {"least": 2, "days": 30}},
        {"evidence": "training:conflict", "within": {"least": 2, "unit": "hours", "days": 30}},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        need(**wrong)


def test_progress_says_how_much_there_is_of_how_much() -> None:
    facts = [signed_off(Stage.VOLUNTEER, "2026-03-01"), worked("2026-03-01", 100), worked("2026-03-05", 230)]

    def progress(asked: Requirement, on: str) -> tuple[NeedState, int, int]:
        found = progress_of(facts, asked, soon=timedelta(days=60), zone=LONDON, born_on=GROWN_UP, at=day(on, 12))
        return found.state, found.have, found.need.amount

    assert progress(EIGHT_HOURS, "2026-03-10") == (NeedState.PART, 5, 8)
    assert progress(TWO_SHIFTS, "2026-03-10") == (NeedState.MET, 2, 2)
    assert progress(TWO_SHIFTS, "2026-03-25") == (NeedState.LAPSES_SOON, 2, 2)
    assert progress(NINETY_DAYS, "2026-03-11") == (NeedState.PART, 10, 90)


@pytest.mark.parametrize("hour", range(-3, 3))
def test_a_birthday_in_a_night_shift_lets_nobody_begin_it_before(hour: int) -> None:
    born = date(2008, 5, 17)
    begins = clock.starts(date(2026, 5, 17), LONDON) + timedelta(hours=hour)
    may = may_do(
        a_moderator(),
        SHIPPED_PATHWAY,
        Duty.MODERATOR,
        LONDON,
        starts_at=begins,
        ends_at=begins + timedelta(hours=3),
        born_on=born,
    )
    assert may is (hour >= 0)


# With the database.


def asking_moderators() -> Pathway:
    """The shipped pathway, in which moderators were also observed twice lately, and volunteers for a month before."""
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    text["requirements"]["seen"] = need(
        "observed:shift", within={"least": 2, "low": 1, "days": 30, "grace_days": 5}
    ).model_dump(mode="json")
    text["requirements"]["settled"] = need("at-stage:volunteer", at_stage={"days": 30}).model_dump(mode="json")
    text["duties"]["moderator"]["needs"] += ["seen", "settled"]
    return Pathway.model_validate(text)


@contextmanager
def asking() -> Iterator[None]:
    with documents.assuming(versions.kind_named("pathway"), asking_moderators(), holds_from=TODAY):
        yield


def is_away(person: Person, days_ago: int, days: int) -> None:
    starts_at = clock.starts(TODAY - timedelta(days=days_ago), LONDON)
    values = {"starts_at": starts_at, "ends_at": starts_at + timedelta(days=days), "said_at": NOW}
    with db.writing():
        db.session.add(AvailabilityDated(person_id=person.id, kind=DatedKind.LEAVE, **values))


def test_days_away_are_read_only_where_a_pathway_asks_for_something_that_they_pause(people: People) -> None:
    wren = people.person("Wren")
    is_away(wren, 20, 7)
    assert facts_of_person(wren.id) == []
    with asking():
        (away,) = facts_of_person(wren.id)
        assert (away.id, away.kind) == (0, "away")


def test_the_comparison_says_what_could_never_begin_a_window_again(app: Flask) -> None:
    text = asking_moderators().model_dump(mode="json")
    text["requirements"]["seen"]["within"]["restarted_by"] = ["training:unheard-of", "sign-off:volunteer"]
    doubts = unmeetable_requirements(Pathway.model_validate(text), NOW)
    (doubt,) = [each for each in doubts if "begin again" in each]
    assert "training:unheard-of" in doubt


@pytest.fixture
def team(people: People) -> dict[int, str]:
    """Moderators who were observed at different times, some with leave, one with an observation withdrawn."""
    crew = Crew(people)
    observed: dict[str, tuple[int, ...]] = {
        "Never": (),
        "Once": (3,),
        "Twice": (3, 10),
        "Long ago": (60, 61),
        "In grace": (32, 33),
        "Just fell short": (36, 37),
        "On leave": (36, 37),
        "Withdrawn": (3, 4),
    }
    names = {}
    for name, days_ago in observed.items():
        person = crew.moderator(name)
        names[person.id] = name
        for days in days_ago:
            last = add(person, "observed", "shift", by=crew.assessor.id, at=NOW - timedelta(days=days))
        if name == "On leave":
            is_away(person, 20, 10)
        if name == "Withdrawn":
            with db.writing():
                evidence.withdraw(last, by=crew.assessor.id, why="It was somebody else", now=NOW)
    new, by = crew.peer("New"), crew.assessor.id
    names[new.id] = "New"
    add(new, "check", "dbs-enhanced", by=by, level="enhanced-barred", workforce="child", outcome="clear")
    for days in (3, 10):
        add(new, "observed", "shift", by=by, at=NOW - timedelta(days=days))
    add(new, "sign-off", "volunteer", by=by, at=NOW - timedelta(days=10))
    return names


@pytest.mark.both_databases
def test_alone_together_and_in_the_list_of_people_the_same_are_cleared(team: dict[int, str]) -> None:
    with asking():
        together = standings_of(team, NOW)
        moment = NOW, NOW + timedelta(minutes=1)
        cleared = {name for person_id, name in team.items() if together[person_id].may(Duty.MODERATOR, *moment)}
        assert cleared == {"Twice", "In grace", "On leave"}
        for person_id, standing in together.items():
            alone = standing_of(person_id, NOW)
            assert dict(alone.clearances) == dict(standing.clearances), team[person_id]
        assert found(people_list.is_cleared([Duty.MODERATOR], NOW, NOW)) == cleared
        assert found(people_list.loses_soon(NOW)) >= cleared


@pytest.mark.both_databases
def test_on_every_day_ahead_list_forecast_and_preview_say_what_clearance_says(team: dict[int, str]) -> None:
    """A window that is kept now ends on a day to come: the same one for all of them."""
    duty, days = Duty.MODERATOR, (0, 5, 19, 20, 21, 27, 34, 35, 40, 60)
    with asking():
        standings = standings_of(team, NOW)
        cleared_on = {}
        for ahead in days:
            at = NOW if ahead == 0 else clock.starts(TODAY + timedelta(days=ahead), LONDON)
            moment = Interval(at, at + timedelta(minutes=1))
            cleared_on[ahead] = {team[i] for i, each in standings.items() if each.may(duty, moment.start, moment.end)}
            assert found(people_list.is_cleared([duty], at, NOW)) == cleared_on[ahead], ahead
            missing = missing_ahead(team, [duty], moment, NOW)
            able = {team[i] for i, of in missing.items() if duty in of and not of[duty]}
            assert able == cleared_on[ahead], ahead
        assert len({frozenset(names) for names in cleared_on.values()}) > 2  # they lose it on different days
        ends = {
            team[i]: next(span.end for span in each.clearances[duty] if span.start <= NOW < span.end)
            for i, each in standings.items()
            if team[i] in cleared_on[0]
        }
    time = Interval(NOW, clock.ends(TODAY + timedelta(days=83), LONDON))
    everyone = everybody(SHIPPED_PATHWAY, asking_moderators())
    lost = {
        change.name: change.at
        for change in changes_between(SHIPPED_PATHWAY, asking_moderators(), time, everyone)
        if change.what is duty and not change.gains
    }
    assert {name: at for name, at in lost.items() if at > NOW} == ends


@pytest.mark.both_databases
def test_what_ended_by_shifts_lapses_on_one_day_for_clearance_the_list_and_the_e_mails(people: People) -> None:
    crew, again = Crew(people), Window(least=1, days=180, shifts_since=2, grace_days=14)
    wren, rook = crew.moderator("Wren"), crew.moderator("Rook")
    for person, seats in ((wren, (2, 3)), (rook, (2,))):
        observed = NOW - timedelta(days=9)
        details = {"duty": "moderator", "seat": 1}
        with db.writing():
            new = NewEvidence(person_id=person.id, kind="observed", key="shift", happened_at=observed, facts=details)
            evidence.record(new, by=crew.assessor.id, now=NOW)
            for seat in (1, *seats):
                shift = {"minutes": 240, "duty": "moderator", "night": False, "seat": seat}
                at = NOW - timedelta(days=9 - seat)
                new = NewEvidence(person_id=person.id, kind="worked", key="shift", happened_at=at, facts=shift)
                evidence.record(new, by=None, now=NOW)
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    text["requirements"]["again"] = {**need("observed:shift").model_dump(mode="json"), "within": again.model_dump()}
    text["duties"]["moderator"]["needs"].append("again")
    pathway, last_day = Pathway.model_validate(text), TODAY + timedelta(days=8)  # the second was six days ago
    with documents.assuming(versions.kind_named("pathway"), pathway, holds_from=TODAY):
        facts = facts_of_person(wren.id)
        (lapse,) = lapses(facts, pathway, LONDON, born_on=GROWN_UP, at=NOW, until=TODAY + timedelta(days=60))
        assert (lapse.last_day, lapse.duties) == (last_day, (Duty.MODERATOR,))
        (told,) = people_who_lapse(NOW, TODAY + timedelta(days=60))
        assert told.person.id == wren.id
        assert found(people_list.loses_soon(NOW)) == {"Wren"}
        for day_, cleared in ((last_day, {"Wren", "Rook"}), (last_day + timedelta(days=1), {"Rook"})):
            assert found(people_list.is_cleared([Duty.MODERATOR], clock.starts(day_, LONDON), NOW)) == cleared
