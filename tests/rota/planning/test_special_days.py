"""Special days as coordinators enter them, and what every page makes of them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock, db
from app.people.models import Role
from app.refusals import Conflict, Invalid, NotFound
from progression.duties import Duty
from rota.planning import special_days
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.store.cover_needs import cover_between
from rota.store.models import Channel
from rota.store.on_call import gaps
from rota.store.special_days import SpecialDayRow, rows_from
from tests.conftest import SignIn, clock_at
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

TUESDAY = MONDAY + timedelta(days=1)
FAIR = PatternSpan(frozenset(), time(10), time(14), "Fair", (Need(Duty.MODERATOR, 2, 2, 2),))


def close(*channels: Channel, day: date = TUESDAY, hours: tuple[time, time] | None = None, by: int) -> None:
    with db.writing():
        special_days.close_for(channels, day, "  Repair ", hours=hours, by=by, now=NOW)


def event(channel: Channel, *, by: int) -> SpecialDayRow:
    with db.writing():
        return special_days.plan_event(channel, TUESDAY, "Open day", by=by, now=NOW)


@pytest.mark.both_databases
def test_a_closed_day_needs_nobody_has_no_shift_in_a_new_rota_and_is_said_with_its_reason(crew: Crew) -> None:
    board, chat = crew.evenings(), crew.evenings("Chat")
    close(board, by=crew.assessor.id)
    rota = crew.rota(board, chat, days=3)
    assert [(seat.channel, seat.starts_at.day) for seat in seats(rota)] == [
        ("Board", 22),
        ("Chat", 22),
        ("Chat", 23),
        ("Board", 24),
        ("Chat", 24),
    ]
    read = cover_between(clock.starts(MONDAY, LONDON), clock.ends(TUESDAY, LONDON), zone=LONDON)
    assert [(each.channel, each.starts_at.day) for each in read.unplanned.times] == [
        ("Board", 22),
        ("Chat", 22),
        ("Chat", 23),
    ]
    (special,) = read.special
    assert (special.channel, special.reason, special.is_closed, special.day) == ("Board", "Repair", True, TUESDAY)


@pytest.mark.both_databases
def test_closed_hours_and_an_event_change_what_is_needed(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    close(board, day=MONDAY, hours=(time(19), time(20)), by=by)
    entry = event(board, by=by)
    with db.writing():
        special_days.add_shift(entry.id, FAIR, by=by, now=NOW)
        special_days.change_shift(
            entry.id, 1, PatternSpan(frozenset(), time(18), time(23), "Late", FAIR.needs), by=by, now=NOW
        )
    read = cover_between(clock.starts(MONDAY, LONDON), clock.ends(TUESDAY, LONDON), zone=LONDON)
    assert [(each.starts_at.hour, each.ends_at.hour, each.people) for each in read.unplanned.needed] == [
        (18, 19, 1),
        (20, 22, 1),
        (10, 14, 2),
        (18, 23, 2),
    ]


def test_an_on_call_line_that_is_closed_raises_no_alarm(crew: Crew) -> None:
    from rota.store.models import ChannelKind

    wren = crew.lead("Wren")
    crew.always_can(wren)
    line = crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL)
    crew.published(wren, channel=line)
    wednesday = TUESDAY + timedelta(days=1)
    start, until = clock.starts(wednesday, LONDON), clock.ends(wednesday, LONDON)
    assert len(gaps(start, until, zone=LONDON)) == 1
    close(line, day=wednesday, by=crew.assessor.id)
    db.session.rollback()
    assert gaps(start, until, zone=LONDON) == ()


def test_days_that_are_past_too_far_or_entered_already_are_refused(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    close(board, by=by)
    with pytest.raises(Conflict, match="Repair"):
        close(board, by=by)
    with pytest.raises(Conflict, match="Repair"):
        event(board, by=by)
    for day in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=400)):
        with pytest.raises(Invalid):
            close(board, day=day, by=by)


def test_an_entry_is_taken_back_and_the_last_shift_of_an_event_stays(crew: Crew) -> None:
    board, by = crew.evenings(), crew.assessor.id
    entry = event(board, by=by)
    with pytest.raises(Conflict, match="only shift"), db.writing():
        special_days.remove_shift(entry.id, 0, by=by, now=NOW)
    with pytest.raises(NotFound), db.writing():
        special_days.change_shift(entry.id, 3, FAIR, by=by, now=NOW)
    with db.writing():
        special_days.add_shift(entry.id, FAIR, by=by, now=NOW)
        special_days.remove_shift(entry.id, 1, by=by, now=NOW)
    assert [span.label for span in special_days.event_spans(entry)] == ["Fair"]
    with db.writing():
        special_days.remove(entry.id, by=by, now=NOW)
    assert rows_from(MONDAY) == []


def test_a_coordinator_closes_a_day_for_every_channel_and_everybody_reads_why(
    client: FlaskClient, crew: Crew, sign_in: SignIn
) -> None:
    crew.evenings()
    crew.evenings("Chat")
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    assert "Every channel keeps its usual week." in client.get("/rota/special-days").text
    typed = {"channel": "0", "day": ["23", "2", "2027"], "reason": "Repair", "kind": "closed"}
    typed |= {"starts": "18:00", "ends": "22:00"}
    refused = client.post("/rota/special-days", data=typed | {"kind": "event"})
    assert "Choose the channel whose shifts are other ones" in refused.text
    page = client.post("/rota/special-days", data=typed, follow_redirects=True).text
    assert "Nobody is needed then" in page
    assert "Tuesday 23 February" in page
    cover = " ".join(client.get("/cover?from=2027-02-22").text.split())
    assert "Board: closed, Tuesday 23 February. Repair." in cover
    sign_in(client, crew.people.person("Fern"))
    with clock_at(clock.starts(TUESDAY, LONDON)):
        duty = " ".join(client.get("/duty").text.split())
    assert duty.count("Closed on Tuesday 23 February: Repair.") == 2


def test_a_coordinator_plans_an_event_by_the_pages(client: FlaskClient, crew: Crew, sign_in: SignIn) -> None:
    board = crew.evenings()
    sign_in(client, crew.people.person("Tansy", roles=(Role.COORDINATOR,)))
    typed = {"channel": str(board.id), "day": ["23", "2", "2027"], "reason": "Open day", "kind": "event"}
    typed |= {"starts": "18:00", "ends": "22:00"}
    page = client.post("/rota/special-days", data=typed, follow_redirects=True).text
    assert "Board on Tuesday 23 February" in page
    numbers = {"lead": "0", "moderator": "2", "host": "0", "on_call": "0", "shadow": "0"}
    shift = {"label": "Fair", "starts": "10:00", "ends": "14:00"} | numbers
    page = client.post("/rota/special-days/1", data=shift, follow_redirects=True).text
    assert "Fair" in page
    assert 'name="days"' not in page
    page = client.post(
        "/rota/special-days/1/shifts/0", data=shift | {"label": "Early fair"}, follow_redirects=True
    ).text
    assert "Early fair" in page
    page = client.post("/rota/special-days/1/shifts/0/remove", follow_redirects=True).text
    assert "Early fair" not in page
    page = client.post("/rota/special-days/1/remove", follow_redirects=True).text
    assert "Every channel keeps its usual week." in page
