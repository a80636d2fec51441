"""How much people have: hours without on-call time, nights as the rules count them, lately and next."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from app import db
from progression.duties import Duty
from rota.planning import removing_rotas
from rota.scheduling.cover_pattern import Need
from rota.store.models import ChannelKind
from rota.store.workload import Work, Workload, workloads_of
from tests.rota.crew import MONDAY, Crew, seats
from tests.times import NOW


def after(days: int) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=days), time(12), NOW.tzinfo)


@pytest.mark.both_databases
def test_lately_and_next_are_four_weeks_each_and_nights_are_those_of_the_rules(crew: Crew) -> None:
    wren, teal = crew.moderator("Wren"), crew.moderator("Teal")
    crew.always_can(wren, teal)
    rota = crew.rota(crew.evenings(), crew.nights(), days=4)
    for seat in (seats(rota)[0], seats(rota)[5]):  # Monday evening, Wednesday night
        crew.give(rota, seat, wren, reason="They agreed")
    crew.publish(rota)
    assert workloads_of([wren.id, teal.id], now=NOW) == {
        wren.id: Workload(next=Work(12.0, 1, 2)),
        teal.id: Workload(),
    }
    assert workloads_of([wren.id], now=after(2))[wren.id] == Workload(Work(4.0, 0, 1), Work(8.0, 1, 1))
    wednesday = date(2027, 2, 24)
    assert workloads_of([wren.id], now=after(4))[wren.id] == Workload(Work(12.0, 1, 2), last_night=wednesday)
    assert workloads_of([wren.id], now=after(40))[wren.id] == Workload(last_night=wednesday)
    assert workloads_of([wren.id], now=after(100))[wren.id] == Workload()


def test_time_on_call_is_a_shift_and_no_hours(crew: Crew) -> None:
    heron = crew.lead("Heron")
    crew.always_can(heron)
    crew.published(heron, channel=crew.evenings("On call", Need(Duty.ON_CALL, 1, 1, 1), kind=ChannelKind.ON_CALL))
    assert workloads_of([heron.id], now=NOW)[heron.id].next == Work(0.0, 0, 1)


def test_what_was_withdrawn_does_not_count(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    with db.writing():
        removing_rotas.withdraw_rota(rota.id, by=crew.assessor.id, now=NOW)
    assert workloads_of([wren.id], now=NOW)[wren.id] == Workload()
