"""Writing down what was seen of somebody on a published shift: who may, within which limits, and when it counts.

The marks are codes of the fact, the words a note that can be erased. The person reads both, and may answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app import clock, db, settings
from app.domain import SeatSeen, seat_seen, seats_had, seats_seen
from app.outbox import queue
from app.people.models import Person
from app.people.rights import permissions_of
from app.refusals import Invalid, NotAllowed
from progression.branching import times_in_branch
from progression.duties import Duty
from progression.evidence import NewEvidence, NotAboutYourself, already_recorded, record
from progression.fact_kinds import FactKind
from progression.facts import NOT_COUNTED, Fact, without_withdrawn
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.notices import SEND_WITHIN
from progression.observing.notices import ObservationWritten
from progression.observing.observation_forms import Mark, ObservationForm, ObservationForms, Variety, forms_now
from progression.permissions import ProgressionPermission
from progression.standing import pathway_now

ONLY_THESE = (
    "You can write down what you saw of people who were on a shift that you led in the past four weeks, or who "
    "shadowed beside you. Other observations are recorded by staff."
)


@dataclass(frozen=True, slots=True)
class Observable:
    """A seat that a person may write about, with the form for its duty."""

    seat: SeatSeen
    form: ObservationForm
    is_written: bool
    """Whether they have written about it already."""


MOST_LISTED = 20


def observable_by(observer: Person, now: datetime, *, records: bool = False) -> list[Observable]:
    """The seats of late that somebody may write about: they led the shift, were the mentor on it, or are in a branch.

    `records` says that they may record evidence: then they may write about everybody who was on a shift with them. The
    latest shifts first, and no more than `MOST_LISTED`.
    """
    forms = forms_now(now)
    seen = seats_seen(observer.id, now)
    in_branch = bool(seen) and _is_in_a_branch(observer.id, forms, now)
    seats = [
        seat
        for seat in seen
        if Duty(seat.duty) in forms.forms and (records or _may_as_beside(seat, forms, in_branch=in_branch))
    ][:MOST_LISTED]
    return _with_forms(seats, observer, forms)


def observable_of(person_id: int, observer: Person, now: datetime) -> list[Observable]:
    """A person's own seats of late, for somebody who records evidence and need not have been on the shift."""
    forms = forms_now(now)
    seats = [seat for seat in seats_had(person_id, now) if Duty(seat.duty) in forms.forms]
    return _with_forms(seats[:MOST_LISTED], observer, forms)


def _with_forms(seats: Sequence[SeatSeen], observer: Person, forms: ObservationForms) -> list[Observable]:
    written = _written_by(observer.id, [seat.person_id for seat in seats])
    return [Observable(seat, forms.forms[Duty(seat.duty)], (seat.person_id, seat.seat_id) in written) for seat in seats]


def observable(seat_id: int, person_id: int, observer: Person, now: datetime) -> Observable:
    """A person's seat with its form; refuses one's own, and one that the observer may not write about."""
    seat, forms = seat_seen(seat_id, person_id, observer.id, now), forms_now(now)
    if person_id == observer.id:
        raise NotAboutYourself("Nobody observes themselves.")
    records = ProgressionPermission.RECORD in permissions_of(observer.id, on=clock.on(now, settings.current().zone))
    if seat is None or Duty(seat.duty) not in forms.forms:
        raise NotAllowed(ONLY_THESE)
    if not records and not _may_as_beside(seat, forms, in_branch=_is_in_a_branch(observer.id, forms, now)):
        raise NotAllowed(ONLY_THESE)
    written = _written_by(observer.id, [seat.person_id])
    return Observable(seat, forms.forms[Duty(seat.duty)], (seat.person_id, seat.seat_id) in written)


def record_on_shift(
    person: Person,
    seat_id: int,
    marks: Mapping[str, Mark],
    *,
    note: str,
    by: Person,
    now: datetime,
    once: str | None = None,
) -> Evidence:
    """Record what `by` saw of a person on a shift, by the form of its duty; the person is told, and reads it.

    It counts for their step if the form's figures are met and not too many by the same observer count already.
    Refuses what `observable` refuses, a question without an answer, no words, a second observation of the same seat,
    and one person more on a shift than the policy allows.
    """
    db.lock_people([person.id, by.id])
    found = observable(seat_id, person.id, by, now)
    if not note.strip():
        raise Invalid(f"Write down what you saw. {person.display_name} can read it.", field="note")
    if unanswered := [question.key for question in found.form.questions if question.key not in marks]:
        raise Invalid("Choose how it went, or that you have not seen it.", field=unanswered[0])
    key = found.form.recorded_as.value
    if once and (earlier := already_recorded(once, kind=FactKind.OBSERVED, key=_key_of(once) or key, note=note)):
        return earlier
    if found.is_written:
        raise Invalid("You have written about this shift already. If it was wrong, staff can withdraw it.")
    limits = limits_of(found, person, by, now)
    limits.refuse_too_many()
    counts = found.form.passes(marks) and not limits.has_enough
    new = NewEvidence(
        person_id=person.id,
        kind=FactKind.OBSERVED,
        key=key if counts else f"{key}{NOT_COUNTED}",
        happened_at=found.seat.starts_at,
        facts=_details(found, marks),
        note=note,
    )
    made = record(new, by=by.id, now=now, once=once)
    notice = ObservationWritten(made.id)
    queue.enqueue(notice, to=person.id, once=f"{notice.kind}:{made.id}", now=now, deadline=now + SEND_WITHIN)
    return made


