"""The tables of a month for a spreadsheet."""

from __future__ import annotations

from datetime import date, datetime

from app import clock
from progression.stages import Stage
from rota.reports import month_files
from rota.reports.month_figures import CoverHours, MonthFigures, PersonHours, WeekOfHours
from rota.reports.months import Month

NONE = CoverHours(0.0, 0.0, 0.0)


def figures(*, weeks: tuple[WeekOfHours, ...] = (), people: tuple[PersonHours, ...] = ()) -> MonthFigures:
    until: datetime = clock.now()
    return MonthFigures(Month(date(2027, 2, 1)), until, True, weeks, NONE, NONE, (), people)


def test_each_person_has_a_line_and_no_name_is_a_formula() -> None:
    people = (
        PersonHours(1, "Wren", Stage.VOLUNTEER, 3, 10.5, 1, 0.0),
        PersonHours(2, "=Moth", Stage.STAFF, 1, 0.0, 0, 8.0),
    )
    lines = month_files.hours_by_person(figures(people=people)).decode("utf-8-sig").splitlines()
    assert lines == [
        "Name,Stage,Shifts,Hours,Nights,Hours on call",
        "Wren,volunteer,3,10.5,1,0",
        "'=Moth,staff,1,0,0,8",
    ]


def test_each_week_has_its_hours_by_stage() -> None:
    week = WeekOfHours(date(2027, 2, 22), 7, {Stage.PEER: 4.25, Stage.STAFF: 8.0})
    lines = month_files.hours_by_week(figures(weeks=(week,))).decode("utf-8-sig").splitlines()
    assert lines == ["First day,Days,user,peer,volunteer,staff,Hours", "2027-02-22,7,0,4.25,0,8,12.25"]
