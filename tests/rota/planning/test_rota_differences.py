"""What a changed pattern adds to rotas that are made and takes from them, and doing it for one rota at a time."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.refusals import Conflict, PageOutOfDate
from progression.duties import Duty
from rota.planning import channels, rota_differences, shifts_of_rota, special_days
from rota.planning.rota_differences import Difference
from rota.scheduling.cover_pattern import Need, PatternSpan, shifts_between
from rota.store.models import Channel, Rota
from tests.conftest import SignIn
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, board_of, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

TUESDAY = MONDAY + timedelta(days=1)
NIGHT = PatternSpan(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))


def close_tuesday(board: Channel, crew: Crew) -> None:
    with db.writing():
        special_days.close_for([board], TUESDAY, "Repair", by=crew.assessor.id, now=NOW)


def of(board: Channel) -> list[Difference]:
    db.session.rollback()
    return rota_differences.differences(channels.channel(board.id), now=NOW)


def apply(board: Channel, difference: Difference, crew: Crew) -> None:
    published = rota_differences.apply_to_published
    change = published if difference.rota.is_published else rota_differences.apply_to_draft
    mark, rota_id = difference.mark, difference.rota.id
    with db.writing():
        change(board.id, rota_id, seen=mark, by=crew.assessor.id, now=NOW)


def times(rota: Rota) -> list[tuple[int, int]]:
    return sorted({(seat.starts_at.day, seat.starts_at.hour) for seat in seats(rota)})


@pytest.mark.both_databases
def test_a_rota_not_yet_published_gains_and_loses_what_the_list_says_and_keeps_the_other_seats(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    rota = crew.rota(board)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    assert of(board) == []
    with db.writing():
        channels.add_span(board, NIGHT, starts_on=NOW.date(), zone=LONDON, by=crew.assessor.id, now=NOW)
    close_tuesday(board, crew)
    (difference,) = of(board)
    assert [(each.starts_at.day, each.starts_at.hour) for each in difference.added] == [(22, 22)]
    assert [(each.starts_at.day, each.held) for each in difference.removed] == [(23, 1)]
    assert times(rota) == [(22, 18), (23, 18)], "nothing happens before it is confirmed"
    apply(board, difference, crew)
    assert times(rota) == [(22, 18), (22, 22)]
    board_now = board_of(rota)
    assert [board_now.holder(seat) for seat in board_now.seats] == [wren.id, None]
    assert of(board) == []
    assert queued("seats-changed") == []


@pytest.mark.both_databases
def test_other_numbers_change_the_seats_of_a_shift_that_stays(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    rota = crew.rota(board, days=1)
    crew.give(rota, seats(rota)[0], wren)

    def needing(*needs: Need) -> None:
        span = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", needs)
        with db.writing():
            channels.write_pattern(board, [span], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
        (difference,) = of(board)
        apply(board, difference, crew)

    needing(Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 2, 2))
    assert [(seat.duty, seat.number) for seat in seats(rota)] == [
        (Duty.MODERATOR, 1),
        (Duty.MODERATOR, 2),
        (Duty.LEAD, 1),
    ]
    assert wren.id in board_of(rota).people
    needing(Need(Duty.LEAD, 1, 1, 1))
    assert [seat.duty for seat in seats(rota)] == [Duty.LEAD]
    assert board_of(rota).changes == {}


@pytest.mark.both_databases
def test_other_numbers_on_a_published_shift_open_seats_or_stop_asking_for_them_and_nobody_loses_one(
    crew: Crew,
) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    board = crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2))
    rota = crew.rota(board, days=1)
    for seat, person in zip(seats(rota), (wren, fern), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)

    def following(*needs: Need) -> list[tuple[Duty, int, bool, int | None]]:
        span = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", needs)
        with db.writing():
            channels.write_pattern(board, [span], starts_on=NOW.date(), zone=LONDON, by=None, now=NOW)
        (difference,) = of(board)
        assert (len(difference.changed), difference.people) == (1, [])
        apply(board, difference, crew)
        assert of(board) == []
        return [(seat.duty, seat.number, seat.is_wanted, seat.person_id) for seat in seats(rota)]

    held = [(Duty.MODERATOR, 1, True, wren.id), (Duty.MODERATOR, 2, True, fern.id)]
    assert following(Need(Duty.MODERATOR, 1, 3, 3)) == [*held, (Duty.MODERATOR, 3, True, None)]
    assert following(Need(Duty.MODERATOR, 1, 1, 1)) == [
        (Duty.MODERATOR, 1, True, wren.id),
        (Duty.MODERATOR, 2, False, fern.id),
        (Duty.MODERATOR, 3, False, None),
    ]
    assert following(Need(Duty.LEAD, 1, 1, 1))[-1] == (Duty.LEAD, 1, True, None)
    assert {seat.person_id for seat in seats(rota)} == {wren.id, fern.id, None}
    assert db.session.get_one(Rota, rota.id).version == 4
    assert queued("seats-changed") == []


@pytest.mark.both_databases
def test_published_shifts_stay_until_somebody_confirms_and_then_who_had_one_is_told_once(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    board = crew.evenings()
    rota = crew.rota(board)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    with db.writing():
        channels.close_channel(board, MONDAY, zone=LONDON, by=crew.assessor.id, now=NOW)
    (difference,) = of(board)
    assert (difference.people, len(difference.removed)) == (["Wren"], 2)
    assert len(seats(rota)) == 2
    with pytest.raises(Conflict), db.writing():
        rota_differences.apply_to_draft(board.id, rota.id, seen=difference.mark, by=crew.assessor.id, now=NOW)
    apply(board, difference, crew)
    assert seats(rota) == []
    assert db.session.get_one(Rota, rota.id).version == 2
    subject, text, _ = newest_email("seats-changed", wren.id)
    assert text.count("No longer yours") == 2
    assert len(queued("seats-changed")) == 1
    assert of(board) == []
    assert subject


def test_a_list_that_says_something_else_by_now_changes_nothing(crew: Crew) -> None:
    board = crew.evenings()
    rota = crew.rota(board)
    close_tuesday(board, crew)
    (difference,) = of(board)
    with db.writing():
        channels.add_span(board, NIGHT, starts_on=NOW.date(), zone=LONDON, by=crew.assessor.id, now=NOW)
    with pytest.raises(PageOutOfDate):
        apply(board, difference, crew)
    assert len(seats(rota)) == 2


def test_a_shift_added_by_hand_is_left_alone(crew: Crew) -> None:
    board = crew.evenings()
    rota = crew.rota(board)
    (extra,) = shifts_between(
        [PatternSpan(EVERY_DAY, time(10), time(12), "Extra", NIGHT.needs)], MONDAY, MONDAY, LONDON
    )
    with db.writing():
        shifts_of_rota.add_one_off(rota.id, board.id, extra, by=crew.assessor.id, now=NOW)
    assert of(board) == []
    close_tuesday(board, crew)
    (difference,) = of(board)
    assert [each.label for each in difference.removed] == ["Evening"]


def test_a_coordinator_changes_a_pattern_and_decides_on_each_rota(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    board = crew.evenings()
    rota = crew.rota(board, title="Late February")
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    numbers = {"lead": "0", "moderator": "1", "host": "0", "on_call": "0", "shadow": "0"}
    span = {"label": "Night", "starts": "22:00", "ends": "06:00", "days": list("0123456")} | numbers
    page = client.post(f"/rota/channels/{board.id}", data=span, follow_redirects=True).text
    assert "2 shifts to add" in page
    assert "Late February" in page
    mark = page.split('name="seen" value="')[1].split('"')[0]
    address = f"/rota/channels/{board.id}/rotas/{rota.id}"
    stale = client.post(address, data={"seen": "other"}, follow_redirects=True).text
    assert "has changed since you read the list" in stale
    page = client.post(address, data={"seen": mark}, follow_redirects=True).text
    assert "Every rota follows it" in page
    assert len(seats(rota)) == 4


def test_days_that_change_in_the_same_way_are_one_line_and_can_all_be_read(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    board = crew.evenings()
    crew.rota(board, days=7)
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    [pattern] = channels.patterns_of([board.id])[board.id]
    with db.writing():
        [span] = pattern.spans
        two = PatternSpan(EVERY_DAY, time(18), time(22), "Evening", (Need(Duty.MODERATOR, 1, 2, 2),))
        channels.change_span(board, span.id, two, starts_on=NOW.date(), by=None, now=NOW)
    page = re.sub("<svg.*?</svg>|<[^>]+>", " ", client.get(f"/rota/channels/{board.id}/rotas").text, flags=re.DOTALL)
    said = " ".join(page.split())
    assert said.count("Evening, 18:00 to 22:00") == 1
    assert "on 7 days from Mon 22 Feb to Sun 28 Feb" in said
    assert "Which days Mon 22 Feb, Tue 23 Feb," in said
    assert "1 moderator, then" in said
    assert "2 moderators (safe with 1)" in said
