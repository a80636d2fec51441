"""What other rota rules would do to the coming rota: the seats and shifts that would not keep to them, or would again.

Only judged, never changed: who keeps a seat is decided by coordinators, and by the sweep that releases lapsed ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.policies import documents
from app.policies.preview import Effect, Preview, Touched
from app.wording import day_in_words, plural
from rota.permissions import RotaPermission
from rota.scheduling.roster import Plan, Roster, Stint
from rota.scheduling.rules.base import Breach, ShiftRule
from rota.scheduling.rules.book import person_breaches, rules_in_force, shift_breaches, which_differ
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.registry import RULES
from rota.scheduling.rules.shift_mix import PairRule
from rota.store.draft_board import DraftBoard, get_board
from rota.store.models import Rota
from rota.store.seats import SeatRow
from rota.store.snapshot import Depth, Snapshot, take_snapshot

LOOKED_AT = timedelta(days=27)  # four weeks with the first day: as far ahead as rotas are usually made
MOST_ROTAS = 6  # a page waits for it
MOST_NAMED = 20  # of one kind; more are read by nobody
PAIR_RULES = tuple(rule.key for rule in RULES if issubclass(rule, PairRule))
"""Rules that are judged as they are now: what they change would tell who is kept apart or together."""


@dataclass(frozen=True)
class _Found:
    """A seat, or a whole shift where nobody's seat is meant, and what is said of it."""

    seat: SeatRow
    person_id: int | None
    who: str | None
    is_drafted: bool
    sentences: tuple[str, ...]

    @property
    def touched(self) -> Touched:
        seat = self.seat
        whose = f"{self.who}, {seat.duty.words}, {seat.channel}" if self.who else seat.channel
        values = {"rota_id": seat.rota_id, "seat": seat.id, "_anchor": "seat"}
        what = f"{whose} (in the draft)" if self.is_drafted else whose
        return Touched(what, seat.starts_at, " ".join(self.sentences), "rota.show", values)


@dataclass
class _Effects:
    """What was found so far, each kind in order of time."""

    worse: list[_Found]
    better: list[_Found]


def preview(
    rules: RotaRules, holds_from: date, takes_over: date | None, now: datetime, permissions: Collection[str]
) -> Preview:
    """What these rules would do to published and drafted seats in the four weeks from their first day on.

    Without the permission to plan rotas the reader is told numbers alone. A version that takes over within the four
    weeks ends them.
    """
    first = max(holds_from, clock.on(now, settings.current().zone))
    last = min(first + LOOKED_AT, takes_over - timedelta(days=1) if takes_over else date.max)
    before = documents.on(RotaRules, first)
    after = with_pairs_as_now(rules, before)
    found = _Effects([], [])
    rotas = _rotas_between(first, last)
    if which_differ(before, after):
        for rota_id in rotas[:MOST_ROTAS]:
            _look_at(get_board(rota_id), before, after, (first, last), found, now=now)
    is_named = RotaPermission.PLAN in permissions
    words = f"Looked at: what is published or drafted from {day_in_words(first)} to {day_in_words(last)}."
    if len(rotas) > MOST_ROTAS:
        words += f" Of {len(rotas)} rotas these are the first {MOST_ROTAS}."
    if any(getattr(rules, key) != getattr(before, key) for key in PAIR_RULES):
        words += " Who is kept apart or together is left out of it, so that no page tells who they are."
    return Preview(words, tuple(_effects(found, is_named=is_named)))


def with_pairs_as_now(rules: RotaRules, before: RotaRules) -> RotaRules:
    """The rules in which those about who is kept apart or together are as before."""
    return rules.model_copy(update={key: getattr(before, key) for key in PAIR_RULES})


def _rotas_between(first: date, last: date) -> Sequence[int]:
    kept = select(Rota.id).where(Rota.withdrawn_at.is_(None), Rota.starts_on <= last, Rota.ends_on >= first)
    return db.session.scalars(kept.order_by(Rota.starts_on, Rota.id)).all()


