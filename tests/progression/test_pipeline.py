"""How people move on: who counts for which step, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from flask.testing import FlaskClient

from app.people.models import Role
from progression.pipeline import Pipeline, StepTaken, Walk, in_words, pipeline
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.progression.bringing import bring_to

SINCE, TODAY = date(2026, 2, 18), date(2027, 2, 18)
JOINED = date(2026, 3, 1)
PEER, VOLUNTEER = (date(2026, 4, 1), Stage.PEER), (date(2026, 7, 1), Stage.VOLUNTEER)


def walk(*changes: tuple[date, Stage], joined: date = JOINED, is_here: bool = True) -> Walk:
    return Walk(joined, changes, is_here)


def counted(walks: Sequence[Walk]) -> Pipeline:
    return pipeline(walks, since=SINCE, today=TODAY)


def test_each_person_counts_at_their_stage_of_today_while_their_account_is_open() -> None:
    found = counted([walk(), walk(PEER), walk(PEER, VOLUNTEER), walk(PEER, is_here=False)])
    assert found.at == {Stage.USER: 1, Stage.PEER: 1, Stage.VOLUNTEER: 1, Stage.STAFF: 0}


def test_the_drawing_is_as_wide_as_the_largest_group_and_the_others_are_in_the_middle_of_it() -> None:
    found = counted([*[walk()] * 4, walk(PEER), walk(PEER, VOLUNTEER), walk(PEER, VOLUNTEER)])
    assert [(band.stage, band.people, band.x, band.width) for band in found.bands] == [
        (Stage.USER, 4, 0, 100),
        (Stage.PEER, 1, 37.5, 25),
        (Stage.VOLUNTEER, 2, 25, 50),
        (Stage.STAFF, 0, 50, 0),
    ]


def test_of_those_who_became_a_peer_each_went_on_waits_stepped_back_or_left() -> None:
    back = (date(2026, 9, 1), Stage.USER)
    found = counted([walk(PEER, VOLUNTEER), walk(PEER), walk(PEER, back), walk(PEER, is_here=False), walk()])
    assert found.steps[1] == StepTaken(Stage.PEER, Stage.VOLUNTEER, 4, 1, 1, 1, 91, 323)
    assert found.steps[1].still_there == 1


def test_who_went_on_and_stepped_back_later_went_on() -> None:
    found = counted([walk(PEER, VOLUNTEER, (date(2026, 9, 1), Stage.USER))])
    assert (found.steps[1].went_on, found.steps[1].stepped_back) == (1, 0)


def test_who_reached_a_stage_before_the_time_looked_at_does_not_count_for_its_step() -> None:
    early = walk((SINCE.replace(day=17), Stage.PEER), joined=date(2025, 1, 1))
    on_the_day = walk((SINCE, Stage.PEER), joined=date(2025, 1, 1))
    assert counted([early]).steps[1].reached == 0
    assert counted([on_the_day]).steps[1].reached == 1


def test_who_came_from_records_with_a_stage_already_does_not_count_as_having_joined_as_a_user() -> None:
    found = counted([walk(PEER, joined=date(2026, 5, 1)), walk(PEER)])
    assert (found.steps[0].reached, found.steps[0].went_on) == (1, 1)
    assert found.steps[1].reached == 2


def test_nobody_makes_no_figures() -> None:
    found = counted([])
    assert [(step.reached, step.days_needed, step.days_waiting) for step in found.steps] == [(0, None, None)] * 3
    assert {band.width for band in found.bands} == {0}


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days"), (1, "1 day"), (30, "30 days"), (31, "4 weeks"), (112, "16 weeks"), (120, "4 months")],
)
def test_days_are_said_as_people_say_them(days: int, words: str) -> None:
    assert in_words(days) == words


def test_the_page_and_its_table_say_the_same_and_name_nobody(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    bring_to(people.person("Otter"), Stage.PEER, by=sable)
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/sign-offs/pipeline?months=36").text
    assert "From peer to volunteer" in page
    assert "became a peer." in page
    assert page.count('class="f-') == len(Stage)
    assert "Otter" not in page
    table = client.get("/sign-offs/pipeline.csv?months=36").text
    assert "peer,volunteer,1,0,1,0,0" in table
