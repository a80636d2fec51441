"""What people asked for at most: hours in a week, and nights in a rota. Kept as one row for each person.

The rota's rules keep it (`MostTheyAsked`, `NightsInThePeriod`), wherever a seat is proposed, given or taken.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, db
from app.refusals import Invalid
from app.wording import plural
from progression.duties import Duty
from rota.scheduling.rules.policy import NightsSettings, RotaRules, Severity

LEAST_HOURS, MOST_HOURS = 1, 60  # in a week; who wants none says that they are away
MOST_NIGHTS = 31  # of one rota; none is a limit too
HOURS_OUT_OF_BOUNDS = f"Give a whole number of hours from {LEAST_HOURS} to {MOST_HOURS}, or leave it empty."
NIGHTS_OUT_OF_BOUNDS = f"Give a whole number of nights from 0 to {MOST_NIGHTS}, or leave it empty."


class PersonLimits(db.Model):
    """What one person asked for at most. None: they set no limit of that kind."""

    __tablename__ = "person_limits"
    __table_args__ = (
        CheckConstraint(f"most_hours_a_week BETWEEN {LEAST_HOURS} AND {MOST_HOURS}", name="hours_within_a_week"),
        CheckConstraint(f"most_nights BETWEEN 0 AND {MOST_NIGHTS}", name="nights_within_a_rota"),
        CheckConstraint("most_hours_a_week IS NOT NULL OR most_nights IS NOT NULL", name="says_something"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    most_hours_a_week: Mapped[int | None]
    most_nights: Mapped[int | None]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


def set_limits(
    person_id: int, *, most_hours_a_week: int | None, most_nights: int | None, by: int, now: datetime
) -> None:
    """Set what a person asked for at most; None sets no limit, and twice None removes the row.

    Holds for every seat that is given or taken from now on; seats that they have stay theirs. Doing it twice changes
    nothing. Refuses figures out of bounds.
    """
    if most_hours_a_week is not None and not LEAST_HOURS <= most_hours_a_week <= MOST_HOURS:
        raise Invalid(HOURS_OUT_OF_BOUNDS, field="most_hours_a_week")
    if most_nights is not None and not 0 <= most_nights <= MOST_NIGHTS:
        raise Invalid(NIGHTS_OUT_OF_BOUNDS, field="most_nights")
    db.lock_people([person_id])
    kept = db.session.get(PersonLimits, person_id, populate_existing=True)
    before = (None, None) if kept is None else (kept.most_hours_a_week, kept.most_nights)
    if before == (most_hours_a_week, most_nights):
        return
    if most_hours_a_week is None and most_nights is None:
        db.session.execute(delete(PersonLimits).where(PersonLimits.person_id == person_id))
    else:
        figures = {"most_hours_a_week": most_hours_a_week, "most_nights": most_nights, "set_by_id": by, "set_at": now}
        db.upsert(PersonLimits, {"person_id": person_id, **figures}, key=("person_id",), update=figures)
    db.session.expire_all()
    action = "rota.limits-set" if (most_hours_a_week, most_nights) != (None, None) else "rota.limits-cleared"
    audit.record(action, by=by, subject=f"person:{person_id}", now=now)


def limits_of(person_id: int) -> PersonLimits | None:
    """What a person asked for at most, and who set it; None where they set no limit."""
    return db.session.get(PersonLimits, person_id)


def limits_of_people(ids: Collection[int]) -> dict[int, PersonLimits]:
    """The limits of those of these people who set any, by person id, in one query."""
    rows = db.session.scalars(select(PersonLimits).where(PersonLimits.person_id.in_(ids)))
    return {row.person_id: row for row in rows}


def in_words(limits: PersonLimits) -> list[str]:
    """Each limit as pages write it: “8 hours a week at most”."""
    words = []
    if limits.most_hours_a_week is not None:
        words.append(f"{plural(limits.most_hours_a_week, 'hour')} a week at most")
    if limits.most_nights is not None:
        nights = plural(limits.most_nights, "night") if limits.most_nights else "no nights"
        words.append(f"{nights} in a rota at most" if limits.most_nights else nights)
    return words


def how_hours_count(rules: RotaRules) -> list[str]:
    """What the limit on hours counts under these rules, and how firmly it holds, in sentences."""
    counts = (
        "A week is Monday to Sunday. A shift counts in full on the day it begins, whichever channel it is on; time on"
        " call and shadowing count too."
    )
    return [counts, *_how_firmly(rules.most_they_asked.severity)]


def how_nights_count(rules: RotaRules) -> list[str]:
    """What the limit on nights counts under these rules, and how firmly it holds, in sentences."""
    nights = rules.nights_in_the_period
    counts = (
        f"A night is a shift with at least {nights.counts_from_hours:g} hours between {nights.starts:%H:%M} and"
        f" {nights.ends:%H:%M}{_without(nights)}. All nights that begin on the days of one rota count together,"
        " whichever channel they are on."
    )
    return [counts, *_how_firmly(nights.severity)]


def _without(nights: NightsSettings) -> str:
    if not nights.exempt_duties:
        return ""
    duties = " or ".join(duty.words for duty in Duty if duty in nights.exempt_duties)
    return f", unless as {duties}"


def _how_firmly(severity: Severity) -> list[str]:
    if severity is Severity.UNUSED:
        return ["Your organisation’s rules do not use this limit at present."]
    if severity is Severity.WISH:
        return [
            "Your organisation’s rules treat this limit as a wish: it may be passed where a shift would stay empty."
        ]
    if severity is Severity.OVERRIDABLE:
        return ["A coordinator who passes it must give a reason."]
    return []
