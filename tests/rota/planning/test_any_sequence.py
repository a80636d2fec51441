"""Whatever coordinators and people do one after another with a rota, in any order, it stays safe and told.

Each example draws a sequence of edits, locks, proposals, undone and redone steps, published and put back versions, and
shifts that people give back. After each step the rota is checked from the database alone.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.models import Person
from app.refusals import Refusal
from progression.duties import Duty
from rota.planning import drafts, publishing, undoing
from rota.planning.version_history import holders_at, put_back
from rota.scheduling.cover_pattern import Need
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity
from rota.shifts import claims_and_drops
from rota.store.draft_board import draft_board
from rota.store.models import AssignmentChange, Rota, RotaVersion
from rota.store.seats import seats_of_rota
from rota.store.snapshot import take_snapshot
from tests.examples import examples
from tests.rota.crew import MONDAY, Crew
from tests.times import NOW

ACTIONS = (
    "give",
    "clear",
    "leave",
    "lock",
    "unlock",
    "undo",
    "redo",
    "publish",
    "put back",
    "drop",
    "propose",
    "propose",
    "publish",
)
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), st.integers(0, 2)), min_size=6, max_size=14)


def act(rota: Rota, team: list[Person], by: int, step: tuple[str, int, int]) -> None:
    """Do one step as a page would; a refusal changes nothing."""
    action, place, who = step
    board = draft_board(rota)
    seat = board.seats[place % len(board.seats)]
    steps = undoing.last_steps(board).steps
    details: dict[str, Any] = {"by": by, "now": NOW}
    if action == "give":
        drafts.assign(rota, seat.id, team[who].id, reason="It was agreed." if place % 2 else "", **details)
    elif action in ("clear", "lock", "unlock", "leave"):
        {
            "clear": drafts.clear,
            "lock": drafts.lock,
            "unlock": drafts.unlock,
            "leave": drafts.leave_as_published,
        }[action](rota, seat.id, **details)
    elif action in ("undo", "redo") and steps:
        getattr(undoing, action)(rota, steps[place % len(steps)].id, **details)
    elif action == "propose" and board.draft is not None:
        # Every other plan gives one person a seat on both channels at once, which publishing must refuse.
        places = (0, 2) if place % 2 else (0,)
        wanted = {
            one.id: team[(who + n // 3) % 3].id if n % 3 in places else None
            for n, one in enumerate(board.seats)
            if not board.is_settled(one)
        }
        drafts.lay_proposal(board.draft, board, wanted, **details)
    elif action == "publish":
        publishing.publish(rota.id, gaps_read=True, **details)
    elif action == "put back":
        put_back(rota, place, reason="It was agreed." if who else "", **details)
    elif action == "drop" and seat.assignment_id is not None:
        claims_and_drops.drop(seat.assignment_id, next(one for one in team if one.id == seat.person_id), now=NOW)


def check(rota: Rota) -> None:
    """Check what is published: capacity, rules, notices, and that the changes of all versions add up to it."""
    seats = seats_of_rota(rota.id)
    held = {seat.id: seat.person_id for seat in seats if seat.person_id is not None}
    assert holders_at(rota, rota.version) == held
    on_lines = Counter(seat.line_id for seat in seats if seat.is_taken)
    assert all(on_lines[seat.line_id] <= seat.most for seat in seats)
    given_reasons: dict[int, set[str]] = {}
    for change in db.session.scalars(select(AssignmentChange).order_by(AssignmentChange.id)):
        given_reasons[change.seat_id] = set(change.overrides)
    reasons = {(held[s.id], s.shift_id): given_reasons[s.id] for s in seats if s.id in held}
    published = draft_board(rota)
    published = type(published)(rota, None, None, published.seats, {}, {}, 0, ())
    snapshot = take_snapshot(published, now=NOW)
    for breach in breaches(snapshot.roster, snapshot.plan):
        if breach.scope is not Scope.PERSON or breach.person_id is None:
            continue
        assert breach.severity is not Severity.HARD, breach.sentence
        if breach.severity is Severity.OVERRIDABLE:
            taken_on = [reasons.get((breach.person_id, shift_id), set()) for shift_id in breach.shift_ids]
            assert any(breach.rule in rules for rules in taken_on), breach.sentence


def check_notices(rota: Rota) -> None:
    """Each person whose seats a published version changed has exactly one notice about it."""
    rows = db.session.execute(
        select(RotaVersion.id, AssignmentChange.from_person_id, AssignmentChange.to_person_id)
        .join(AssignmentChange, AssignmentChange.version_id == RotaVersion.id)
        .where(RotaVersion.rota_id == rota.id, RotaVersion.kind == "published")
    )
    expected = {(row[0], person) for row in rows for person in row[1:] if person is not None}
    versions = set(db.session.scalars(select(RotaVersion.id).where(RotaVersion.rota_id == rota.id)))
    sent = db.session.execute(
        select(OutboxRow.facts, OutboxRow.person_id).where(OutboxRow.kind.in_(("rota-published", "seats-changed")))
    ).all()
    told = [(row[0]["version_id"], row[1]) for row in sent if row[0]["version_id"] in versions]
    assert sorted(told) == sorted(expected)


def test_any_sequence_keeps_the_rota_within_its_rules_told_once_and_replayable(crew: Crew) -> None:
    team = [crew.moderator(name) for name in ("Wren", "Teal", "Rook")]
    crew.always_can(*team[:2])
    channels = [crew.evenings("Board", Need(Duty.MODERATOR, 1, 2, 2)), crew.evenings("Chat")]
    weeks = count()

    # Making a shorter sequence of one that fails would take minutes with a database.
    @settings(max_examples=examples(5), phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(STEPS)
    def run(steps: list[tuple[str, int, int]]) -> None:
        monday = MONDAY + timedelta(days=7 * (next(weeks) % 40))  # a week of its own for each example
        rota_id = crew.rota(*channels, starts_on=monday).id
        for step in [("give", 0, 0), ("propose", 1, 0), ("publish", 0, 0), *steps, ("publish", 0, 0)]:
            with suppress(Refusal), db.writing():
                act(db.session.get_one(Rota, rota_id), team, crew.assessor.id, step)
            db.session.rollback()
            if step[0] in ("publish", "drop"):
                check(db.session.get_one(Rota, rota_id))
        check_notices(db.session.get_one(Rota, rota_id))

    run()
