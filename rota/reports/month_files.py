"""The figures of a month as tables for a spreadsheet."""

from __future__ import annotations

from app import csv_writer
from progression.stages import Stage
from rota.reports.month_figures import MonthFigures


def hours_by_person(figures: MonthFigures) -> bytes:
    """What each person gave, for those who may know who is on shifts."""
    rows = [("Name", "Stage", "Shifts", "Hours", "Nights", "Hours on call")]
    for each in figures.people:
        numbers = (str(each.shifts), _hours(each.hours), str(each.nights), _hours(each.on_call_hours))
        rows.append((each.name, each.stage.value, *numbers))
    return csv_writer.written(rows)


def hours_by_week(figures: MonthFigures) -> bytes:
    """What was given in each week, by stage; nobody by name."""
    rows: list[tuple[str, ...]] = [("First day", "Days", *Stage, "Hours")]
    for week in figures.weeks:
        by_stage = (_hours(week.by_stage.get(stage, 0.0)) for stage in Stage)
        rows.append((week.first.isoformat(), str(week.days), *by_stage, _hours(week.hours)))
    return csv_writer.written(rows)


def _hours(hours: float) -> str:
    return f"{hours:.2f}".rstrip("0").rstrip(".")
