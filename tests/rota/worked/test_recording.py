"""Recording worked shifts as evidence: which seats, once each, with the minutes that passed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import db
from app.people.models import Person
from progression.duties import Duty
from progression.facts import Fact
from progression.ledger import facts_of_person
from progression.worked import WORKED, worked
from rota.planning import channels, new_rota
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.shifts import claims_and_drops
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow
from rota.worked import recording
from rota.worked.recording import record_worked
from tests.rota.crew import EVERY_DAY, LONDON, MONDAY, Crew, seats
from tests.rota.exchanges.test_parts import Shared
from tests.times import NOW

A_SECOND = timedelta(seconds=1)


def recorded(person: Person) -> list[Fact]:
    db.session.rollback()
    return [fact for fact in facts_of_person(person.id) if fact.kind == WORKED]


@pytest.fixture
def wren(crew: Crew) -> Person:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    return wren


def test_a_seat_is_recorded_for_its_holder_from_the_second_in_which_its_shift_ends(crew: Crew, wren: Person) -> None:
    _, seat = crew.published(wren)
    record_worked(seat.ends_at - A_SECOND)
    assert recorded(wren) == []
    record_worked(seat.ends_at)
    (fact,) = recorded(wren)
    assert (fact.key, fact.happened_at, fact.by_person_id) == ("shift", seat.ends_at, None)
    assert fact.facts == {"minutes": 240, "duty": "moderator", "night": False, "seat": seat.id}


def test_a_seat_is_recorded_once_however_often_the_job_runs(crew: Crew, wren: Person) -> None:
    _, seat = crew.published(wren)
    for hours in (0, 0, 1, 24):
        record_worked(seat.ends_at + timedelta(hours=hours))
    assert len(recorded(wren)) == 1


def test_a_seat_that_changed_hands_counts_for_the_one_who_had_it_at_the_end(crew: Crew, wren: Person) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    crew.may_give_back_until(hours=1)
    _, seat = crew.published(wren)
    assert seat.assignment_id is not None
    late = seat.starts_at - timedelta(hours=2)
    with db.writing():
        claims_and_drops.drop(seat.assignment_id, wren, now=late)
        claims_and_drops.claim(seat.id, teal, now=late)
    record_worked(seat.ends_at)
    assert recorded(wren) == []
    assert [fact.facts["seat"] for fact in recorded(teal)] == [seat.id]


def test_what_only_a_draft_gives_somebody_is_not_worked(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.evenings())
    crew.give(rota, seats(rota)[0], wren)
    record_worked(seats(rota)[0].ends_at)
    assert recorded(wren) == []


def test_a_night_over_a_change_of_the_clocks_has_the_minutes_that_passed_in_the_zone_of_its_channel(
    crew: Crew, wren: Person
) -> None:
    night = one_night(crew, wren, datetime(2027, 3, 27, 22, tzinfo=LONDON))
    assert night == {"minutes": 7 * 60, "night": True}
    lord_howe = one_night(crew, wren, datetime(2027, 4, 3, 22, tzinfo=ZoneInfo("Australia/Lord_Howe")), name="Howe")
    assert lord_howe["minutes"] == 8 * 60 + 30, "there the clocks go back by half an hour"


def one_night(crew: Crew, person: Person, starts: datetime, name: str = "Nights") -> dict[str, object]:
    """What is recorded of one night from 22:00 to 06:00 by the clock of a zone."""
    zone = starts.tzinfo
    assert isinstance(zone, ZoneInfo)
    with db.writing():
        channel = channels.open_channel(name, ChannelKind.CHAT, by=None, now=NOW)
        night = PatternSpan(EVERY_DAY, time(22), time(6), "Night", (Need(Duty.MODERATOR, 1, 1, 1),))
        channels.write_pattern(channel, [night], starts_on=NOW.date(), zone=zone, by=None, now=NOW)
    with db.writing():
        rota = new_rota.make_rota(
            name, starts.date() - timedelta(days=1), starts.date(), [channel.id], by=None, now=NOW
        )
    (seat,) = [each for each in seats(rota) if each.starts_at == starts.astimezone(UTC)]
    crew.give(rota, seat, person, reason="Ours.")
    crew.publish(rota)
    record_worked(seat.ends_at)
    facts = next(fact.facts for fact in recorded(person) if fact.facts["seat"] == seat.id)
    return {name: facts[name] for name in ("minutes", "night")}


def test_time_on_call_is_recorded_and_is_no_night(crew: Crew) -> None:
    reed = crew.lead("Reed")
    crew.always_can(reed)
    line = crew.evenings(
        "On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL, starts=time(22), ends=time(6)
    )
    _, seat = crew.published(reed, channel=line)
    record_worked(seat.ends_at)
    (fact,) = recorded(reed)
    assert (fact.facts["duty"], fact.facts["minutes"], fact.facts["night"]) == ("on_call", 480, False)


def test_after_a_long_stop_the_job_catches_up_in_parts_and_leaves_nothing_out(
    crew: Crew, wren: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST_AT_ONCE", 2)
    rota = crew.rota(crew.evenings(), days=5)
    for seat in seats(rota):
        crew.give(rota, seat, wren)
    crew.publish(rota)
    month_later = seats(rota)[-1].ends_at + timedelta(days=30)
    counted = []
    for _run in range(4):
        record_worked(month_later)
        counted.append(worked(recorded(wren)).shifts)
    assert counted == [2, 4, 5, 5]
    ended: list[SeatRow] = seats(rota)
    assert [fact.happened_at for fact in recorded(wren)] == [seat.ends_at for seat in ended]
    assert worked(recorded(wren)).minutes == 5 * 240


def test_each_person_has_their_own_record(crew: Crew, wren: Person) -> None:
    teal = crew.moderator("Teal")
    crew.always_can(teal)
    rota = crew.rota(crew.evenings())
    first, second = seats(rota)
    crew.give(rota, first, wren)
    crew.give(rota, second, teal)
    crew.publish(rota)
    record_worked(datetime.combine(MONDAY + timedelta(days=3), time(12), tzinfo=UTC))
    assert [fact.facts["seat"] for fact in recorded(wren)] == [first.id]
    assert [fact.facts["seat"] for fact in recorded(teal)] == [second.id]


def test_who_took_a_part_of_a_seat_worked_its_minutes_and_the_holder_the_others(crew: Crew) -> None:
    shared = Shared(crew)
    seat = shared.seat
    part = shared.taken(2, 5, shared.teal)
    for _ in range(2):
        record_worked(seat.ends_at)
    (of_holder,), (of_part,) = recorded(shared.wren), recorded(shared.teal)
    assert (of_holder.facts["minutes"], of_part.facts["minutes"]) == (5 * 60, 3 * 60)
    assert (of_holder.happened_at, of_part.happened_at) == (seat.ends_at, part.ends_at)
    assert of_holder.facts["seat"] == of_part.facts["seat"] == seat.id
