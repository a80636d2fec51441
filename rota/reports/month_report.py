"""The report of a month: its figures, those of the month before, and how people answered when they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.wording import amount, duration, percent, plural
from rota.reports.asks import Asks, asks_between
from rota.reports.month_figures import FAIR_WITHIN_HOURS, MonthFigures, figures_of_months
from rota.reports.months import Month


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure in words, of the month and of the one before."""

    what: str
    this: str
    before: str


@dataclass(frozen=True, slots=True)
class MonthReport:
    """All that a month came to."""

    figures: MonthFigures
    before: MonthFigures
    asks: Asks
    asks_before: Asks

    @property
    def compared(self) -> Sequence[ComparedFigure]:
        """The figures of both months side by side; none where nobody was needed or had a shift in the month before."""
        if not self.before.has_anything:
            return ()
        this, before = _words(self.figures, self.asks), _words(self.before, self.asks_before)
        return [ComparedFigure(what, words, before[what]) for what, words in this.items()]

    @property
    def answers(self) -> str:
        """How people answered, in sentences; empty where no seat came open."""
        asks = self.asks
        if not asks.seats:
            return ""
        came = "1 seat was" if asks.seats == 1 else f"{asks.seats} seats were"
        sentences = [f"{came} given back or lost, and {asks.taken} of them had somebody again before the shift began."]
        if asks.half_within is not None:
            sentences.append(f"Half of those were taken within {_roughly(asks.half_within.total_seconds() / 60)}.")
        if asks.people_asked:
            sentences.append(
                f"{plural(asks.people_asked, 'e-mail')} asked somebody to take one, and {asks.said_yes} "
                f"{'was' if asks.said_yes == 1 else 'were'} answered by doing so."
            )
        return " ".join(sentences)

    @property
    def evenness(self) -> Sequence[str]:
        """How evenly hours and nights were shared, in sentences; none where nobody gave any."""
        figures = self.figures
        if not figures.givers:
            return ()
        sentences = [
            f"Half gave more than {amount(figures.usual_hours)} hours and half less.",
            f"{plural(figures.far_from_usual, 'person', 'people')} gave more than {amount(FAIR_WITHIN_HOURS)} hours "
            "more or less than that.",
        ]
        if figures.had_nights:
            most = max(each.nights for each in figures.had_nights)
            sentences.append(
                f"{plural(len(figures.had_nights), 'person', 'people')} shared the nights; the most that one person "
                f"had is {most}."
            )
        return sentences


def report_of(month: Month, zone: ZoneInfo, *, now: datetime) -> MonthReport:
    """Work out a month and the one before. The number of queries does not grow with the number of shifts or people."""
    previous = month.previous
    before, figures = figures_of_months([previous, month], zone, now=now)
    return MonthReport(
        figures,
        before,
        asks_between(month.bounds(zone)[0], figures.until),
        asks_between(previous.bounds(zone)[0], before.until),
    )


def _words(figures: MonthFigures, asks: Asks) -> dict[str, str]:
    counted, cover = figures.counted_nights, figures.cover
    safe = sum(night.is_safe for night in counted)
    return {
        "Hours given": amount(figures.hours),
        "People who gave them": str(len(figures.givers)),
        "Of the hours had somebody there": percent(cover.with_somebody, cover.needed),
        "Of the hours had everybody needed": percent(cover.with_all, cover.needed),
        "Nights with the safe mix": f"{safe} of {len(counted)}",
        "Hours on call": amount(figures.on_call_hours),
        "Seats taken again, of those that came open": f"{asks.taken} of {asks.seats}",
        "People far from the usual hours": str(figures.far_from_usual),
    }


def _roughly(minutes: float) -> str:
    """A length of time as it is said: in minutes up to two hours, else in whole hours, from two days on in days."""
    if minutes < 120:
        return duration(max(1, minutes))
    return plural(round(minutes / 60), "hour") if minutes < 2880 else plural(round(minutes / 1440), "day")
