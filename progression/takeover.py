"""What an organisation's records say of stages, background checks, agreements and observations, as evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import clock, settings
from app.day_bounds import WORK
from app.takeover.dates import Unknown
from app.takeover.parts import Column, Reading, Remark, RowRead, Taking
from app.takeover.row import Row
from app.typed_text import quoted
from app.wording import day_in_words, plural
from progression import takeover_checks
from progression.documents.editions import present_edition
from progression.documents.shipped import CODE_OF_CONDUCT
from progression.evidence import LONGEST_NOTE, NewEvidence
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.labels import fact_title
from progression.ledger import facts_as_recorded
from progression.pathway import Requirement
from progression.recording import observations_asked_for
from progression.stages import Stage, stage_reached
from progression.standing import pathway_now
from progression.taken_over import (
    facts_of_batch,
    may_take_over,
    not_yet_there,
    record_taken_over,
    withdraw_taken_over,
)
from progression.takeover_words import HAS_LEFT, NO, STAGE_OF, YES, plain

SUBJECT = "Where they stand"
KINDS = (FactKind.CHECK, FactKind.OBSERVED, FactKind.ACCEPTED, FactKind.SIGN_OFF)

STAGE = Column(
    "stage",
    "Stage",
    SUBJECT,
    ("stage", "level", "status", "step", "type", "kind", "category", "position", "volunteertype"),
    example="volunteer",
    hint="User, peer, volunteer or staff.",
)
STAGE_SINCE = Column(
    "stage_since",
    "Stage, since",
    SUBJECT,
    ("since", "stagesince", "levelsince", "statussince", "volunteersince", "approvedon", "signedoff", "signedoffon"),
    example="3/6/2025",
)
AGREED = Column(
    "code_agreed_on",
    "Code of conduct, agreed on",
    SUBJECT,
    ("codeofconduct", "conduct", "code", "coc", "codesigned", "codeofconductsigned", "agreement", "volunteeragreement"),
    example="3/6/2025",
    needed_for_duties=True,
)
SEEN_BY = Column(
    "seen_by",
    "Seen by",
    SUBJECT,
    ("seenby", "checkedby", "verifiedby", "observedby", "recordedby", "dbsseenby", "interviewedby"),
    example="M. Hale",
    hint="Who saw the check, or was there. Kept as a note that can be erased.",
)


@dataclass(frozen=True)
class Planned:
    """A fact that a row states, with the column it stands in; without a day of its own, it counts from today."""

    new: NewEvidence
    column: str
    is_dated: bool = True


class ProgressionPart:
    """Stages, background checks, agreements and observations."""

    name = "progression"
    vouches = True

    def columns(self, now: datetime) -> Sequence[Column]:
        """The columns; the pathway in force says which observations there are."""
        observed = [_observation_column(need) for need in observations_asked_for(pathway_now(now))]
        return (STAGE, STAGE_SINCE, *takeover_checks.COLUMNS, AGREED, *observed, SEEN_BY)

    def read(self, cells: Mapping[str, str], at: Reading) -> RowRead:
        """Read what a row says of where somebody stands."""
        row = Row(cells, at)
        policy = at.once("progression:pathway", lambda: pathway_now(at.now))
        value = {
            "stage": _stage(row),
            "check": takeover_checks.read(row, policy),
            "agreed": _dated(row, AGREED.key),
            "observed": {
                need.key: found
                for need in observations_asked_for(policy)
                if (found := _dated(row, _observation_column(need).key))
            },
        }
        if not any(value.values()):
            return row.read(None)
        if not may_take_over(at.permissions):
            row.fault(
                "", "Stages and checks are taken over by people who may record evidence: ask an administrator to do it."
            )
        return row.read({**value, "seen_by": row.text(SEEN_BY.key)[: LONGEST_NOTE // 2]})

    def would_add(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Collection[int]:
        """The people of whom something would be recorded that is not there yet."""
        return {one.new.person_id for one in _sorted_out(values, at.now)[0]}

    def compare(self, values: Mapping[int, dict[str, Any]], at: Reading) -> Mapping[int, Sequence[Remark]]:
        """What is recorded here already, and stages that would take somebody back."""
        return _sorted_out(values, at.now)[1]

    def take_in(self, values: Mapping[int, dict[str, Any]], taking: Taking) -> None:
        """Record what is not there yet."""
        record_taken_over([one.new for one in _sorted_out(values, taking.now)[0]], taking)

    def undo(self, ids: Collection[int], taking: Taking) -> None:
        """Withdraw what this batch recorded of these people."""
        withdraw_taken_over(ids, KINDS, taking)

    def sums(self, values: Collection[dict[str, Any]], at: Reading) -> Sequence[str]:
        """How many come at each stage, and how many checks have lapsed."""
        stages = Counter(Stage(value["stage"]["to"]) for value in values if value["stage"])
        counted = [_people_at(stage, stages[stage]) for stage in reversed(Stage) if stages[stage]]
        lapsed = sum(bool(value["check"]) and value["check"]["until"] < at.today.isoformat() for value in values)
        lines = [", ".join(counted)] if counted else []
        return [*lines, f"{plural(lapsed, 'background check')} out of date"] if lapsed else lines

    def told(self, ids: Collection[int], batch_id: int, now: datetime) -> Mapping[int, Sequence[str]]:
        """Each fact with its days."""
        policy, zone = pathway_now(now), settings.current().zone

        def phrase(fact: Fact) -> str:
            day = day_in_words(clock.on(fact.happened_at, zone))
            if fact.kind == FactKind.SIGN_OFF:
                return f"{fact.key.capitalize()} since {day}"
            until = f", until {day_in_words(fact.valid_until)}" if fact.valid_until else ""
            return f"{fact_title(fact, policy, now)}, {day}{until}"

        return {
            person_id: [phrase(fact) for fact in facts if fact.kind in KINDS]
            for person_id, facts in facts_of_batch(ids, batch_id).items()
        }


def _people_at(stage: Stage, count: int) -> str:
    return f"{count} staff" if stage is Stage.STAFF else plural(count, stage.value)


def _observation_column(need: Requirement) -> Column:
    spelled = plain(need.key)
    return Column(
        f"observed:{need.key}",
        f"{need.title}, on",
        SUBJECT,
        (spelled, plain(need.title), f"{spelled}on", f"{spelled}date", *OBSERVATION_HEADINGS.get(need.key, ())),
        example="3/6/2025",
    )


OBSERVATION_HEADINGS = {
    "welcome-talk": ("welcome", "induction", "inductiondate", "introduction", "welcomemeeting"),
    "shift": ("observedshift", "observed", "shadowshift", "observation", "observedon"),
    "lead": ("observedlead", "ledshift", "leadobserved", "leading"),
    "staff-talk": ("interview", "interviewdate", "references", "reference", "refs", "referencesreceived"),
}
"""What people call the observations of the shipped pathway, besides their names there."""


def _stage(row: Row) -> dict[str, Any] | None:
    """The stage of a row and since when; None for users, where everybody begins, and for an empty cell."""
    typed = row.text(STAGE.key)
    if not typed:
        if row.text(STAGE_SINCE.key):
            row.fault(STAGE.key, "There is a day, but no stage. Type user, peer, volunteer or staff.")
        return None
    word = plain(typed)
    if word in HAS_LEFT:
        row.fault(STAGE.key, f"{quoted(typed)}: if they have left, leave the row out; if not, type their stage.")
        return None
    stage = STAGE_OF.get(word)
    if stage is None:
        row.fault(STAGE.key, f"{quoted(typed)} is not a stage here. Type user, peer, volunteer or staff.")
        return None
    if word != stage:
        row.note(STAGE.key, f"{quoted(typed)} is read as {stage}.")
    if stage is Stage.USER:
        return None
    since = row.past_day(STAGE_SINCE.key, WORK, Unknown.LAST)
    if since is None and not row.text(STAGE_SINCE.key):
        row.note(STAGE_SINCE.key, f"No day is given since when, so they are {stage.words} from today on.")
    return {"to": stage.value, **_day(since, row)}


def _dated(row: Row, column: str) -> dict[str, Any] | None:
    """When something happened that is recorded once; “yes” without a day counts from today. None for no."""
    word = plain(row.text(column))
    if not word or word in NO:
        return None
    if word in YES:
        row.note(column, f"{quoted(row.text(column))} is taken as from today, because no day is given.")
        return _day(None, row)
    day = row.past_day(column, WORK, Unknown.LAST)
    return _day(day, row) if day else None


def _day(day: date | None, row: Row) -> dict[str, Any]:
    return {"on": (day or row.at.today).isoformat(), "is_dated": day is not None}


def _planned(person_id: int, value: dict[str, Any], now: datetime) -> Iterator[Planned]:
    """The facts that one row states."""
    zone = settings.current().zone
    seen_by = f"Seen by {value['seen_by']}." if value["seen_by"] else None

    def fact(kind: FactKind, key: str, stated: dict[str, Any], column: str, **more: Any) -> Planned:
        happened_at = min(clock.starts(date.fromisoformat(stated["on"]), zone), now)
        new = NewEvidence(person_id=person_id, kind=kind, key=key, happened_at=happened_at, **more)
        return Planned(new, column, stated.get("is_dated", True))

    for key, stated in value["observed"].items():
        yield fact(FactKind.OBSERVED, key, stated, f"observed:{key}", note=seen_by)
    if stated := value["agreed"]:
        # The edition of that day. The words they agreed to were the organisation's own, so no hash of ours is kept.
        edition = present_edition(CODE_OF_CONDUCT, date.fromisoformat(stated["on"]))
        facts = {"edition": str(edition.number)}
        yield fact(FactKind.ACCEPTED, CODE_OF_CONDUCT.key, stated, AGREED.key, facts=facts)
    if stated := value["check"]:
        until, facts = date.fromisoformat(stated["until"]), stated["facts"]
        column = takeover_checks.ISSUED.key
        yield fact(FactKind.CHECK, stated["key"], stated, column, valid_until=until, facts=facts, note=seen_by)
    if stated := value["stage"]:
        yield fact(FactKind.SIGN_OFF, stated["to"], stated, STAGE.key)


def _sorted_out(values: Mapping[int, dict[str, Any]], now: datetime) -> tuple[list[Planned], dict[int, list[Remark]]]:
    """What is to be recorded, and notes by person on what is not, because of what is here; one query for all."""
    planned = [each for person_id, value in values.items() for each in _planned(person_id, value, now)]
    facts = facts_as_recorded(values)
    missing = {id(new) for new in not_yet_there([each.new for each in planned], facts)}
    kept, notes = [], dict[int, list[Remark]]()
    for each in planned:
        why = (
            "is recorded here already, and is not recorded twice."
            if id(each.new) not in missing
            else _why_not(each, facts[each.new.person_id], now)
        )
        if why is None:
            kept.append(each)
        else:
            notes.setdefault(each.new.person_id, []).append(Remark(each.column, f"This {why}"))
    return kept, notes


def _why_not(each: Planned, facts: Sequence[Fact], now: datetime) -> str | None:
    """Why a fact that is not there yet is left out all the same, as the rest of a sentence; None: it is recorded."""
    new = each.new
    if new.kind == FactKind.SIGN_OFF:
        assert new.happened_at is not None
        before = stage_reached(facts, at=new.happened_at)
        if before > new.key or (before == new.key and not each.is_dated):
            return f"changes nothing: they are {before.words} here already."
        return None
    same = any(fact.kind == new.kind and fact.key == new.key for fact in without_withdrawn(facts))
    return "is recorded here already, and the file gives no day." if same and not each.is_dated else None


PROGRESSION_PART = ProgressionPart()
