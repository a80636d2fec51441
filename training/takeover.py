"""Courses that people passed elsewhere, by an organisation's own records: evidence of the same kind, no certificate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import clock, settings
from app.day_bounds import RECORDS, DayBounds
from app.takeover.dates import Unknown
from app.takeover.parts import Column, Reading, Remark, RowRead, Taking
from app.takeover.row import Row
from app.typed_text import quoted
from app.wording import day_in_words, plural
from progression.evidence import NewEvidence
from progression.fact_kinds import FactKind
from progression.ledger import facts_as_recorded
from progression.taken_over import (
    facts_of_batch,
    may_take_over,
    not_yet_there,
    record_taken_over,
    withdraw_taken_over,
)
from progression.takeover_words import NO, ON_ITS_WAY, YES, plain
from training import catalogue
from training.models import EVIDENCE_KIND

SUBJECT = "Training"
VALID_UNTIL = DayBounds(years_back=RECORDS.years_back, years_ahead=20)


@dataclass(frozen=True)
class _Course:
    """What is needed of an installed course."""

    code: str
    title: str
    months: int  # how long a pass lasts

    @property
    def passed(self) -> Column:
        names = {plain(self.code), plain(self.title)}
        return Column(
            f"passed:{self.code}",
            f"{self.title}, passed on",
            SUBJECT,
            tuple(f"{name}{end}" for name in sorted(names) for end in ("", "passed", "passedon", "date", *TRAINED)),
            example="3/6/2025",
        )

    @property
    def valid(self) -> Column:
        names = {plain(self.code), plain(self.title)}
        return Column(
            f"valid:{self.code}",
            f"{self.title}, valid until",
            SUBJECT,
            tuple(f"{name}{end}" for name in sorted(names) for end in ("validuntil", "until", "expires", "expiry")),
            hint=f"Without it, a pass lasts {plural(self.months, 'month')}, as the course says.",
        )


TRAINED = ("training", "trained", "course", "trainingdate", "completed", "done")


class TrainingPart:
    """Courses passed, each with its day and its end."""

    name = "training"
    vouches = True

    def columns(self, now: datetime) -> Sequence[Column]:
        """Two columns for each installed course."""
        return [column for course in _courses() for column in (course.passed, course.valid)]

    def read(self, cells: Mapping[str, str], at: Reading) -> RowRead:
        """Read which courses a row says were passed, and until when each counts."""
        row = Row(cells, at)
        passes = {}
        for course in at.once("training:courses", _courses):
            if found := _pass(row, course):
                passes[course.code] = found
        if not passes:
            return row.read(None)
        if not may_take_over(at.permissions):
            row.fault("", "Training is taken over by people who may record evidence: ask an administrator to do it.")
        return row.read({"passes": passes})

    def would_add(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Collection[int]:
        """The people with a pass that is not there yet."""
        return {new.person_id for new in _missing(values, at.now)}

    def compare(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Mapping[int, Sequence[Remark]]:
        """The passes that are recorded here already."""
        missing = {(new.person_id, new.key) for new in _missing(values, at.now)}
        sentence = "This is recorded here already, and is not recorded twice."
        return {
            person_id: notes
            for person_id, value in values.items()
            if (
                notes := [
                    Remark(f"passed:{code}", sentence) for code in value["passes"] if (person_id, code) not in missing
                ]
            )
        }

    def take_in(self, values: Mapping[int, dict[str, Any]], taking: Taking) -> None:
        """Record the passes that are not there yet."""
        record_taken_over(_stated(values, taking.now), taking)

    def undo(self, ids: Collection[int], taking: Taking) -> None:
        """Withdraw the passes that this batch recorded."""
        withdraw_taken_over(ids, [EVIDENCE_KIND], taking)

    def sums(self, values: Collection[dict[str, Any]], at: Reading) -> Sequence[str]:
        """How many passed each course, and how many of them need a refresher."""
        lines = []
        for course in at.once("training:courses", _courses):
            passes = [value["passes"][course.code] for value in values if course.code in value["passes"]]
            lapsed = sum(each["until"] < at.today.isoformat() for each in passes)
            if passes:
                end = f", {lapsed} of them out of date" if lapsed else ""
                lines.append(f"{plural(len(passes), 'person', 'people')} with “{course.title}”{end}")
        return lines

    def told(self, ids: Collection[int], batch_id: int, now: datetime) -> Mapping[int, Sequence[str]]:
        """Each course with its days."""
        titles = {course.code: course.title for course in _courses()}
        zone = settings.current().zone
        return {
            person_id: [
                f"{titles.get(fact.key, fact.key)}, passed on {day_in_words(clock.on(fact.happened_at, zone))}"
                + (f", until {day_in_words(fact.valid_until)}" if fact.valid_until else "")
                for fact in facts
                if fact.kind == EVIDENCE_KIND
            ]
            for person_id, facts in facts_of_batch(ids, batch_id).items()
        }


def _courses() -> list[_Course]:
    """The installed courses, by title."""
    return [
        _Course(course.code, version.title, catalogue.pack_of(version).valid_for.months)
        for course, version in catalogue.all_courses()
    ]


def _pass(row: Row, course: _Course) -> dict[str, str] | None:
    """When a course was passed and until when that counts; None where it was not, or not yet."""
    passed, valid = course.passed.key, course.valid.key
    typed = row.text(passed)
    word = plain(typed)
    if word in ON_ITS_WAY | {"booked", "enrolled"}:
        row.note(passed, f"{quoted(typed)}: nothing is taken over until the course is passed.")
        return None
    if word in NO or not typed:
        if row.text(valid) and plain(row.text(valid)) not in NO:
            row.fault(passed, "There is a day until which the course counts, but not the day on which it was passed.")
        return None
    if word in YES:
        row.fault(
            passed,
            f"{quoted(typed)} does not say when, and training counts from its day. Type the day on which it was "
            "passed, or leave the column out.",
        )
        return None
    # Of a month the first day stands for it, so that nothing counts for longer than it may.
    on = row.past_day(passed, RECORDS, Unknown.FIRST)
    until = row.day(valid, VALID_UNTIL, Unknown.FIRST)
    if on is None:
        return None
    if until is not None and until < on:
        row.fault(valid, "It would end before it was passed. Look at the two dates.")
    until = until or clock.months_after(on, course.months)
    if until < row.at.today:
        row.note(passed, f"It lasted until {day_in_words(until)}. The refresher is offered to them.")
    elif not row.text(valid):
        row.note(passed, f"It lasts until {day_in_words(until)}, {plural(course.months, 'month')}.")
    return {"on": on.isoformat(), "until": until.isoformat()}


def _stated(values: Mapping[int, dict[str, Any]], now: datetime) -> Iterator[NewEvidence]:
    zone = settings.current().zone
    for person_id, value in values.items():
        for code, stated in value["passes"].items():
            yield NewEvidence(
                person_id=person_id,
                kind=EVIDENCE_KIND,
                key=code,
                happened_at=min(clock.starts(date.fromisoformat(stated["on"]), zone), now),
                valid_until=date.fromisoformat(stated["until"]),
            )


def _missing(values: Mapping[int, dict[str, Any]], now: datetime) -> list[NewEvidence]:
    return not_yet_there(_stated(values, now), facts_as_recorded(values, kinds=[EVIDENCE_KIND, FactKind.WITHDRAWN]))


TRAINING_PART = TrainingPart()
