"""What people asked for at most and at least: hours, shifts, nights, weekends, days in a row. One row for each person.

The rota's rules keep it (`MostTheyAsked`, `LeastTheyAsked`, `NightsInThePeriod`, `Weekends` and those about runs of
days), wherever a seat is proposed, given or taken. `FIGURES` lists every figure once, for the table, the forms, the
pages and the words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, db
from app.refusals import Invalid
from app.wording import plural
from rota.scheduling.roster import Limits
from rota.scheduling.rules.policy import RotaRules


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that a person may give, with its bounds and its words.

    `about` is “hour”, “shift” and so on; `span` follows the number on pages: “a week at most”. `rule` is the field of
    the policy that keeps it.
    """

    name: str
    label: str
    about: str
    span: str
    least: int
    most: int
    rule: str

    @property
    def out_of_bounds(self) -> str:
        """The sentence that refuses another number."""
        return f"Give a whole number of {self.about}s from {self.least} to {self.most}, or leave it empty."

    def in_words(self, number: int) -> str:
        """8 hours a week at most; no nights in a rota."""
        return f"{plural(number, self.about)} {self.span}" if number else f"no {self.about}s {self._where}"

    @property
    def _where(self) -> str:
        return self.span.removesuffix(" at most")


MOST, NIGHTS = "most_they_asked", "nights_in_the_period"
FIGURES: Mapping[str, Figure] = {
    each.name: each
    for each in (
        Figure("most_hours_a_week", "Hours in a week, at most", "hour", "a week at most", 1, 60, MOST),
        Figure("most_shifts_a_week", "Shifts in a week, at most", "shift", "a week at most", 1, 14, MOST),
        Figure("most_nights_a_week", "Nights in a week, at most", "night", "a week at most", 0, 7, MOST),
        Figure("most_hours_a_month", "Hours in a month, at most", "hour", "a month at most", 1, 240, MOST),
        Figure("most_shifts_a_month", "Shifts in a month, at most", "shift", "a month at most", 1, 62, MOST),
        Figure("most_nights_a_month", "Nights in a month, at most", "night", "a month at most", 0, 31, MOST),
        Figure("most_nights", "Nights in one rota, at most", "night", "in a rota at most", 0, 31, NIGHTS),
        Figure("most_weekends", "Weekends in one rota, at most", "weekend", "in a rota at most", 0, 9, "weekends"),
        Figure(
            "least_shifts", "Shifts in one rota, at least", "shift", "in a rota at least", 1, 62, "least_they_asked"
        ),
        Figure("shortest_run", "Days on duty in a row, at least", "day", "on duty in a row", 2, 7, "shortest_run"),
        Figure("shortest_break", "Days off in a row, at least", "day", "off in a row", 1, 14, "shortest_break"),
    )
}
"""Every figure by its name, in the order of the pages. Who wants no shift at all says that they are away."""

Figures = Mapping[str, int | None]


class PersonLimits(db.Model):
    """What one person asked for at most and at least. None: they gave no such figure."""

    __tablename__ = "person_limits"
    __table_args__ = (
        *(
            CheckConstraint(f"{each.name} BETWEEN {each.least} AND {each.most}", name=f"bounds_of_{each.name}")
            for each in FIGURES.values()
        ),
        CheckConstraint(" OR ".join(f"{name} IS NOT NULL" for name in FIGURES), name="says_something"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    most_hours_a_week: Mapped[int | None]
    most_shifts_a_week: Mapped[int | None]
    most_nights_a_week: Mapped[int | None]
    most_hours_a_month: Mapped[int | None]
    most_shifts_a_month: Mapped[int | None]
    most_nights_a_month: Mapped[int | None]
    most_nights: Mapped[int | None]
    most_weekends: Mapped[int | None]
    least_shifts: Mapped[int | None]
    shortest_run: Mapped[int | None]
    shortest_break: Mapped[int | None]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]

    @property
    def figures(self) -> dict[str, int]:
        """The figures that were given, by name, in the order of the pages."""
        found = {name: getattr(self, name) for name in FIGURES}
        return {name: number for name, number in found.items() if number is not None}

    @property
    def is_by_month(self) -> bool:
        """Whether any of them counts over a month, so that shifts of the whole month count."""
        return any(name.endswith("_a_month") for name in self.figures)


def set_limits(person_id: int, *, by: int, now: datetime, **figures: int | None) -> None:
    """Set the figures of a person by name; a figure that is None or not named is none, and none at all removes the row.

    Holds for every seat that is given or taken from now on; seats that they have stay theirs. Doing it twice changes
    nothing. Refuses figures out of bounds.
    """
    given = {name: number for name, number in figures.items() if number is not None}
    for name, number in given.items():
        if not FIGURES[name].least <= number <= FIGURES[name].most:
            raise Invalid(FIGURES[name].out_of_bounds, field=name)
    db.lock_people([person_id])
    kept = db.session.get(PersonLimits, person_id, populate_existing=True)
    if given == (kept.figures if kept else {}):
        return
    if not given:
        db.session.execute(delete(PersonLimits).where(PersonLimits.person_id == person_id))
    else:
        values = {**dict.fromkeys(FIGURES), **given, "set_by_id": by, "set_at": now}
        db.upsert(PersonLimits, {"person_id": person_id, **values}, key=("person_id",), update=values)
    db.session.expire_all()
    action = "rota.limits-set" if given else "rota.limits-cleared"
    audit.record(action, by=by, subject=f"person:{person_id}", now=now)


def limits_of(person_id: int) -> PersonLimits | None:
    """The figures a person gave, and who set them; None where they gave none."""
    return db.session.get(PersonLimits, person_id)


def limits_of_people(ids: Collection[int]) -> dict[int, PersonLimits]:
    """The limits of those of these people who set any, by person id, in one query."""
    rows = db.session.scalars(select(PersonLimits).where(PersonLimits.person_id.in_(ids)))
    return {row.person_id: row for row in rows}


_NOTHING_ASKED = Limits()


def as_rules_read(asked: PersonLimits | None, rules: RotaRules) -> Limits:
    """What a person asked for, as the rules read it.

    A number of nights that is no lower than the organisation's own limits nobody further, nor does a longer break that
    it asks for anyway: then that one holds.
    """
    if asked is None:
        return _NOTHING_ASKED
    most_nights, own_break = asked.most_nights, asked.shortest_break
    most_weekends, general_weekends = asked.most_weekends, rules.weekends.most
    if most_nights is not None and most_nights >= rules.nights_in_the_period.most:
        most_nights = None
    if own_break is not None and own_break <= (rules.shortest_break.least or 0):
        own_break = None
    if most_weekends is not None and general_weekends is not None and most_weekends >= general_weekends:
        most_weekends = None
    return Limits(
        least_shifts=asked.least_shifts,
        most_minutes_a_week=_minutes(asked.most_hours_a_week),
        most_shifts_a_week=asked.most_shifts_a_week,
        most_nights_a_week=asked.most_nights_a_week,
        most_minutes_a_month=_minutes(asked.most_hours_a_month),
        most_shifts_a_month=asked.most_shifts_a_month,
        most_nights_a_month=asked.most_nights_a_month,
        most_nights=most_nights,
        most_weekends=most_weekends,
        shortest_run=asked.shortest_run,
        shortest_break=own_break,
    )


def _minutes(hours: int | None) -> int | None:
    return None if hours is None else hours * 60


def in_words(limits: PersonLimits) -> list[str]:
    """Each figure as pages write it: “8 hours a week at most”."""
    return [FIGURES[name].in_words(number) for name, number in limits.figures.items()]