def counts_for_a_step(observation: Fact) -> bool:
    """Whether an observation meets a requirement."""
    return not observation.key.endswith(NOT_COUNTED)


def still_to_be_seen(facts: Sequence[Fact], forms: ObservationForms) -> list[Variety]:
    """What the observations on shifts that count have not shown somebody in yet; empty while there are none."""
    seen = [
        fact
        for fact in without_withdrawn(facts)
        if fact.kind == FactKind.OBSERVED and counts_for_a_step(fact) and "seat" in fact.facts
    ]
    shown = {fact.facts[detail] for fact in seen for detail in ("time", "channel")}
    return [each for each in forms.variety if each.value not in shown] if seen else []


def _details(found: Observable, marks: Mapping[str, Mark]) -> dict[str, Any]:
    return {
        "duty": found.seat.duty,
        "seat": found.seat.seat_id,
        "shift": found.seat.shift_id,
        "time": (Variety.NIGHT if found.seat.is_night else Variety.DAY).value,
        "channel": found.seat.channel_kind,
        "outcome": "passed" if found.form.passes(marks) else "not-passed",
        "marks": [f"{question.key}:{marks[question.key].value}" for question in found.form.questions],
    }


def _is_in_a_branch(person_id: int, forms: ObservationForms, now: datetime) -> bool:
    """Whether somebody is in one of the branches whose people write observations."""
    if not forms.branches:
        return False
    branches, facts = pathway_now(now).branches, without_withdrawn(facts_of_person(person_id))
    spans = (
        span
        for code in forms.branches
        if code in branches
        for span in times_in_branch(facts, code, branches[code].signers)
    )
    return any(span.start <= now < span.end for span in spans)


def _may_as_beside(seat: SeatSeen, forms: ObservationForms, *, in_branch: bool) -> bool:
    """Whether what somebody did on the shift lets them write about this seat, or a branch that they are in."""
    form = forms.forms.get(Duty(seat.duty))
    if form is None or form.assessors_only:
        return False
    if in_branch and seat.beside_as:
        return True
    may = {Duty.LEAD.value}
    if seat.duty == Duty.SHADOW:
        may |= {duty.value for duty in forms.mentors}
    return not may.isdisjoint(seat.beside_as)


def _written_by(observer_id: int, people: Sequence[int]) -> set[tuple[int, int]]:
    """The people and seats about which somebody has written; not those whose record was withdrawn."""
    if not people:
        return set()
    withdrawn = select(Evidence.withdraws_id).where(Evidence.withdraws_id.is_not(None), Evidence.person_id.in_(people))
    rows = db.session.execute(
        select(Evidence.person_id, Evidence.facts).where(
            Evidence.person_id.in_(people),
            Evidence.kind == FactKind.OBSERVED,
            Evidence.by_person_id == observer_id,
            Evidence.id.not_in(withdrawn),
        )
    )
    return {(person_id, facts["seat"]) for person_id, facts in rows if "seat" in facts}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person has written of late, beside what the policy lets count."""

    others_of_shift: int
    """Of how many other people of the shift they have written."""
    most_per_shift: int
    counted: int
    """How many of their observations of this person count already."""
    most_counted: int

    @property
    def has_enough(self) -> bool:
        """Whether another by them would not count."""
        return self.counted >= self.most_counted

    def refuse_too_many(self) -> None:
        """Refuse one person more of a shift than the policy allows."""
        if self.others_of_shift >= self.most_per_shift:
            raise Invalid(
                f"You have written about {self.others_of_shift} people of this shift, and nobody can watch more of "
                "them well. Ask somebody else who was there."
            )


def limits_of(found: Observable, person: Person, by: Person, now: datetime) -> Limits:
    """What the limits of the policy leave somebody who writes about this seat."""
    forms, seat = forms_now(now), found.seat
    others = db.session.scalar(
        select(func.count(func.distinct(Evidence.person_id))).where(
            Evidence.kind == FactKind.OBSERVED,
            Evidence.by_person_id == by.id,
            Evidence.happened_at == seat.starts_at,
            Evidence.facts["shift"].as_integer() == seat.shift_id,
            Evidence.person_id != seat.person_id,
        )
    )
    since = now - timedelta(days=forms.counted_by_one_days)
    counted = _counted_by(by.id, facts_of_person(person.id), found.form.recorded_as.value, since=since)
    return Limits(others or 0, forms.most_per_shift, counted, forms.most_counted_by_one)


def _counted_by(observer_id: int, facts: Sequence[Fact], key: str, *, since: datetime) -> int:
    """How many observations of this kind by somebody count: those of a time, after the person's last step.

    Otherwise nobody who led somebody to a step could ever look at their work again.
    """
    counted = without_withdrawn(facts)
    last_step = max((fact.happened_at for fact in counted if fact.kind == FactKind.SIGN_OFF), default=since)
    return sum(
        fact.kind == FactKind.OBSERVED
        and fact.key == key
        and fact.by_person_id == observer_id
        and fact.happened_at >= max(since, last_step)
        for fact in counted
    )


def _key_of(once: str) -> str | None:
    """The key of the observation that the same form has recorded, which decided then whether it counts."""
    return db.session.scalar(select(Evidence.key).where(Evidence.once == once, Evidence.kind == FactKind.OBSERVED))
