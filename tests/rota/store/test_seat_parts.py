"""Everything that says who comes, and when, says so of a part of a shift too; what asks whose a seat is does not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, db
from app.domain import TakenTime, calendar_entries
from app.outbox.notice import from_row
from app.people import rights
from app.people.models import Role
from progression.models import Evidence
from progression.worked import WORKED
from rota.exchanges import changes, parts
from rota.exchanges.changes import DoesNotFit
from rota.exports.sheets import shifts_of
from rota.exports.tables import rota_table
from rota.planning.seat_panel import seat_panel
from rota.reports.service_statement import statement_of
from rota.shifts import absences, channel_calendar, claims_and_drops, releasing
from rota.shifts.month_calendar import month_calendar
from rota.shifts.reminders import remind_people
from rota.shifts.taken import shifts_taken
from rota.store.models import Channel
from rota.store.seat_parts import parts_where, worked
from rota.store.workload import workloads_of
from rota.worked.recording import record_worked
from tests.conftest import SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, board_of, seats
from tests.rota.emails import newest_email, queued
from tests.rota.exchanges.test_changes import queued as readers_of
from tests.rota.exchanges.test_parts import Shared
from tests.times import NOW


@pytest.fixture
def shared(crew: Crew) -> Shared:
    """Wren has the shift from 18:00 to 02:00, and Teal its hours from 20:00 to 22:00."""
    shared = Shared(crew)
    shared.taken(2, 4, shared.teal)
    return shared


def test_calendars_and_months_show_each_of_them_their_hours(shared: Shared) -> None:
    def in_calendar(person_id: int) -> list[tuple[str, datetime, datetime, bool]]:
        found = calendar_entries(person_id, NOW)
        return [(each.key.partition("-")[0], each.starts_at, each.ends_at, each.is_cancelled) for each in found]

    at = shared.at
    assert in_calendar(shared.teal.id) == [("part", at(2), at(4), False)]
    assert in_calendar(shared.wren.id) == [("assignment", at(0), at(2), False), ("assignment", at(4), at(8), False)]
    board = db.session.scalars(select(Channel)).one()
    assert "Wren (moderator)\\, Teal (moderator)" in channel_calendar.render(board, now=NOW).body.decode().replace(
        "\r\n ", ""
    )
    for person, spans in ((shared.teal, [(at(2), at(4))]), (shared.wren, [(at(0), at(2)), (at(4), at(8))])):
        month = month_calendar(person.id, MONDAY, [], zone=LONDON, now=NOW)
        own = [seat for week in month.weeks for day in week for seat in day.own]
        assert [(seat.starts_at, seat.ends_at) for seat in own] == spans
    [part] = parts_where()
    before = {each.key: each.sequence for each in calendar_entries(shared.wren.id, NOW)}
    with db.writing():
        parts.give_part_back(part.part_id or 0, shared.teal, by=shared.teal.id, now=NOW)
    assert in_calendar(shared.teal.id) == [("part", at(2), at(4), True)]
    assert sorted(in_calendar(shared.wren.id)) == [
        ("assignment", at(0), at(8), False),
        ("assignment", at(0), at(8), True),
    ]
    assert all(each.sequence > before[each.key] for each in calendar_entries(shared.wren.id, NOW))


def test_who_has_a_part_is_reminded_of_it_and_reads_who_is_on_with_them(shared: Shared) -> None:
    remind_people(shared.at(2) - timedelta(hours=2))
    rows = {row.person_id: row for row in queued("shift-reminder")}
    assert rows[shared.teal.id].deadline == shared.at(2)
    reminder = from_row(rows[shared.teal.id].kind, rows[shared.teal.id].facts)
    assert reminder.still_wanted(shared.teal.id, shared.at(1))
    remind_people(shared.at(0) - timedelta(hours=2))
    _, text, _ = newest_email("shift-reminder", shared.wren.id)
    assert "18:00 to 20:00" in text
    assert "On with you: Teal" in text


def test_the_time_of_a_part_is_taken_and_counts_with_every_rule(shared: Shared, crew: Crew) -> None:
    query = shifts_taken([shared.teal.id], shared.at(3), shared.at(9))
    assert [TakenTime(*row) for row in db.session.execute(query)] == [
        TakenTime(shared.teal.id, shared.at(2), shared.at(4), "Board, moderator")
    ]
    chat = crew.rota(crew.evenings("Chat", starts=time(21), ends=time(23)), title="Chat")
    crew.give(chat, seats(chat)[1], shared.fern)
    crew.publish(chat)
    with pytest.raises(DoesNotFit, match="Teal is already"), db.writing():
        claims_and_drops.claim(seats(chat)[0].id, shared.teal, now=NOW)
    work = workloads_of([shared.teal.id, shared.wren.id], now=NOW)
    assert (work[shared.teal.id].next.hours, work[shared.wren.id].next.hours) == (2, 6)


def test_hours_and_files_say_who_worked_when(shared: Shared) -> None:
    after = shared.at(10)
    for person, hours in ((shared.teal, 2), (shared.wren, 6)):
        given = statement_of(person, now=after).given
        assert given is not None
        assert (given.shifts, given.hours) == (1, hours)
    record_worked(after)
    worked_of = select(Evidence.facts).where(Evidence.person_id == shared.wren.id, Evidence.kind == WORKED)
    assert [facts["minutes"] for facts in db.session.scalars(worked_of)] == [360]
    rows = worked([shared.seat])
    table = rota_table(rows, LONDON, {}).decode("utf-8-sig").splitlines()
    assert [(line.split(",")[1], line.split(",")[2], line.split(",")[12]) for line in table[1:]] == [
        ("18:00", "20:00", "Wren"),
        ("20:00", "22:00", "Teal"),
        ("22:00", "02:00", "Wren"),
    ]
    [(_, printed)] = shifts_of(rows, LONDON, {})
    assert (printed.starts, printed.ends) == ("18:00", "02:00")
    assert [place.who for place in printed.places] == [
        "Wren, 18:00 to 20:00",
        "Teal, 20:00 to 22:00",
        "Wren, 22:00 to 02:00",
    ]


def test_a_seat_with_a_part_stays_where_it_is_in_proposals_and_replans(shared: Shared) -> None:
    board = board_of(shared.rota)
    assert [board.stays(seat) for seat in board.seats] == [True, False]
    assert not board.is_locked(board.seats[0])
    panel = seat_panel(board, board.seats[0], now=NOW, everybody=False)
    assert [(part.holder, part.starts_at) for part in panel.parts] == [("Teal", shared.at(2))]


def test_who_goes_away_loses_their_part_and_holder_and_planners_are_told_once(shared: Shared, crew: Crew) -> None:
    tansy = crew.people.person("Tansy", roles=(Role.COORDINATOR,))
    db.session.rollback()
    asked = absences.absence_asked(shared.teal, MONDAY, MONDAY, now=NOW)
    assert len(asked.parts) == 1
    with db.writing():
        absences.be_away(shared.teal, MONDAY, MONDAY, seen=asked.mark, by=shared.teal.id, now=NOW)
    assert shared.who() == [("Wren", 0, 8)]
    assert readers_of("part-ended") == sorted([shared.wren.id, tansy.id])
    assert readers_of("away-said") == [shared.teal.id]
    _, text, _ = newest_email("away-said", shared.teal.id)
    assert "20:00 to 22:00" in text
    assert "You had no shift" not in text


def test_who_may_no_longer_moderate_loses_their_part_and_all_concerned_are_told_once(crew: Crew) -> None:
    shared = Shared(crew)
    heron = crew.moderator("Heron", until=MONDAY + timedelta(days=14))
    crew.always_can(heron)
    shared.taken(2, 4, heron)
    releasing.sweep(NOW)
    assert shared.who() == [("Wren", 0, 2), ("Heron", 2, 4), ("Wren", 4, 8)]
    with db.writing():
        rights.suspend(heron, by=crew.assessor, now=NOW)
    assert shared.who() == [("Wren", 0, 8)]
    assert readers_of("part-ended") == sorted([shared.wren.id, heron.id])


def test_over_a_clock_change_a_part_has_the_hours_that_pass(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    night = crew.rota(crew.nights(), starts_on=date(2027, 3, 27), days=1)
    crew.give(night, seats(night)[0], wren)
    crew.publish(night)
    [seat] = seats(night)  # 22:00 to 06:00, seven hours in the spring night
    with db.writing():
        hours = seat.starts_at + timedelta(hours=2), seat.starts_at + timedelta(hours=4)
        change = parts.offer_part(seat.assignment_id or 0, wren, *hours, by=wren.id, now=NOW)
    with db.writing():
        changes.take(change.id, teal.id, by=teal.id, now=NOW)
    after = seat.ends_at + timedelta(hours=1)
    lengths = [statement_of(person, now=after).given for person in (wren, teal)]
    assert [each.hours for each in lengths if each is not None] == [5, 2]
    [part] = parts_where()
    assert [clock.on(part.starts_at, LONDON), f"{part.ends_at.astimezone(LONDON):%H:%M}"] == [
        date(2027, 3, 28),
        "03:00",
    ]


def test_a_part_is_offered_and_taken_in_three_taps_and_given_back_on_its_page(
    crew: Crew, client: FlaskClient, sign_in: SignIn
) -> None:
    shared = Shared(crew)
    seat = shared.seat
    sign_in(client, shared.wren)
    page = f"/shifts/mine/{seat.assignment_id}/part"
    assert page in client.get(f"/shifts/{seat.shift_id}").text
    assert 'value="240" selected' in client.get(page).text, "the second half is proposed"
    answer = client.post(page, data={"since": "60", "until": "90"}, follow_redirects=True)
    assert "Please offer 2 hours or more" in answer.text
    assert 'value="60" selected' in answer.text, "what was chosen stays"
    answer = client.post(page, data={"since": "240", "until": "480"}, follow_redirects=True)
    assert "You offer 22:00 to 02:00 of it" in answer.text
    change_id = shared.offer(4, 8).id
    assert client.get(f"/shifts/changes/{change_id}").status_code == 200
    sign_in(client, shared.teal)
    assert "Parts of shifts you could take" in client.get("/shifts").text
    answer = client.post(f"/shifts/parts/{change_id}/take", follow_redirects=True)
    assert "These hours are yours" in answer.text
    [part] = parts_where()
    back = f"/shifts/parts/{part.part_id}/give-back"
    assert back in client.get(f"/shifts/{seat.shift_id}").text
    assert "Give these hours back" in client.get(back).text
    subject, text, _ = newest_email("seat-change-done", shared.wren.id)
    assert "Teal takes these hours of your shift" in text
    assert client.post(back, follow_redirects=True).status_code == 200
    subject, text, _ = newest_email("part-ended", shared.wren.id)
    assert subject.startswith("Yours again: Board")
    assert "offer them again" in text
