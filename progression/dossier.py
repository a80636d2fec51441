"""What is put before a person on their journey, and before whoever decides about them: facts with names and
notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app import settings
from app.people import ages
from app.people.directory import names_of
from progression.facts import Fact, FactKind
from progression.journey import Journey, NeedProgress, journey_of
from progression.labels import details_of, what_it_was, words_for
from progression.ledger import Note, notes_of, of_person
from progression.pathway import Pathway
from progression.standing import pathway_now


@dataclass(frozen=True, slots=True)
class Line:
    """One fact with everything a page says of it."""

    fact: Fact
    title: str
    details: list[str]
    by: str  # the recorder's display name, or Nightlight
    note: Note | None
    withdrawn: Fact | None  # the withdrawal, if it was taken back
    withdrawn_note: Note | None

    @property
    def may_be_withdrawn(self) -> bool:
        return self.withdrawn is None and self.fact.kind not in (FactKind.WITHDRAWN, FactKind.NOT_YET)


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One requirement with its words and the facts that meet it."""

    progress: NeedProgress
    title: str
    href: str | None
    proof: list[Line]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known about one person's way."""

    journey: Journey
    pathway: Pathway
    needs: list[NeedLine]  # of the step ahead, what is missing first
    at_stake: list[NeedLine]  # of duties they do now: lapsed, or about to
    lines: list[Line]  # the whole ledger, newest first
    first_known_at: datetime | None  # when the oldest fact happened; it may be older than the account

    @property
    def nearest(self) -> NeedLine | None:
        """The nearest next thing, with its words."""
        wanted = self.journey.nearest
        return next((each for each in [*self.at_stake, *self.needs] if each.progress == wanted), None)

    @property
    def beside_the_step(self) -> list[NeedLine]:
        """What is at stake and not asked for by the step ahead, where it would be shown anyway."""
        step_needs = self.journey.step.needs if self.journey.step else ()
        return [each for each in self.at_stake if each.progress not in step_needs]

    def of_kinds(self, *kinds: str) -> list[Line]:
        """The lines of these kinds that still stand, newest first."""
        return [line for line in self.lines if line.fact.kind in kinds and line.withdrawn is None]


def dossier_of(person_id: int, now: datetime) -> Dossier:
    """Read one person's ledger and put it in order; about six queries."""
    facts, policy = of_person(person_id), pathway_now(now)
    journey = journey_of(
        facts,
        policy,
        settings.current().zone,
        born_on=ages.born_on([person_id]).get(person_id),
        at=now,
    )
    lines = {line.fact.id: line for line in _lines(facts, policy, now)}

    def with_words(needs: Iterable[NeedProgress]) -> list[NeedLine]:
        return [
            NeedLine(
                each,
                (words := words_for(each.need, now)).title,
                words.href,
                [lines[fact.id] for fact in each.proof],
            )
            for each in needs
        ]

    step_needs = journey.step.needs if journey.step else ()
    return Dossier(
        journey=journey,
        pathway=policy,
        needs=with_words(sorted(step_needs, key=lambda each: each.is_met)),
        at_stake=with_words(journey.at_stake),
        lines=[line for line in reversed(lines.values()) if line.fact.kind != FactKind.WITHDRAWN],
        first_known_at=min((fact.happened_at for fact in facts), default=None),
    )


def _lines(facts: list[Fact], policy: Pathway, now: datetime) -> list[Line]:
    names = names_of({fact.by_person_id for fact in facts if fact.by_person_id is not None})
    notes = notes_of(fact.id for fact in facts)
    taken_back = {fact.withdraws_id: fact for fact in facts if fact.withdraws_id is not None}
    return [
        Line(
            fact=fact,
            title=what_it_was(fact, policy, now),
            details=details_of(fact),
            by=names[fact.by_person_id] if fact.by_person_id is not None else "Nightlight",
            note=notes.get(fact.id),
            withdrawn=(withdrawal := taken_back.get(fact.id)),
            withdrawn_note=notes.get(withdrawal.id) if withdrawal else None,
        )
        for fact in facts
    ]
