"""Whatever people and coordinators do one after another with published shifts, in any order, nobody is left out.

Each example draws a sequence of claims, shifts given back, cover asked for and taken, swaps, rings, answers, things
done on somebody's behalf, publications that ask people first or are an emergency, days away, leave, lapses, and hours
that pass with the jobs of a worker. After each step the published rota is judged from the tables and from what the test
itself remembers. Of the rules of the product it asks whether they forbid what somebody was just given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.people.directory import names_of
from app.people.models import Role
from app.trail import verification
from progression.intervals import FOR_EVER
from rota.exchanges.models import Answer, ChangeKind, ChangeState, SeatChange, SeatChangeReceipt, SeatMove
from rota.exchanges.reading import seats_looking_for_cover
from rota.scheduling.rules.book import breaches_of_people
from rota.scheduling.rules.policy import Severity
from rota.store.absences import Absence
from rota.store.emergency_reasons import EmergencyReason
from rota.store.models import Assignment, AssignmentChange, Channel, CoverLine, RotaVersion, Seat, Shift, VersionKind
from rota.store.seat_asks import SeatAnswer, SeatAsk, SeatAsking
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of
from tests.examples import examples
from tests.rota.crew import Crew
from tests.rota.exchanges.steps import CHANGED, Steps
from tests.rota.sequences import Week, begin, changes_of, check, check_told, versions_of_absence

GIVE_BACK = timedelta(hours=48)  # as shipped: until then a shift may be given back
CONSENT = timedelta(days=3)  # as shipped: nearer than that people are asked before a publication changes their seats
NEAR = 30  # hours: nearer than that a coordinator agrees first, in these tests
OTHERS = ("claim", "drop", "leave", "lapse", "renew", "back", "keep apart", "give", "give", "clear", "publish")
STEPS = st.lists(
    st.tuples(st.sampled_from((*CHANGED, *OTHERS)), st.integers(0, 11), st.integers(0, 4)), min_size=30, max_size=40
)

EACH_ONCE = [
    *(("ask for cover", 0, 0), ("jobs", 0, 0), ("answer wave", 0, 4)),
    *(("swap", 2, 0), ("yes", 0, 0), ("ring", 0, 0), ("yes", 0, 0), ("yes", 0, 0)),
    *(("time", 1, 0), ("plan", 0, 1), ("yes", 0, 0), ("yes", 0, 0), ("stand in", 1, 3), ("claim", 1, 0)),
    *(("offer part", 0, 0), ("take", 0, 0), ("give part back", 0, 0), ("offer part", 0, 0), ("take", 0, 0)),
    *(("be away", 8, 4), ("come back", 0, 4), ("drop", 4, 0), ("lapse", 0, 3), ("renew", 0, 3), ("leave", 2, 0)),
    *(("time", 2, 1), ("drop", 0, 0), ("ask for cover", 0, 3), ("take", 0, 1), ("decide", 0, 0), ("withdraw", 0, 0)),
    *(("give", 0, 1), ("emergency", 0, 0), ("plan", 1, 3), ("no", 0, 0), ("jobs", 0, 0)),
]
"""Each thing that may happen, in an order in which most of it does."""


def begin_published(crew: Crew, channels: list[Channel], number: int, coordinator: int) -> Steps:
    """A week of two published rotas, three days before it, in which each shift has one person."""
    week = begin(crew, channels, number, "Fern", "Moss", days_before=3, are_apart=True)
    week.by = coordinator
    steps = Steps(week, coordinator)
    for turn in range(len(week.rota_ids)):
        week.turn = turn
        steps.fill()
        steps.do("publish", turn, 0)
    return steps


def judge(steps: Steps, seen: int) -> int:
    """Judge what changed since the change with this id, and who is responsible now; return the newest id."""
    week = steps.week
    every = changes_of(week.rota_ids)
    new = [(version, change) for version, change in every if change.id > seen]
    seats = {seat.id: seat for seat in seats_where(Shift.rota_id.in_(week.rota_ids))}
    for version, change in new:
        if version.kind is VersionKind.EXCHANGED:
            judge_consent(version, change)
        elif version.kind is VersionKind.PUBLISHED and version.number > 1:
            judge_published(version, change, seats[change.seat_id])
        if change.to_person_id is None:
            judge_left(steps, version, change, seats[change.seat_id])
    judge_rules(week, [change for _, change in new], [change for _, change in every], list(seats.values()))
    for seat_id, change_id in seats_looking_for_cover(week.now, FOR_EVER).items():
        if seat_id in seats:
            asker = db.session.get_one(SeatChange, change_id).asker_id
            assert seats[seat_id].person_id == asker, "who looks for cover is not responsible any more"
    judge_asked(week)
    return max((change.id for _, change in every), default=0)


def judge_consent(version: RotaVersion, change: AssignmentChange) -> None:
    """Everybody whose seat an exchange changed has agreed, and all of its moves were made."""
    receipts = db.session.scalars(select(SeatChangeReceipt).order_by(SeatChangeReceipt.id.desc()))
    receipt = next(each for each in receipts if version.id in each.results["versions"])
    exchange = db.session.get_one(SeatChange, receipt.change_id)
    assert exchange.state is ChangeState.APPLIED
    agreed = {party.person_id for party in exchange.parties if party.answer is Answer.YES} | {exchange.asker_id}
    assert not {party.person_id for party in exchange.parties} - agreed
    for person_id in {change.from_person_id, change.to_person_id} - {None}:
        is_covered = exchange.kind is ChangeKind.PLANNED and person_id == change.from_person_id
        assert person_id in agreed or (is_covered and looked_for_cover(change)), "a seat changed hands without consent"
    assert exchange.approved_by_id is not None or not exchange.needs_approval
    made = db.session.scalars(
        select(AssignmentChange).where(AssignmentChange.version_id.in_(receipt.results["versions"]))
    )
    assert sorted((each.seat_id, each.to_person_id or 0) for each in made) == sorted(
        (move.seat_id, move.to_person_id or 0) for move in exchange.moves
    ), "some of an exchange was made"


def judge_published(version: RotaVersion, change: AssignmentChange, seat: SeatRow) -> None:
    """Near its time a published seat changes only by its people, unless a coordinator said why it cannot wait."""
    if seat.starts_at - version.made_at < CONSENT and db.session.get(EmergencyReason, version.id) is None:
        assert change.to_person_id is None
        assert looked_for_cover(change), "a near seat was changed without asking"


def looked_for_cover(change: AssignmentChange) -> bool:
    """Whether who lost a seat had asked for cover."""
    asked = select(SeatMove.id).join(SeatChange, SeatChange.id == SeatMove.change_id)
    asked = asked.where(SeatChange.kind == ChangeKind.COVER, SeatMove.seat_id == change.seat_id)
    return db.session.scalars(asked.where(SeatMove.from_person_id == change.from_person_id)).first() is not None


def judge_left(steps: Steps, version: RotaVersion, change: AssignmentChange, seat: SeatRow) -> None:
    """A seat that nobody has any more was left in a way that is allowed, and those who plan know of it."""
    who, by = change.from_person_id, version.by_id
    if version.kind is VersionKind.DROPPED and by == who:
        said = db.session.scalars(select(Absence.id).where(Absence.person_id == who)).all()
        is_away = any(version.id in versions_of_absence(each) for each in said)
        assert is_away or version.made_at <= seat.starts_at - GIVE_BACK, "given back too late, with nobody responsible"
    elif version.kind is VersionKind.RELEASED:
        assert who in steps.week.lapsed
    elif version.kind in (VersionKind.PUBLISHED, VersionKind.EXCHANGED):
        return  # who plans did it themselves
    else:
        assert by == steps.coordinator
    rows = db.session.scalars(
        select(OutboxRow).where(OutboxRow.kind == "shift-dropped", OutboxRow.person_id == steps.coordinator)
    )
    told = [row for row in rows if version.id in row.facts["version_ids"]]
    assert len(told) == 1, "nobody who plans knows that a seat was left"


def judge_rules(
    week: Week, new: Sequence[AssignmentChange], every: Sequence[AssignmentChange], seats: Sequence[SeatRow]
) -> None:
    """No rule that stops forbids what somebody was given, unless there is a reason for it."""
    given: dict[int, set[int]] = defaultdict(set)
    shift_of = {seat.id: seat.shift_id for seat in seats}
    holders = {seat.id: seat.person_id for seat in seats}
    for change in new:
        if change.to_person_id is not None and holders[change.seat_id] == change.to_person_id:
            given[change.to_person_id].add(shift_of[change.seat_id])
    if not given:
        return
    excused: dict[tuple[int | None, int], set[str]] = defaultdict(set)
    for change in every:
        excused[change.to_person_id, shift_of[change.seat_id]] |= set(change.overrides)
    found = snapshots_of(names_of(week.team), seats, now=week.now)
    for snapshot in {id(each): each for each in found.values()}.values():
        for breach in breaches_of_people(snapshot.roster, snapshot.plan, sorted(given)):
            touched = given[breach.person_id or 0] & set(breach.shift_ids)
            if touched and breach.severity in (Severity.HARD, Severity.OVERRIDABLE):
                assert breach.severity is Severity.OVERRIDABLE, breach.sentence
                reasons = {rule for shift in breach.shift_ids for rule in excused[breach.person_id, shift]}
                assert breach.rule in reasons, f"{breach.sentence} And nobody gave a reason."


def judge_asked(week: Week) -> None:
    """Nobody who said no is asked again for the same shift."""
    rows = db.session.execute(
        select(SeatAsk, CoverLine.shift_id)
        .join(SeatAsking, SeatAsking.id == SeatAsk.asking_id)
        .join(Seat, Seat.id == SeatAsking.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .where(SeatAsk.person_id.in_(week.team))
        .order_by(SeatAsk.id)
    ).all()
    said_no: dict[tuple[int, int], SeatAsk] = {}
    for ask, shift_id in rows:
        earlier = said_no.get((ask.person_id, shift_id))
        assert earlier is None or (earlier.answered_at or week.now) >= ask.asked_at, "asked again after a no"
        if ask.answer is SeatAnswer.NO:
            said_no[ask.person_id, shift_id] = ask


def judge_ended(week: Week) -> None:
    """Nobody is told of the same end of a question twice."""
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind.like("seat-change-%")))
    told = Counter((row.kind, row.person_id, row.facts["change_id"], row.facts.get("is_decision")) for row in rows)
    for part in db.session.scalars(select(SeatPart).where(SeatPart.person_id.in_(week.team))):
        holder = db.session.get_one(Assignment, part.assignment_id).person_id
        for person_id in (part.person_id, holder):
            assert told["seat-change-done", person_id, part.change_id, None] == 1, "a part was taken and not told of"
    assert set(told.values()) <= {1}


def test_any_sequence_leaves_somebody_responsible_for_every_seat_and_everybody_told_once(crew: Crew) -> None:
    crew.coordinators_agree_within(hours=NEAR)
    coordinator = crew.people.person("Tansy", roles=(Role.COORDINATOR,)).id
    channels: list[Channel] = []
    numbers = count()

    # Making a shorter sequence of one that fails would take minutes; how slow a busy machine draws says nothing.
    @settings(
        max_examples=examples(1),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(STEPS)
    @example(EACH_ONCE)
    def run(drawn: list[tuple[str, int, int]]) -> None:
        steps = begin_published(crew, channels, next(numbers), coordinator)
        check(steps.week)
        seen = judge(steps, 0)
        for step in drawn:
            steps.do(*step)
            db.session.rollback()
            check(steps.week)
            seen = judge(steps, seen)
        check_told(steps.week)
        judge_ended(steps.week)
        assert seen > 0, "nothing was published, so nothing was judged"

    run()
    assert list(verification.check()) == []
