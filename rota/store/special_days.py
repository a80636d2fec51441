"""The special days of channels as they are kept, and which bank holidays a channel keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.scheduling.special_days import SpecialDay, SpecialKind

_WHOLE_DAY = text("starts IS NULL")


class SpecialDayRow(db.Model):
    """A day on which a channel's weekly pattern does not hold as it is. Days that are past keep what they had."""

    __tablename__ = "special_day"
    __table_args__ = (
        db.one_of("kind", SpecialKind),
        CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_times_or_none"),
        CheckConstraint("starts IS NULL OR kind = 'closed'", name="only_closures_have_hours"),
        Index(
            "uq_special_day_channel_id_day_whole",
            "channel_id",
            "day",
            "is_bank_holiday",
            unique=True,
            sqlite_where=_WHOLE_DAY,
            postgresql_where=_WHOLE_DAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[SpecialKind]
    reason: Mapped[str]  # a name of the day that everybody may read
    starts: Mapped[time | None]  # of closed hours; None for the whole day
    ends: Mapped[time | None]
    spans: Mapped[list[Any]]  # the shifts of an event, as `span_to_json` writes them
    is_bank_holiday: Mapped[bool]  # entered from the calendar of a nation, and kept in step with it
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class HolidayRules(db.Model):
    """Which nations' bank holidays the organisation keeps, and what they do to channels. One row at most."""

    __tablename__ = "holiday_rules"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), db.one_of("kind", SpecialKind))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nations: Mapped[list[Any]]  # their codes, as `rota.planning.bank_holidays` knows them
    kind: Mapped[SpecialKind]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ChannelHolidayRules(db.Model):
    """The same for one channel that differs from the organisation."""

    __tablename__ = "channel_holiday_rules"
    __table_args__ = (db.one_of("kind", SpecialKind),)

    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), primary_key=True, autoincrement=False)
    nations: Mapped[list[Any]]
    kind: Mapped[SpecialKind]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


OF_SPECIAL_DAY = (
    SpecialDayRow.channel_id,
    SpecialDayRow.day,
    SpecialDayRow.kind,
    SpecialDayRow.reason,
    SpecialDayRow.starts,
    SpecialDayRow.ends,
    SpecialDayRow.spans,
    SpecialDayRow.is_bank_holiday,
)
"""What a special day is read from, as `plain` takes it: the channel, then the fields of `SpecialDay` in their order."""


def query_special_days() -> Select[*tuple[Any, ...]]:
    """The query for the special days between two days, which are its parameters `first_day` and `last_day`."""
    first, last = (
        bindparam("first_day", type_=SpecialDayRow.day.type),
        bindparam("last_day", type_=SpecialDayRow.day.type),
    )
    return select(*OF_SPECIAL_DAY).where(SpecialDayRow.day >= first, SpecialDayRow.day <= last)


def special_days_between(first: date, last: date) -> dict[int, list[SpecialDay]]:
    """The special days of every channel from one day to another, both included, by channel id."""
    return by_channel(db.session.execute(query_special_days(), {"first_day": first, "last_day": last}))


def by_channel(rows: Iterable[Any]) -> dict[int, list[SpecialDay]]:
    """Rows of `query_special_days` as plain values, by channel id."""
    days: dict[int, list[SpecialDay]] = defaultdict(list)
    for channel_id, day, kind, reason, starts, ends, spans, is_bank_holiday in rows:
        plain = tuple(span_from_json(span) for span in spans or ())
        days[channel_id].append(
            SpecialDay(day, SpecialKind(kind), reason, starts, ends, plain, is_bank_holiday=bool(is_bank_holiday))
        )
    return days


def rows_from(day: date, channel_ids: Collection[int] | None = None) -> list[SpecialDayRow]:
    """The kept special days from a day on, of all channels or of these, in order of time."""
    query = select(SpecialDayRow).where(SpecialDayRow.day >= day)
    if channel_ids is not None:
        query = query.where(SpecialDayRow.channel_id.in_(channel_ids))
    order = (SpecialDayRow.day, SpecialDayRow.starts.is_not(None), SpecialDayRow.starts, SpecialDayRow.channel_id)
    return list(db.session.scalars(query.order_by(*order, SpecialDayRow.id)))


def forget_channel(channel_id: int) -> None:
    """Delete the special days of a channel that is removed, and its rules of bank holidays."""
    for table in (SpecialDayRow, ChannelHolidayRules):
        db.session.execute(delete(table).where(table.channel_id == channel_id))


def span_to_json(span: PatternSpan) -> dict[str, Any]:
    """A shift of an event as it is kept; its day is that of the event."""
    needs = [[need.duty.value, need.minimum, need.wanted, need.most] for need in span.needs]
    return {"starts": f"{span.starts:%H:%M}", "ends": f"{span.ends:%H:%M}", "label": span.label, "needs": needs}


def span_from_json(kept: Mapping[str, Any], days: Sequence[int] = ()) -> PatternSpan:
    """A shift of an event as a plain value."""
    needs = tuple(Need(Duty(duty), minimum, wanted, most) for duty, minimum, wanted, most in kept["needs"])
    starts, ends = time.fromisoformat(kept["starts"]), time.fromisoformat(kept["ends"])
    return PatternSpan(frozenset(days), starts, ends, kept["label"], needs)
