"""Everything known about one person's progress, with titles, names and notes, as their pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, select

from app import db, settings
from app.people import ages
from app.people.directory import names_of
from app.people.models import Person
from app.refusals import NotFound
from progression.fact_kinds import FactKind
from progression.facts import AWAY, SIGNATURES, Fact
from progression.journey import Journey, NeedProgress, journey_of
from progression.labels import check_details, fact_title, requirement_label
from progression.ledger import Note, facts_of_person, notes_of
from progression.observing.observation_forms import Variety, forms_now
from progression.observing.on_shift import still_to_be_seen
from progression.observing.words import marks_of, observation_details
from progression.pathway import Pathway
from progression.record_details import record_details
from progression.reopened import Reopened, reopened_of
from progression.signing import Signatures, signatures_for
from progression.standing import pathway_now
from progression.taken_over import TakenOver, origins_of
from progression.worked import WORKED, Worked, worked

SEEN_BEFOREHAND = {FactKind.CHECK, FactKind.REFERENCE, FactKind.RIGHT_TO_WORK, FactKind.INTERVIEW}
"""What staff see of somebody before they begin: its day says nothing of since when they are here."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One fact with what a page shows about it."""

    fact: Fact
    title: str
    details: list[str]
    marks: list[tuple[str, str]]  # of an observation by a form: each question, and how it went
    by: str  # the recorder's display name, or Nightlight
    taken_over: TakenOver | None  # who took it over from records, and when
    note: Note | None
    withdrawn: Fact | None  # the withdrawal, if the fact or, of a sign-off, a signature of it was withdrawn
    withdrawn_note: Note | None

    @property
    def may_be_withdrawn(self) -> bool:
        kind = FactKind.named(self.fact.kind)
        return self.withdrawn is None and (kind is None or kind.properties.can_be_withdrawn)


@dataclass(frozen=True, slots=True)
class ReopenedLine:
    """A sign-off that rested on something which was withdrawn since, with what it was."""

    reopened: Reopened
    sign_off: EvidenceLine
    withdrawn: list[EvidenceLine]


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One requirement with its title, the page to meet it on, and the facts that meet it."""

    progress: NeedProgress
    title: str
    href: str | None
    proof: list[EvidenceLine]


@dataclass(frozen=True, slots=True)
class EvidenceOverview:
    """Everything known about one person's progress."""

    journey: Journey
    pathway: Pathway
    needs: list[NeedLine]  # of the next step, unmet ones first
    at_stake: list[NeedLine]  # of duties they do now: lapsed, or about to
    lines: list[EvidenceLine]  # the ledger, newest first, without single shifts, of which there may be hundreds
    every: list[Fact]  # the ledger as plain facts, in the order they were recorded
    worked: Worked
    first_known_at: datetime | None  # when the oldest fact of what they did here happened; it may be before the account
    newest_id: int  # of the ledger, withdrawals included; 0 while nothing is recorded
    signatures: Signatures | None  # of the next step; None at the end of the pathway
    reopened: list[ReopenedLine]  # the latest sign-off first
    still_to_be_seen: list[Variety]  # in which nobody has observed them yet, once somebody has on a shift

    @property
    def nearest(self) -> NeedLine | None:
        """The next thing for the person to do."""
        wanted = self.journey.nearest
        return next((each for each in [*self.at_stake, *self.needs] if each.progress == wanted), None)

    @property
    def beside_the_step(self) -> list[NeedLine]:
        """What is at stake and not also a requirement of the next step, which lists its own."""
        step_needs = self.journey.step.needs if self.journey.step else ()
        return [each for each in self.at_stake if each.progress not in step_needs]

    @property
    def decisions(self) -> list[EvidenceLine]:
        """The steps up and back that were not withdrawn, newest first."""
        return self._of_kinds(FactKind.SIGN_OFF, FactKind.STEP_BACK)

    @property
    def not_yet(self) -> EvidenceLine | None:
        """The latest "not yet" about the next step."""
        return next((each for each in self.lines if each.fact == self.journey.not_yet), None)

    @property
    def signed(self) -> list[EvidenceLine]:
        """The signatures of the next step that count, the first one first."""
        return [self.line(fact.id) for fact in self.signatures.given] if self.signatures else []

    @property
    def observations(self) -> list[EvidenceLine]:
        """What observers wrote, newest first; without observations that were withdrawn or have no note."""
        return [line for line in self._of_kinds(FactKind.OBSERVED) if line.note]

    def line(self, evidence_id: int) -> EvidenceLine:
        """The line of this fact; refuses a fact that is not about this person."""
        line = next((each for each in self.lines if each.fact.id == evidence_id), None)
        if line is None:
            raise NotFound("There is no such piece of evidence about this person.")
        return line

    def _of_kinds(self, *kinds: str) -> list[EvidenceLine]:
        return [line for line in self.lines if line.fact.kind in kinds and line.withdrawn is None]


