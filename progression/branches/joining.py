"""Joining a branch of the pathway by signature, and leaving it: each a fact in the ledger, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import db, settings
from app.outbox import queue
from app.people import ages
from app.people.models import CLOSED, Person
from app.people.rights import Loss, losses
from app.refusals import Conflict, Invalid, NotFound
from progression.branches.notices import BranchEnded, BranchJoined
from progression.branching import open_signatures, times_in_branch
from progression.duties import Duty
from progression.evidence import NewEvidence, NotAboutYourself, already_recorded, record
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.journey import NeedProgress, progress_of
from progression.labels import requirement_label
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.notices import SEND_WITHIN
from progression.pathway import Branch, Pathway
from progression.signatures import still_needed
from progression.signing import observed_most
from progression.stages import Stage, stage_reached
from progression.standing import pathway_now


class BranchNotOpen(Conflict):
    """The person cannot be signed for the branch, or cannot leave it, as things are."""


@dataclass(frozen=True, slots=True)
class BranchProgress:
    """One branch and one person: whether they are in it, who signed, and what is missing before somebody can sign."""

    code: str
    branch: Branch
    duties: tuple[Duty, ...]
    is_in: bool
    signed: tuple[Fact, ...]  # the signatures that nothing ended, the earliest first
    is_from_stage: bool
    needs: tuple[NeedProgress, ...]

    @property
    def still_needed(self) -> int:
        """How many more different people have to sign."""
        return still_needed(self.signed, self.branch.signers)

    @property
    def unmet(self) -> tuple[NeedProgress, ...]:
        return tuple(each for each in self.needs if not each.is_met)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing but a signature."""
        return self.is_from_stage and not self.unmet and not self.is_in

    def may_be_signed_by(self, person_id: int) -> bool:
        """Whether this person, who may sign people off, may be the next one: of several, not who observed most."""
        if any(fact.by_person_id == person_id for fact in self.signed):
            return False
        return self.branch.signers == 1 or person_id not in observed_most(self.needs)


def branches_of(facts: Sequence[Fact], policy: Pathway, *, person_id: int, at: datetime) -> list[BranchProgress]:
    """Every branch of a pathway, and how far a person is in it."""
    if not policy.branches:
        return []
    zone, born_on = settings.current().zone, ages.born_on([person_id]).get(person_id)
    counted, stage = without_withdrawn(facts), stage_reached(facts, at=at)
    soon = timedelta(days=policy.lapses_soon_days)
    return [
        BranchProgress(
            code=code,
            branch=branch,
            duties=policy.duties_of_branch(code),
            is_in=any(span.start <= at < span.end for span in times_in_branch(counted, code, branch.signers)),
            signed=tuple(open_signatures(counted, code)),
            is_from_stage=stage >= branch.from_stage,
            needs=tuple(
                progress_of(facts, need, soon=soon, zone=zone, born_on=born_on, at=at)
                for need in policy.needs_of_branch(code)
            ),
        )
        for code, branch in policy.branches.items()
    ]


def branch_of(person: Person, code: str, now: datetime) -> BranchProgress:
    """One branch and one person; refuses a branch that the pathway of today does not have."""
    found = branches_of(facts_of_person(person.id), pathway_now(now), person_id=person.id, at=now)
    progress = next((each for each in found if each.code == code), None)
    if progress is None:
        raise NotFound("The pathway has no such branch.")
    return progress