def _look_at(
    board: DraftBoard, before: RotaRules, after: RotaRules, days: tuple[date, date], found: _Effects, *, now: datetime
) -> None:
    zone = settings.current().zone
    seats = [
        seat for seat in board.seats if seat.starts_at > now and days[0] <= clock.on(seat.starts_at, zone) <= days[1]
    ]
    if not seats:
        return
    changed = which_differ(before, after)
    about_shifts = any(issubclass(rule, ShiftRule) for rule in RULES if rule.key in changed)
    depth = Depth.SHIFTS if about_shifts else Depth.PEOPLE
    snapshot = take_snapshot(board, now=now, only=(), seated_on=seats, depth=depth)
    stints = {
        each.id: snapshot.roster.stints(each, snapshot.plan.by_person.get(each.id, ()))
        for each in snapshot.roster.people
    }
    was, would_be = (_judged(snapshot, rules, seats, board, changed, stints) for rules in (before, after))
    for seats_found, one, other in ((found.worse, would_be, was), (found.better, was, would_be)):
        for (seat, who), breaches in one.items():
            here = other.get((seat, who), {})
            sentences = [
                _sentence(breach)
                for rule, breach in breaches.items()
                if _strictness(breach) > _strictness(here.get(rule))
            ]
            if sentences:
                name = snapshot.roster.person_by_id[who].name if who is not None else None
                is_drafted = who is not None and seat.id in board.changes
                seats_found.append(_Found(seat, who, name, is_drafted, tuple(sentences)))


_Judged = dict[tuple[SeatRow, int | None], dict[str, Breach]]


def _judged(
    snapshot: Snapshot,
    rules: RotaRules,
    seats: Sequence[SeatRow],
    board: DraftBoard,
    changed: frozenset[str],
    stints: Mapping[int, Sequence[Stint]],
) -> _Judged:
    """What of these seats does not keep to some rules: by the seat and whose it is, or by the first seat of a shift.

    `stints` are those of each person, which no rule changes.
    """
    roster = replace(snapshot.roster, rules=rules)
    first_of: dict[int, SeatRow] = {}
    held: dict[tuple[int, int | None], SeatRow] = {}
    for seat in seats:
        first_of.setdefault(seat.shift_id, seat)
        held[seat.shift_id, board.holder(seat)] = seat
    judged: _Judged = defaultdict(dict)
    for breach in _breaches(roster, snapshot.plan, first_of, changed, stints):
        at = breach.shift_ids[0] if breach.shift_ids else 0
        place = held.get((at, breach.person_id)) if breach.person_id is not None else first_of.get(at)
        if place is not None and breach.severity is not Severity.WISH:
            judged[place, breach.person_id].setdefault(breach.rule, breach)
    return judged


def _breaches(
    roster: Roster,
    plan: Plan,
    shift_ids: Collection[int],
    changed: frozenset[str],
    stints: Mapping[int, Sequence[Stint]],
) -> Iterator[Breach]:
    book = rules_in_force(roster.rules, roster.pairs).only(changed)
    for person in roster.people:
        yield from person_breaches(roster, book, person, stints[person.id])
    for shift_id in sorted(set(shift_ids) & set(roster.shift_by_id)) if book.shifts else ():
        yield from shift_breaches(roster, book, roster.shift_by_id[shift_id], plan)


def _strictness(breach: Breach | None) -> int:
    return 0 if breach is None else 2 if breach.severity is Severity.HARD else 1


def _sentence(breach: Breach) -> str:
    is_hard = breach.severity is Severity.HARD
    return f"{breach.sentence} {'Nobody may set that aside.' if is_hard else 'That may be set aside with a reason.'}"


def _effects(found: _Effects, *, is_named: bool) -> Iterator[Effect]:
    for each, seats_words, shifts_words in (
        (
            found.worse,
            "would not keep to it, or would need more to be set aside",
            "would not be safe to open as it stands",
        ),
        (
            found.better,
            "would keep to it, or could be set aside, and cannot now",
            "would be safe to open that is not now",
        ),
    ):
        is_good = each is found.better
        of_people = [one for one in each if one.person_id is not None]
        of_shifts = [one for one in each if one.person_id is None]
        people = len({one.person_id for one in of_people})
        if of_people:
            sentence = f"{plural(len(of_people), 'seat')} of {plural(people, 'person', 'people')} {seats_words}."
            yield _effect(sentence, of_people, is_named=is_named, is_good=is_good)
        if of_shifts:
            sentence = f"{plural(len(of_shifts), 'shift')} {shifts_words}."
            yield _effect(sentence, of_shifts, is_named=is_named, is_good=is_good)


def _effect(sentence: str, found: Sequence[_Found], *, is_named: bool, is_good: bool) -> Effect:
    shown = sorted(found, key=lambda each: (each.seat.starts_at, each.seat.id))[:MOST_NAMED] if is_named else []
    return Effect(sentence, tuple(each.touched for each in shown), len(found) - len(shown) if shown else 0, is_good)
