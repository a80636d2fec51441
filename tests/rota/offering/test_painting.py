"""What is lit and darkened on the page of a month becomes the times that are kept, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app import db
from app.people.models import Person
from app.refusals import Invalid
from progression.duties import Duty
from progression.intervals import Interval
from rota.offering.month import Light, Month, month_of
from rota.offering.painting import Painted, copy_month, paint_day, paint_week, repainted, same_weekday
from rota.scheduling.cover_pattern import Need
from rota.store import availability
from rota.store.models import DatedKind
from rota.store.weekly_times import WeeklyTime
from tests.conftest import People
from tests.rota.crew import LONDON, Crew
from tests.times import NOW

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
MARCH = date(2027, 3, 1)
FRIDAY = 4
EVENING = WeeklyTime(FRIDAY, time(18), time(22))
NIGHT = WeeklyTime(FRIDAY, time(22), time(6))


def painted(*, lit: Sequence[WeeklyTime] = (), shown: Sequence[WeeklyTime] = ()) -> Painted:
    return Painted(frozenset((each, LONDON) for each in lit), frozenset((each, LONDON) for each in shown))


def of(*times: WeeklyTime, zone: ZoneInfo = LONDON) -> list[tuple[WeeklyTime, ZoneInfo]]:
    return [(each, zone) for each in times]


def test_a_window_that_is_lit_joins_the_time_that_it_touches() -> None:
    before = of(WeeklyTime(FRIDAY, time(16), time(18)), WeeklyTime(0, time(9), time(10)))
    after = repainted(before, painted(lit=[EVENING]), on=MARCH)
    assert sorted(after, key=lambda each: each[0].weekday) == of(
        WeeklyTime(0, time(9), time(10)), WeeklyTime(FRIDAY, time(16), time(22))
    )


def test_a_window_that_is_darkened_leaves_what_was_kept_around_it() -> None:
    whole_day = of(WeeklyTime(FRIDAY, time(0), time(0)))
    left = repainted(whole_day, painted(shown=[EVENING]), on=MARCH)
    assert left == of(WeeklyTime(FRIDAY, time(0), time(18)), WeeklyTime(FRIDAY, time(22), time(0)))
    night = repainted(
        of(WeeklyTime(6, time(20), time(10))), painted(shown=[WeeklyTime(6, time(22), time(6))]), on=MARCH
    )
    assert night == of(WeeklyTime(6, time(20), time(22)), WeeklyTime(0, time(6), time(10)))


def test_a_handover_takes_nothing_from_the_window_that_stays_lit() -> None:
    day = WeeklyTime(FRIDAY, time(14), time(18, 15))
    both = of(WeeklyTime(FRIDAY, time(14), time(22)))
    assert repainted(both, painted(lit=[day], shown=[day, EVENING]), on=MARCH) == of(day)


def test_a_time_on_another_clock_loses_the_hours_that_the_window_has_there() -> None:
    kept = of(WeeklyTime(FRIDAY, time(10), time(20)), zone=NEW_YORK)
    assert repainted(kept, painted(shown=[EVENING]), on=MARCH) == of(
        WeeklyTime(FRIDAY, time(10), time(13)), WeeklyTime(FRIDAY, time(17), time(20)), zone=NEW_YORK
    )
    # Between 14 and 28 March 2027 the clocks are an hour nearer.
    assert repainted(kept, painted(shown=[EVENING]), on=date(2027, 3, 15))[0][0].ends == time(14)
    far = repainted(of(WeeklyTime(5, time(0), time(0)), zone=LORD_HOWE), painted(shown=[EVENING]), on=MARCH)
    assert far == of(WeeklyTime(5, time(0), time(5)), WeeklyTime(5, time(9), time(0)), zone=LORD_HOWE)


@pytest.fixture
def wren(crew: Crew) -> Person:
    """Moderates; the board has evenings, and the night chat its nights."""
    crew.evenings()
    crew.nights()
    return crew.moderator("Wren")


def paint(person: Person, how: Painted) -> bool:
    with db.writing():
        return paint_week(person.id, how, on=MARCH, by=person.id, now=NOW)


def march(person: Person, *, now: datetime = NOW) -> Month:
    db.session.rollback()
    return month_of(person, MARCH, zone=LONDON, now=now)


def lights(month: Month) -> dict[str, str]:
    return {
        f"{row.band.starts:%H}": "".join(pane.light[0] if pane else "." for pane in row.panes) for row in month.rows
    }


def test_what_fits_no_window_is_said_and_survives_every_save(wren: Person) -> None:
    with db.writing():
        availability.add_weekly_time(wren.id, {FRIDAY}, time(19), time(21), zone=LONDON, now=NOW)
        availability.add_weekly_time(wren.id, {1}, time(8), time(9), zone=LONDON, now=NOW)
    before = march(wren)
    assert lights(before) == {"18": "ddddpdd", "22": "ddddddd"}
    [(_, part)] = before.parts
    assert part.part == Interval(datetime(2027, 3, 5, 19, tzinfo=UTC), datetime(2027, 3, 5, 21, tzinfo=UTC))
    assert before.others == ((WeeklyTime(1, time(8), time(9)), LONDON),)
    assert not paint(wren, painted())
    assert paint(wren, painted(lit=[WeeklyTime(2, time(18), time(22))]))
    after = march(wren)
    assert lights(after) == {"18": "ddldpdd", "22": "ddddddd"}
    assert [pane for _, pane in after.parts] == [part]
    assert after.others == before.others


def test_a_page_that_was_open_long_undoes_nothing_that_was_said_elsewhere(wren: Person) -> None:
    paint(wren, painted(lit=[EVENING]))
    paint(wren, painted(lit=[NIGHT]))  # from a page that had shown neither
    assert lights(march(wren)) == {"18": "ddddldd", "22": "ddddldd"}


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE])
def test_a_lit_window_is_lit_in_every_week_also_when_the_clocks_change(
    wren: Person, crew: Crew, zone: ZoneInfo
) -> None:
    # London's clocks go forward on 28 March 2027, New York's on 14 March, Lord Howe's back on 4 April.
    person = crew.moderator("Far away", zone_name=zone.key)
    paint(person, painted(lit=[EVENING, NIGHT]))
    for month in (MARCH, date(2027, 4, 1)):
        shown = month_of(person, month, zone=LONDON, now=NOW)
        assert lights(shown) == {"18": "ddddldd", "22": "ddddldd"}
        assert {day.lit for day in shown.days if day.on.weekday() == FRIDAY} == {2}


def test_an_evening_kept_on_another_clock_is_lit_where_it_covers_every_week(wren: Person, crew: Crew) -> None:
    person = crew.moderator("Juniper", zone_name=NEW_YORK.key)
    with db.writing():
        availability.add_weekly_time(person.id, {FRIDAY}, time(13), time(18), zone=NEW_YORK, now=NOW)
        availability.add_weekly_time(person.id, {3}, time(13), time(17), zone=NEW_YORK, now=NOW)
    # 18:00 in London is 13:00 in New York, and 14:00 between the two changes of clocks.
    assert lights(march(person))["18"] == "dddpldd"


def test_one_start_on_two_clocks_is_refused_and_nothing_is_lost(wren: Person) -> None:
    with db.writing():
        availability.add_weekly_time(wren.id, {FRIDAY}, time(18), time(19), zone=NEW_YORK, now=NOW)
    with pytest.raises(Invalid, match="Friday has two times that begin at 18:00"):
        paint(wren, painted(lit=[EVENING]))
    assert [row.zone_name for row in availability.weekly_times_of(wren.id)] == [NEW_YORK.key]


def day_painted(person: Person, day: date, *, lit: set[int], shown: set[int]) -> None:
    with db.writing():
        windows = [
            each
            for each, _ in next(
                each for each in month_of(person, MARCH, zone=LONDON, now=NOW).days if each.on == day
            ).windows
        ]
        codes = [each.code for each in windows]
        paint_day(
            person.id,
            windows,
            lit={codes[number] for number in lit},
            shown={codes[number] for number in shown},
            by=person.id,
            now=NOW,
        )


def lit_on(person: Person, day: date) -> list[Light]:
    return [pane.light for _, pane in next(each for each in march(person).days if each.on == day).windows]


def test_one_day_differs_and_goes_back_to_usual_without_a_trace(wren: Person) -> None:
    paint(wren, painted(lit=[EVENING]))
    friday = date(2027, 3, 12)
    day_painted(wren, friday, lit={1}, shown={0})
    assert lit_on(wren, friday) == [Light.AWAY, Light.LIT]
    assert [day.on for day in march(wren).different] == [friday]
    day_painted(wren, friday, lit={0}, shown={1})
    assert lit_on(wren, friday) == [Light.LIT, Light.DARK]
    assert availability.exceptions_of(wren.id, now=NOW) == []


def test_a_window_lit_on_a_day_away_takes_only_its_hours_out_of_it(wren: Person) -> None:
    with db.writing():
        availability.set_leave(wren.id, date(2027, 3, 11), date(2027, 3, 14), zone=LONDON, now=NOW)
    friday = date(2027, 3, 12)
    assert lit_on(wren, friday) == [Light.AWAY, Light.AWAY]
    day_painted(wren, friday, lit={0}, shown=set())
    assert lit_on(wren, friday) == [Light.LIT, Light.AWAY]
    leave = [row for row in availability.exceptions_of(wren.id, now=NOW) if row.kind == DatedKind.LEAVE]
    hours = sum((row.ends_at - row.starts_at for row in leave), timedelta()) / timedelta(hours=1)
    assert (len(leave), hours) == (2, 4 * 24 - 4)


def test_the_night_on_which_the_clocks_change_is_one_window(wren: Person) -> None:
    saturday = date(2027, 3, 27)
    day_painted(wren, saturday, lit={1}, shown=set())
    [kept] = availability.exceptions_of(wren.id, now=NOW)
    assert (kept.starts_at, kept.ends_at - kept.starts_at) == (
        datetime(2027, 3, 27, 22, tzinfo=UTC),
        timedelta(hours=7),
    )


def test_what_differed_last_month_is_copied_weekday_for_weekday_once(wren: Person) -> None:
    with db.writing():
        for day in (19, 26):  # the third and the fourth Friday of February
            starts_at = datetime(2027, 2, day, 22, tzinfo=UTC)
            availability.set_exception(wren.id, DatedKind.CAN, starts_at, starts_at + timedelta(hours=8), now=NOW)
        availability.set_leave(wren.id, date(2027, 2, 22), date(2027, 2, 23), zone=LONDON, now=NOW)
    with db.writing():
        assert copy_month(wren.id, MARCH, zone=LONDON, by=wren.id, now=NOW) == 2
    assert [day.on.day for day in march(wren).different] == [19, 26]
    with db.writing():
        assert copy_month(wren.id, MARCH, zone=LONDON, by=wren.id, now=NOW) == 0
    assert march(wren).away == ()


def test_a_fifth_friday_has_no_place_in_a_month_with_four() -> None:
    assert same_weekday(date(2027, 2, 12), MARCH) == date(2027, 3, 12)
    assert same_weekday(date(2027, 3, 29), date(2027, 4, 1)) is None  # the fifth Monday


def test_nobody_lights_a_window_that_no_shift_of_theirs_has(app: Flask, people: People, crew: Crew) -> None:
    crew.evenings("Board", Need(Duty.LEAD, 1, 1, 1))
    crew.nights()
    wren = crew.moderator("Wren")
    shown = march(wren)
    assert lights(shown) == {"22": "ddddddd"}
    assert shown.not_yet == (Duty.LEAD,)
    newcomer = march(people.person("Otter"))
    assert (lights(newcomer), newcomer.is_cleared) == ({"18": "ddddddd", "22": "ddddddd"}, False)
