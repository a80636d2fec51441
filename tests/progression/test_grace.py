"""A new requirement with a grace period: who was cleared before goes on until its day, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app import clock, db, migrating
from app.people.models import Person, Role
from app.policies import documents, versions
from app.policies.comparison import compare
from app.settings import ROOT
from app.trail import verification
from progression import evidence, in_grace, people_list
from progression.clearance import clearances, times_met_for
from progression.duties import Duty
from progression.evidence import NewEvidence
from progression.facts import Fact
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, intersection
from progression.journey import NeedState, journey_of
from progression.missing import missing_for_duty
from progression.models import Evidence
from progression.notices import NewRequirement
from progression.pathway import Grace, Pathway
from progression.stages import Stage, times_at_or_above
from progression.standing import TIME_TO_FIND_COVER, standings_of
from tests.conftest import People, SignIn, clock_at
from tests.progression.facts import (
    GROWN_UP,
    LONDON,
    SHIPPED_PATHWAY,
    a_moderator,
    agreed,
    checked,
    day,
    safe,
    signed_off,
    trained,
    withdrawal,
)
from tests.progression.test_people_list import add, found
from tests.rota.crew import CHECKED, CODE, LONG_AGO, PEER, SAFE, TRAINED, VOLUNTEER, Crew, seats
from tests.times import NOW, TODAY
from tests.training.emails import queued, words_of

CAME = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNTIL = date(2026, 7, 13)


def with_grace(cleared_at: datetime = CAME, until: date = UNTIL) -> Pathway:
    needs = dict(SHIPPED_PATHWAY.requirements)
    needs["safeguarding"] = needs["safeguarding"].model_copy(
        update={"grace": Grace(cleared_at=cleared_at, until=until)}
    )
    return SHIPPED_PATHWAY.model_copy(update={"requirements": needs})


BEFORE = [each for each in a_moderator() if each.key != "safeguarding"]


def moderates(facts: list[Fact]) -> tuple[Interval, ...]:
    return clearances(facts, with_grace(), Duty.MODERATOR, LONDON, born_on=GROWN_UP)


def test_who_was_cleared_goes_on_until_the_day_and_stops_then() -> None:
    assert moderates(BEFORE) == (Interval(day("2026-02-01"), clock.ends(UNTIL, LONDON)),)
    assert clearances(BEFORE, SHIPPED_PATHWAY, Duty.MODERATOR, LONDON, born_on=GROWN_UP) == ()


def test_done_in_time_there_is_no_gap_and_done_later_there_is_one() -> None:
    assert moderates([*BEFORE, safe("2026-06-20")]) == (Interval(day("2026-02-01"), FOR_EVER),)
    assert [span.start for span in moderates([*BEFORE, safe("2026-08-01")])] == [day("2026-02-01"), day("2026-08-01")]


@pytest.mark.parametrize(
    "facts",
    [
        [*BEFORE[:-1], signed_off(Stage.VOLUNTEER, "2026-06-02")],  # signed off after it came
        [*(each for each in BEFORE if each.kind != "check"), checked("2025-09-01", until="2026-05-31")],
        [*(each for each in BEFORE if each.kind != "training"), trained("2026-06-02")],
        [
            *(each for each in BEFORE if each.kind != "check"),
            checked("2025-09-01")._replace(recorded_at=day("2026-06-02")),
        ],
        [*BEFORE, withdrawal(BEFORE[2], "2026-06-05")],
    ],
    ids=["a new volunteer", "a check that had lapsed", "a course taken since", "recorded since", "withdrawn since"],
)
def test_newcomers_need_it_at_once(facts: list[Fact]) -> None:
    assert moderates(facts) == ()


def test_losing_something_else_ends_the_grace_with_it() -> None:
    facts = [*(each for each in BEFORE if each.kind != "check"), checked("2025-09-01", until="2026-06-10")]
    assert moderates(facts) == (Interval(day("2026-02-01"), clock.ends(date(2026, 6, 10), LONDON)),)


IN_MAY = st.integers(1, 31).map(lambda number: f"2026-05-{number:02}")
ENDS = st.sampled_from([None, "2026-05-20", "2026-06-03", "2026-06-20", "2026-08-01"])
HISTORIES = st.tuples(
    st.lists(st.builds(agreed, IN_MAY), min_size=1, max_size=2),
    st.lists(st.builds(lambda on, until: trained(on, until=until), IN_MAY, ENDS), min_size=1, max_size=2),
    st.lists(st.builds(lambda on, until: checked(on, until=until), IN_MAY, ENDS), max_size=2),
    st.lists(st.builds(safe, st.sampled_from(["2026-05-10", "2026-06-10", "2026-08-10"])), max_size=2),
    st.lists(st.builds(signed_off, st.sampled_from([Stage.PEER, Stage.VOLUNTEER]), IN_MAY), min_size=1, max_size=3),
).map(lambda lists: [each for some in lists for each in some])


@given(HISTORIES, st.sampled_from([Duty.SHADOW, Duty.HOST, Duty.MODERATOR]), st.sampled_from([10, 20, 31]))
def test_asking_for_the_grace_only_where_it_adds_a_time_is_asking_for_it_always(
    facts: list[Fact], duty: Duty, number: int
) -> None:
    pathway = with_grace(datetime(2026, 5, number, 12, tzinfo=UTC))
    plainly: tuple[Interval, ...] = times_at_or_above(facts, pathway.duties[duty].from_stage)
    for need in pathway.needs_of_duty(duty):
        asked = times_met_for(duty, facts, pathway, need, LONDON, born_on=GROWN_UP)
        plainly = intersection(plainly, asked)
    assert clearances(facts, pathway, duty, LONDON, born_on=GROWN_UP) == plainly


def test_the_journey_puts_it_first_with_its_day_and_planning_says_what_is_missing_after_it() -> None:
    journey = journey_of(BEFORE, with_grace(), LONDON, born_on=GROWN_UP, at=day("2026-06-10"))
    assert journey.nearest is not None
    assert (journey.nearest.need.key, journey.nearest.state) == ("safeguarding", NeedState.LAPSES_SOON)
    assert (journey.nearest.grace_until, journey.nearest.days_left) == (UNTIL, 33)
    after = Interval(day("2026-07-20"), day("2026-07-21"))
    pathways = [(Interval(ALWAYS_SINCE, FOR_EVER), with_grace())]
    [lack] = missing_for_duty(
        pathways, BEFORE, Duty.MODERATOR, LONDON, born_on=GROWN_UP, at=day("2026-06-10"), within=after
    )
    assert lack.evidence == "training:safeguarding"


@pytest.mark.parametrize("until", [date(2026, 5, 31), date(2027, 1, 1)])
def test_a_grace_period_ends_after_it_begins_and_within_half_a_year(until: date) -> None:
    with pytest.raises(ValidationError, match="within 184 days"):
        Grace(cleared_at=CAME, until=until)


@contextmanager
def assumed(pathway: Pathway) -> Iterator[None]:
    with documents.assuming(versions.kind_named("pathway"), pathway, holds_from=TODAY):
        yield


@pytest.mark.both_databases
def test_the_list_of_people_agrees_with_the_rule_before_and_after_the_day(people: People) -> None:
    crew, until = Crew(people), TODAY + timedelta(days=40)
    old = (CODE, TRAINED, CHECKED, PEER, VOLUNTEER)
    team = [
        crew._cleared(people.person("Before"), *old, until=None),
        crew._cleared(people.person("Before and done"), SAFE, *old, until=None),
        crew._cleared(people.person("Before until April"), *old, until=TODAY + timedelta(days=50)),
        crew._cleared(people.person("Before until March"), *old, until=TODAY + timedelta(days=20)),
        crew._cleared(people.person("Had lapsed"), *old, until=TODAY - timedelta(days=20)),
        crew._cleared(people.person("Peer"), CODE, TRAINED, PEER, until=None),
        crew._cleared(people.person("Withdrawn"), *old, until=None),
        crew._cleared(people.person("Stepped back"), *old, until=None),
        people.person("Taken over since"),
    ]
    named = {each.display_name: each for each in team}
    for kind, key, facts in old:
        by = named["Taken over since"].id if kind == "accepted" else None if kind == "training" else crew.assessor.id
        add(named["Taken over since"], kind, key, by=by, at=LONG_AGO, **facts)
    add(named["Stepped back"], "step-back", "peer", by=crew.assessor.id, at=NOW - timedelta(days=1))
    check = db.session.query(Evidence).filter_by(person_id=named["Withdrawn"].id, kind="check").one()
    with db.writing():
        evidence.withdraw(check.id, by=crew.assessor.id, why="Seen for somebody else", now=NOW)
    names = {each.id: each.display_name for each in team}
    with assumed(with_grace(NOW - timedelta(hours=2), until)):
        for day_after in (0, 1, 19, 21, 39, 40, 41, 45, 60):
            at = NOW if day_after == 0 else clock.starts(TODAY + timedelta(days=day_after), LONDON)
            standings = standings_of(names, NOW)
            for duty in Duty:
                cleared = {names[i] for i, each in standings.items() if each.may(duty, at, at + timedelta(minutes=1))}
                assert found(people_list.is_cleared([duty], at, NOW)) & set(names.values()) == cleared, (duty, at)
        assert {"Before", "Before and done", "Before until April"} <= found(
            people_list.is_cleared([Duty.MODERATOR], clock.starts(until, LONDON), NOW)
        )
        assert found(people_list.loses_soon(NOW)) == {
            "Before",
            "Before until March",
            "Had lapsed",  # they may still shadow
            "Before until April",
            "Peer",
            "Withdrawn",
            "Stepped back",
        }


def test_shifts_after_the_day_are_kept_until_others_need_time_to_take_them(people: People) -> None:
    crew = Crew(people)
    wren: Person = crew._cleared(people.person("Wren"), CODE, TRAINED, PEER, until=None)
    until = TODAY + timedelta(days=40)
    shift = clock.starts(until + timedelta(days=10), LONDON)
    with assumed(with_grace(NOW - timedelta(hours=2), until)):
        for now, keeps in (
            (NOW, True),
            (clock.starts(until - TIME_TO_FIND_COVER, LONDON), True),
            (clock.starts(until - TIME_TO_FIND_COVER + timedelta(days=1), LONDON), False),
        ):
            standing = standings_of([wren.id], now, with_time_to_do_it=True)[wren.id]
            assert standing.may(Duty.HOST, shift, shift + timedelta(hours=4)) is keeps, now
            assert not standings_of([wren.id], now)[wren.id].may(Duty.HOST, shift, shift + timedelta(hours=4))


def test_evidence_given_after_is_what_newcomers_need(people: People) -> None:
    crew = Crew(people)
    with assumed(with_grace(LONG_AGO - timedelta(days=1), LONG_AGO.date() + timedelta(days=100))):
        late = crew._cleared(people.person("Late"), CODE, TRAINED, PEER, until=None)
        assert not standings_of([late.id], NOW)[late.id].may(Duty.HOST, NOW, NOW + timedelta(hours=1))
        with db.writing():
            evidence.record(NewEvidence(person_id=late.id, kind="training", key="safeguarding"), by=None, now=NOW)
        assert standings_of([late.id], NOW)[late.id].may(Duty.HOST, NOW, NOW + timedelta(hours=1))


@pytest.mark.both_databases
def test_an_upgrade_gives_the_cleared_of_an_organisation_on_the_shipped_pathway_six_weeks(
    app: Flask, people: People
) -> None:
    crew = Crew(people)
    wren = crew._cleared(people.person("Wren"), CODE, TRAINED, PEER, until=None)
    assert not may_host(wren)
    upgrade_again()
    assert may_host(wren)
    late = people.person("Late")
    with db.writing():
        for kind, key, facts in (CODE, TRAINED, PEER):
            by = late.id if kind == "accepted" else None if kind == "training" else crew.assessor.id
            new = NewEvidence(person_id=late.id, kind=kind, key=key, facts=facts)
            evidence.record(new, by=by, now=NOW + timedelta(minutes=1))
    assert not may_host(late, NOW + timedelta(minutes=2))
    after = clock.starts(TODAY + timedelta(weeks=6, days=1), LONDON)
    assert not standings_of([wren.id], NOW)[wren.id].may(Duty.HOST, after, after + timedelta(hours=1))
    [version] = versions.versions_of(versions.kind_named("pathway"))
    assert (version.by, version.holds_from) == (None, TODAY)
    assert "six weeks" in version.why
    assert list(verification.check()) == []
    upgrade_again()
    assert len(versions.versions_of(versions.kind_named("pathway"))) == 1


@pytest.mark.both_databases
def test_a_new_installation_asks_everybody_at_once(app: Flask, people: People) -> None:
    people.person("Wren")
    upgrade_again()
    assert versions.versions_of(versions.kind_named("pathway")) == []


def may_host(person: Person, at: datetime = NOW) -> bool:
    db.session.rollback()
    return standings_of([person.id], at)[person.id].may(Duty.HOST, at, at + timedelta(hours=1))


def upgrade_again() -> None:
    """Run the migration of the grace period on what is here."""
    db.session.rollback()
    [own] = (ROOT / "migrations" / "versions").glob("*_safeguarding_grace.py")
    command.downgrade(migrating.alembic_config(), f"{int(own.name[:4]) - 1:04}")
    with clock_at(NOW):
        migrating.upgrade()


def test_each_person_in_the_grace_period_is_told_once_and_reminded_and_nobody_else(people: People) -> None:
    crew, until = Crew(people), TODAY + timedelta(days=40)
    wren = crew._cleared(people.person("Wren"), CODE, TRAINED, PEER, until=None)
    crew._cleared(people.person("Done"), SAFE, CODE, TRAINED, PEER, until=None)
    with assumed(with_grace(NOW - timedelta(hours=2), until)):
        assert [each.people for each in in_grace.people_in_grace(NOW)] == [((wren.id, "Wren"),)]
        counts = []
        for days in (0, 1, 27, 38, 40, 41):
            for _ in range(2):
                in_grace.tell_people(NOW + timedelta(days=days))
            counts.append(len(queued("new-requirement")))
        assert counts == [1, 1, 2, 3, 3, 3]
        subject, text, _html = words_of(queued("new-requirement")[0])
        assert subject == "New: “Safeguarding essentials”, by 30 March 2027"
        assert "Until 30 March 2027 you go on as before" in text
        notice = NewRequirement(code="safeguarding", until=until.isoformat())
        assert notice.still_wanted(wren.id, NOW)
        with db.writing():
            evidence.record(NewEvidence(person_id=wren.id, kind="training", key="safeguarding"), by=None, now=NOW)
        assert not notice.still_wanted(wren.id, NOW)


def test_pages_say_until_when_one_goes_on_and_who_plans_reads_who_does(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    crew = Crew(people)
    moderator = crew._cleared(people.person("Wren"), CODE, TRAINED, CHECKED, PEER, VOLUNTEER, until=None)
    document = with_grace(NOW - timedelta(hours=2), TODAY + timedelta(days=40)).model_dump(mode="json")
    with db.writing():
        documents.write("pathway", document, holds_from=TODAY, why="New.", by=None, now=NOW)
    crew.always_can(moderator)
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], moderator)
    sign_in(client, moderator)
    assert "Until 30 March 2027 you go on as before" in client.get("/").text
    assert "you go on as before; please have it done by then" in " ".join(client.get("/journey").text.split())
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = " ".join(client.get(f"/rota/{rota.id}/publish").text.split())
    assert "Cleared until 30 March 2027 without Safeguarding essentials" in page
    assert "have not done it yet: Wren." in page
    table, as_list = (" ".join(client.get(f"/rota/{rota.id}{part}").text.split()) for part in ("", "/list"))
    in_table = 'Until Tue 30 Mar<span class="govuk-visually-hidden">: Cleared until 30 March 2027 without Safeguarding'
    assert table.count(in_table) == 1, "said of the seat that somebody has, and of no other"
    assert "Cleared until 30 March 2027 without Safeguarding essentials." in as_list
    held, empty = (" ".join(client.get(f"/rota/{rota.id}?seat={seat.id}").text.split()) for seat in seats(rota)[:2])
    assert "Has it now" in held
    assert "Cleared until 30 March 2027 without Safeguarding essentials." in held.split("Best people first")[0]
    assert "Cleared until 30 March 2027 without Safeguarding essentials." in empty.split("Best people first")[1]
    assert "until Tue 30 Mar" in " ".join(client.get("/people?lapsing=soon").text.split())


def test_before_a_pathway_is_kept_it_says_how_many_people_it_gives_time_and_takes_duties_from(people: People) -> None:
    crew, until = Crew(people), TODAY + timedelta(days=40)
    for name in ("Wren", "Rook"):
        crew._cleared(people.person(name), CODE, TRAINED, CHECKED, PEER, VOLUNTEER, until=None)
    crew._cleared(people.person("Done"), SAFE, CODE, TRAINED, CHECKED, PEER, VOLUNTEER, until=None)
    today = with_grace(NOW - timedelta(hours=2), until)
    with assumed(without_safeguarding()):
        assert in_grace.effects_of(today, TODAY, NOW) == [
            "2 people go on without “Safeguarding essentials” until 30 March 2027, "
            "and no longer unless they have done it."
        ]
        assert in_grace.effects_of(SHIPPED_PATHWAY, TODAY + timedelta(days=1), NOW) == [
            "2 people lose a duty on 19 February 2027."
        ]
        assert in_grace.effects_of(without_safeguarding(), TODAY, NOW) == []
        comparison = compare(versions.kind_named("pathway"), today, holds_from=TODAY, today=TODAY, now=NOW)
        assert comparison.effects == in_grace.effects_of(today, TODAY, NOW)


def without_safeguarding() -> Pathway:
    duties = {
        duty: demand.model_copy(update={"needs": tuple(code for code in demand.needs if code != "safeguarding")})
        for duty, demand in SHIPPED_PATHWAY.duties.items()
    }
    return SHIPPED_PATHWAY.model_copy(update={"duties": duties})


def test_health_says_what_an_organisation_s_own_pathway_leaves_out_and_leads_to_the_next_version(
    people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Sable", roles=(Role.ADMIN,)))
    sentence = "“Safeguarding essentials” is not asked for on these duties"
    assert sentence not in client.get("/admin/health").text
    document = without_safeguarding().model_dump(mode="json")
    del document["requirements"]["safeguarding"]
    for step, codes in document["steps"].items():
        document["steps"][step] = [code for code in codes if code != "safeguarding"]
    with db.writing():
        documents.write("pathway", document, holds_from=TODAY, why="Ours.", by=None, now=NOW)
    page = client.get("/admin/health").text
    assert sentence in page
    assert "/admin/policies/pathway/new" in page
