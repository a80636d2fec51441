"""Short shifts explained in days and counts: who is cleared, who offers the time, what keeps those who do."""

from __future__ import annotations

from dataclasses import replace

from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.shortfall import shortfalls
from tests.rota.scheduling.rosters import at, everyone_on, line, person, roster, shift

LEAD, MODERATOR = Duty.LEAD, Duty.MODERATOR


def sentences(example: Roster, plan: Plan, *shift_ids: int, duty: Duty = LEAD) -> list[str]:
    return [f"{one.facts} {one.todo}" for one in shortfalls(example, plan, shift_ids, duty)]


def test_nobody_who_is_cleared_means_that_somebody_must_be_signed_off() -> None:
    night = shift(at(0, 22), 4, line(LEAD))
    assert sentences(roster([person(1)], [night]), Plan(), night.id) == [
        "Nobody is cleared for lead. Sign somebody off."
    ]


def test_those_who_offer_the_time_and_work_elsewhere_are_counted_once() -> None:
    nights = [shift(at(day, 22), 4, line(LEAD)) for day in (1, 3)]
    boards = [shift(at(day, 22), 4, line(LEAD, 2), channel="Chat") for day in (1, 3)]
    people = [person(number, LEAD) for number in (1, 2)] + [person(number, LEAD, free=()) for number in (3, 4, 5)]
    example = roster(people, [*nights, *boards])
    plan = everyone_on(*((board, LEAD, one) for board in boards for one in people[:2]))
    assert sentences(example, plan, *(night.id for night in nights)) == [
        "5 people are cleared, 2 offer any of these times, and both already work then. "
        "Ask the others for these hours, or sign off another lead, or free one of those who work already."
    ]


def test_what_keeps_each_is_distinguished() -> None:
    first, second = shift(at(0, 9), 8, line(MODERATOR)), shift(at(0, 20), 4, line(MODERATOR, 2))
    example = roster([person(1), person(2)], [first, second])
    plan = everyone_on((first, MODERATOR, example.people[0]), (second, MODERATOR, example.people[1]))
    assert sentences(example, plan, second.id, duty=MODERATOR) == [
        "2 people are cleared, 2 offer this time: 1 would have too little rest, 1 is on it already. "
        "Sign off another moderator, or free one of those who work already."
    ]


def test_many_different_obstacles_over_a_week_are_added_up_instead_of_listed() -> None:
    nights = [shift(at(day, 22), 4, line(LEAD, 4)) for day in range(3)]
    chats = [shift(at(day, 22), 4, line(LEAD, 4), channel="Chat") for day in range(3)]
    people = [person(number, LEAD) for number in range(1, 5)]
    on = [(nights[0], 0), (nights[1], 1), (chats[2], 1), (chats[0], 2), (chats[1], 2), (chats[2], 2), (nights[2], 3)]
    on += [(chats[0], 3), (nights[1], 0)]
    plan = everyone_on(*((one, LEAD, people[who]) for one, who in on))
    assert sentences(roster(people, [*nights, *chats]), plan, *(night.id for night in nights)) == [
        "4 people are cleared, 4 offer any of these times. On one day or another 3 are on it already, "
        "3 are free as things are and 3 already work then. Choose the seat to see who is free, or sign off another "
        "lead, or free one of those who work already."
    ]


def test_shifts_at_other_times_of_day_are_separate() -> None:
    night, day = shift(at(0, 22), 4, line(LEAD)), shift(at(1, 10), 4, line(LEAD))
    able = replace(person(1, LEAD), availability=(Interval(day.starts_at, day.ends_at),))
    assert sentences(roster([able], [night, day]), Plan(), night.id, day.id) == [
        "1 person is cleared, 1 offers this time, and is free as things are. Choose the seat to see who is free, "
        "or sign off another lead.",
        "1 person is cleared, and they do not offer this time. Ask them for these hours, or sign off another lead.",
    ]


def test_only_what_touches_a_proved_cause_is_advised() -> None:
    night = shift(at(0, 22), 4, line(LEAD))
    example = roster([person(1, LEAD, free=())], [night])
    [one] = shortfalls(example, Plan(), [night.id], LEAD, causes={"availability"})
    assert one.todo == "Ask them for these hours."


def test_without_time_to_look_only_the_counts_are_sentences() -> None:
    night = shift(at(0, 22), 4, line(LEAD))
    [one] = shortfalls(roster([person(1, LEAD)], [night]), Plan(), [night.id], LEAD, seconds=-1)
    assert one.facts == "1 person is cleared, 1 offers this time."
