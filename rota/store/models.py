"""The rota's tables: what must be covered, by whom, and how it came about.

Shifts and seats keep their ids for life, because calendar entries refer to them. The source of truth about who has a
seat is `assignment_change`, which is append-only; `assignment` is what is published now. A draft is a set of
changes to what is published, which only people who plan see.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import db
from progression.duties import Duty


class ChannelKind(StrEnum):
    """The kind of space a channel is. The on-call line is one person at home, so no mix of people is asked of it."""

    BOARD = "board"
    CHAT = "chat"
    ON_CALL = "on-call"


class Channel(db.Model):
    """A space that needs people: a discussion board, a live chat, the on-call line."""

    __tablename__ = "channel"
    __table_args__ = (db.one_of("kind", ChannelKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ChannelKind]
    closes_on: Mapped[date | None]  # the first day on which nobody is needed any more; None while it is open


class CoverPattern(db.Model):
    """The weekly need of a channel from a day on. A change is a new row; shifts made from the old one stay."""

    __tablename__ = "cover_pattern"
    __table_args__ = (UniqueConstraint("channel_id", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    zone_name: Mapped[str]  # the zone in which the times below are wall times
    starts_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    spans: Mapped[list[PatternSpanRow]] = relationship(order_by="PatternSpanRow.starts", cascade="all, delete-orphan")


class PatternSpanRow(db.Model):
    """A shift that recurs on some days of the week, in wall time."""

    __tablename__ = "pattern_stretch"

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern_id: Mapped[int] = mapped_column(ForeignKey("cover_pattern.id"), index=True)
    days: Mapped[str]  # the digits of its days, 0 for Monday: "56" is the weekend
    starts: Mapped[time]
    ends: Mapped[time]
    label: Mapped[str]

    lines: Mapped[list[PatternLine]] = relationship(order_by="PatternLine.id", cascade="all, delete-orphan")


class PatternLine(db.Model):
    """How many people a recurring shift needs in one duty."""

    __tablename__ = "pattern_line"
    __table_args__ = (
        UniqueConstraint("stretch_id", "duty"),
        CheckConstraint("0 <= minimum AND minimum <= wanted AND wanted <= most", name="numbers_rise"),
        db.one_of("duty", Duty),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    span_id: Mapped[int] = mapped_column("stretch_id", ForeignKey("pattern_stretch.id"))
    duty: Mapped[Duty]
    minimum: Mapped[int]
    wanted: Mapped[int]
    most: Mapped[int]


class Rota(db.Model):
    """The shifts of some channels for a period; published in numbered versions."""

    __tablename__ = "rota"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=0)  # the newest published number; 0 before the first
    withdrawn_at: Mapped[datetime | None]  # its shifts do not take place; they stay for the history of their seats

    @property
    def is_published(self) -> bool:
        """Whether a version has been published."""
        return self.version > 0


class Shift(db.Model):
    """A span of time on a channel, covered by the people on its seats."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        # One channel has one shift at a time, those of withdrawn rotas left out.
        Index(
            "uq_shift_channel_id_starts_at_kept",
            "channel_id",
            "starts_at",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_shift_starts_at_ends_at", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    label: Mapped[str]
    withdrawn_at: Mapped[datetime | None]  # that of its rota, or since when it is off a published rota

    channel: Mapped[Channel] = relationship()
    lines: Mapped[list[CoverLine]] = relationship(order_by="CoverLine.id", back_populates="shift")


class CoverLine(db.Model):
    """What a shift needs in one duty: below `minimum` it is unsafe, `wanted` is the aim, `most` the limit."""

    __tablename__ = "cover_line"
    __table_args__ = (
        UniqueConstraint("shift_id", "duty"),
        CheckConstraint("0 <= minimum AND minimum <= wanted AND wanted <= most", name="numbers_rise"),
        db.one_of("duty", Duty),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    duty: Mapped[Duty]
    minimum: Mapped[int]
    wanted: Mapped[int]
    most: Mapped[int]

    shift: Mapped[Shift] = relationship(back_populates="lines")
    seats: Mapped[list[Seat]] = relationship(order_by="Seat.number", back_populates="line")


class Seat(db.Model):
    """One numbered place on a cover line; it keeps its id for life."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("line_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("cover_line.id"))
    number: Mapped[int]  # from 1

    line: Mapped[CoverLine] = relationship(back_populates="seats")


class VersionKind(StrEnum):
    """How a version came about: published or withdrawn by a coordinator, or a small change on its own."""

    PUBLISHED = "published"
    CLAIMED = "claimed"
    DROPPED = "dropped"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    EXCHANGED = "exchanged"


class RotaVersion(db.Model):
    """One numbered step in a rota's history."""

    __tablename__ = "rota_version"
    __table_args__ = (
        UniqueConstraint("rota_id", "number"),
        db.one_of("kind", VersionKind),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    number: Mapped[int]
    kind: Mapped[VersionKind]
    made_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the system itself
    line_for_everyone: Mapped[str | None]  # free text, and so not in an append-only table

    rota: Mapped[Rota] = relationship()


class ChangeReason(StrEnum):
    """Why a seat changed hands. Codes, because the history that holds them is never erased."""

    PROPOSED = "proposed"
    BY_HAND = "by-hand"
    CLEARED = "cleared"
    CLAIMED = "claimed"
    DROPPED = "dropped"
    NOT_CLEARED = "not-cleared"
    ACCOUNT_CLOSED = "account-closed"
    WITHDRAWN = "withdrawn"
    COVERED = "covered"
    SWAPPED = "swapped"
    AGREED = "agreed"


@db.append_only
class AssignmentChange(db.Model):
    """One seat that went from one person to another, or to or from nobody. Append-only."""

    __tablename__ = "assignment_change"
    __table_args__ = (
        UniqueConstraint("version_id", "seat_id"),
        CheckConstraint("from_person_id IS NOT NULL OR to_person_id IS NOT NULL", name="somebody_moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("rota_version.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[ChangeReason]
    overrides: Mapped[list[Any]]  # keys of the rules that somebody took responsibility for
    changed_at: Mapped[datetime] = mapped_column(index=True)


class OverrideReason(db.Model):
    """Why somebody overrode a rule, in their words; in a table of its own so that it can be erased."""

    __tablename__ = "override_reason"

    change_id: Mapped[int] = mapped_column(ForeignKey("assignment_change.id"), primary_key=True)
    words: Mapped[str]


class Assignment(db.Model):
    """A person has a published seat, or had it until `ended_at`."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_seat_id_held",
            "seat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_assignment_person_id_ended_at", "person_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("rota_version.id"))  # in which the person got the seat
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)  # of the calendar entry, raised with each change (RFC 5545)

    seat: Mapped[Seat] = relationship()


class DraftState(StrEnum):
    """The state of a draft."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class Draft(db.Model):
    """Changes to what is published that coordinators are preparing. A rota has one open draft at most."""

    __tablename__ = "draft"
    __table_args__ = (
        db.one_of("state", DraftState),
        Index(
            "uq_draft_rota_id_open",
            "rota_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        UniqueConstraint("rota_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    number: Mapped[int]
    state: Mapped[DraftState] = mapped_column(default=DraftState.OPEN)
    started_at: Mapped[datetime]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))  # the newest proposal

    rota: Mapped[Rota] = relationship()


class DraftChange(db.Model):
    """Who has one seat in the draft; `to_person_id` None leaves it empty."""

    __tablename__ = "draft_change"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the holder when the draft changed it
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[ChangeReason]
    overrides: Mapped[list[Any]]
    override_words: Mapped[str | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]


class DraftTakenOff(db.Model):
    """A person whom a coordinator took off a seat of the draft: nothing suggests them for it again."""

    __tablename__ = "draft_taken_off"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class AvailabilityWeekly(db.Model):
    """A time that a person offers every week, in wall time. An end no later than the start is on the following day."""

    __tablename__ = "availability_weekly"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="known_weekday"),
        UniqueConstraint("person_id", "weekday", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    weekday: Mapped[int]  # 0 is Monday
    starts: Mapped[time]
    ends: Mapped[time]
    zone_name: Mapped[str]  # the zone in which the person meant these times


class DatedKind(StrEnum):
    """What a person states about particular days. The reason is not asked."""

    CAN = "can"
    CANNOT = "cannot"
    LEAVE = "leave"


class AvailabilityDated(db.Model):
    """An exception to the week, between two instants: can, cannot or leave."""

    __tablename__ = "availability_dated"
    __table_args__ = (
        db.one_of("kind", DatedKind),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_availability_dated_person_id_ends_at", "person_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[DatedKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    said_at: Mapped[datetime]


class CalendarFeed(db.Model):
    """A private address from which a person's calendar program reads their shifts. Only its hash is stored."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_person_id_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_fetched_at: Mapped[datetime | None]  # written at most once in an hour