def overview_of(person_id: int, now: datetime) -> EvidenceOverview:
    """Read one person's ledger; about six queries."""
    every, policy = facts_of_person(person_id), pathway_now(now)
    facts = _without_shifts(every)
    journey = journey_of(
        every,
        policy,
        settings.current().zone,
        born_on=ages.born_on([person_id]).get(person_id),
        at=now,
    )
    facts = [fact for fact in facts if fact.kind != AWAY]  # nobody reads here when somebody was away
    lines = {line.fact.id: line for line in _lines(facts, policy, now)}

    def need_lines(needs: Iterable[NeedProgress]) -> list[NeedLine]:
        labels = [(each, requirement_label(each.need, now)) for each in needs]
        return [
            NeedLine(each, label.title, label.href, [lines[fact.id] for fact in each.proof if fact.id in lines])
            for each, label in labels
        ]

    step_needs = journey.step.needs if journey.step else ()
    return EvidenceOverview(
        journey=journey,
        pathway=policy,
        needs=need_lines(sorted(step_needs, key=lambda each: each.is_met)),
        at_stake=need_lines(journey.at_stake),
        lines=[line for line in reversed(lines.values()) if line.fact.kind != FactKind.WITHDRAWN],
        every=every,
        worked=worked(every),
        first_known_at=min((fact.happened_at for fact in every if fact.kind not in SEEN_BEFOREHAND), default=None),
        newest_id=max((fact.id for fact in every), default=0),
        signatures=signatures_for(every, journey.step, policy) if journey.step else None,
        reopened=[
            ReopenedLine(each, lines[each.sign_off.id], [lines[fact.id] for fact in each.withdrawn if fact.id in lines])
            for each in reopened_of(every)
        ],
        still_to_be_seen=still_to_be_seen(every, forms_now(now)),
    )


def people_beside(person_id: int, asked: ColumnElement[bool]) -> Sequence[Row[Person, bool]]:
    """A person and all who recorded something about them, each with the answer to what a page asks besides: one query.

    Hold the rows while the page is built: `find` and `names_of` then take people from memory.
    """
    ids = {fact.by_person_id for fact in facts_of_person(person_id) if fact.by_person_id is not None}
    return db.session.execute(select(Person, asked).where(Person.id.in_(ids | {person_id}))).all()


def _without_shifts(facts: list[Fact]) -> list[Fact]:
    """The facts but for shifts that were worked, and their withdrawals: pages say how many they are."""
    shifts = {fact.id for fact in facts if fact.kind == WORKED}
    return [fact for fact in facts if fact.id not in shifts and fact.withdraws_id not in shifts]


def _lines(facts: list[Fact], policy: Pathway, now: datetime) -> list[EvidenceLine]:
    names = names_of({fact.by_person_id for fact in facts if fact.by_person_id is not None})
    notes, origins = notes_of(fact.id for fact in facts), origins_of(facts, names)
    withdrawals = {fact.withdraws_id: fact for fact in facts if fact.withdraws_id is not None}
    for fact in facts:
        unsigned = [withdrawals[each] for each in fact.facts.get(SIGNATURES, ()) if each in withdrawals]
        if unsigned:
            withdrawals.setdefault(fact.id, unsigned[0])
    return [
        EvidenceLine(
            fact=fact,
            title=fact_title(fact, policy, now),
            details=[*(check_details(fact) or record_details(fact)), *observation_details(fact)],
            marks=marks_of(fact),
            by=names[fact.by_person_id] if fact.by_person_id is not None else "Nightlight",
            taken_over=origins.get(fact.id),
            note=notes.get(fact.id),
            withdrawn=(withdrawal := withdrawals.get(fact.id)),
            withdrawn_note=notes.get(withdrawal.id) if withdrawal else None,
        )
        for fact in facts
    ]