def sign(person: Person, code: str, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """Sign for somebody's branch; with the last signature that it needs they are in it, and are told.

    Refuses oneself, a missing reason, a second signature by the same person, of several who sign one who did most
    of the observing, and somebody who lacks something that the branch asks for, naming each thing.
    """
    if person.id == by.id:
        raise NotAboutYourself("Nobody signs for themselves. Ask another member of staff to look at your evidence.")
    if not reason.strip():
        raise Invalid(f"Say what you saw. {person.display_name} will read it.", field="reason")
    earlier = _begin(person, FactKind.BRANCH, code, note=reason, once=once)
    if earlier is not None:
        return earlier
    progress = branch_of(person, code, now)
    _check_open(person, progress, by=by, now=now)
    rests_on = [fact.id for each in progress.needs for fact in each.proof]
    new = NewEvidence(person_id=person.id, kind=FactKind.BRANCH, key=code, facts={"rests_on": rests_on}, note=reason)
    row = record(new, by=by.id, now=now, once=once)
    if branch_of(person, code, now).is_in:
        _notify(person, BranchJoined(row.id), now)
    return row


def leave(person: Person, code: str, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """End somebody's time in a branch, and every signature for it; duties that it gave close at once.

    Anybody may leave themselves without a reason; for somebody else it needs one, and they are told.
    """
    if person.id != by.id and not reason.strip():
        raise Invalid("Say why. They will read it.", field="reason")
    earlier = _begin(person, FactKind.BRANCH_LEFT, code, note=reason, once=once)
    if earlier is not None:
        return earlier
    progress = branch_of(person, code, now)
    if not progress.signed:
        raise BranchNotOpen(f"{person.display_name} is not in “{progress.branch.title}”. Nothing needs doing.")
    new = NewEvidence(person_id=person.id, kind=FactKind.BRANCH_LEFT, key=code, note=reason)
    row = record(new, by=by.id, now=now, once=once)
    if person.id != by.id:
        _notify(person, BranchEnded(row.id), now)
    return row


def would_follow(person: Person, code: str, *, by: Person, now: datetime) -> tuple[Loss, ...]:
    """The coming shifts that leaving now would take away. Call it inside `db.writing()`; it changes nothing."""
    trial = db.session.begin_nested()
    row = Evidence(
        person_id=person.id,
        kind=FactKind.BRANCH_LEFT,
        key=code,
        happened_at=now,
        recorded_at=now,
        by_person_id=by.id,
        facts={},
    )
    db.session.add(row)
    db.session.flush()
    found = losses(person.id, now=now)
    trial.rollback()
    return found


def _begin(person: Person, kind: FactKind, code: str, *, note: str, once: str | None) -> Evidence | None:
    """Lock the person; return what the same form recorded before."""
    db.lock_people([person.id])
    db.session.refresh(person)
    if person.state in CLOSED:
        raise BranchNotOpen(f"{person.display_name}’s account is suspended. Nothing can be decided meanwhile.")
    return already_recorded(once, kind=kind, key=code, note=note) if once else None


def _check_open(person: Person, progress: BranchProgress, *, by: Person, now: datetime) -> None:
    title, name = progress.branch.title, person.display_name
    if progress.is_in:
        raise BranchNotOpen(f"{name} is in “{title}” already. Somebody may have signed meanwhile.")
    if any(fact.by_person_id == by.id for fact in progress.signed):
        raise BranchNotOpen(f"You have signed for {name} already. The next signature comes from somebody else.")
    if not progress.may_be_signed_by(by.id):
        raise BranchNotOpen(
            f"You wrote most of the observations that “{title}” rests on for {name}. It takes "
            f"{progress.branch.signers} people who did not, so others sign it."
        )
    if not progress.is_from_stage:
        words = Stage(progress.branch.from_stage).words
        raise BranchNotOpen(
            f"“{title}” is for people from the stage of {progress.branch.from_stage} on. "
            f"{name} has to be {words} first."
        )
    if progress.unmet:
        missing = [f"{requirement_label(each.need, now).title}." for each in progress.unmet]
        raise BranchNotOpen(f"{name} cannot join “{title}” yet. Something is missing:", *missing)


def _notify(person: Person, notice: BranchJoined | BranchEnded, now: datetime) -> None:
    once = f"{notice.kind}:{notice.evidence_id}:{person.id}"
    queue.enqueue(notice, to=person.id, once=once, now=now, deadline=now + SEND_WITHIN)
