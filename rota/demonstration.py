"""The rota's part of the demonstration: three channels, people's times and wishes, four published weeks, four to plan.

Everything goes through the use cases, the engine included, so that the demonstration shows what the product does.
Its nights are short of people on purpose, as they would be: few offer the small hours.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app import clock, db, settings
from app.domain import Demonstration, DemonstrationStep
from app.people.models import Person
from progression.duties import Duty
from rota.ahead import forecasts
from rota.exchanges import changes, parts, trading
from rota.planning import channels, drafts, new_rota, proposals, publishing, special_days
from rota.planning.publishing import Told
from rota.scheduling import ahead_task
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.scheduling.engine.solve import run_task
from rota.shifts import my_shifts, other_shifts
from rota.store import availability, limits, pairs, standing_seats, wishes
from rota.store.models import Assignment, Channel, ChannelKind, DatedKind, Rota, Shift
from rota.store.seats import seats_where
from rota.store.standing_seats import Days
from rota.worked.recording import record_worked

EVERY_DAY = frozenset(range(7))
WEEK = timedelta(days=7)
SEED = 7
STEPS = 0.5
"""How far the engine searches, in its own steps: the same people have the same shifts on every machine."""
COORDINATOR, DECIDES_ABOUT_PAIRS = "coordinator@demo.test", "staff@demo.test"

LEAD, MODERATOR, TWO_MODERATORS = Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 2), Need(Duty.MODERATOR, 1, 2, 3)
HOST, TWO_HOSTS, ON_CALL = Need(Duty.HOST, 0, 1, 2), Need(Duty.HOST, 0, 2, 3), Need(Duty.ON_CALL, 1, 1, 1)

BOARD = (
    PatternSpan(EVERY_DAY, time(3), time(8), "Small hours", (LEAD, MODERATOR)),
    PatternSpan(EVERY_DAY, time(8), time(16), "Daytime", (LEAD, MODERATOR, HOST)),
    PatternSpan(EVERY_DAY, time(16), time(23), "Evening", (LEAD, TWO_MODERATORS, TWO_HOSTS)),
    PatternSpan(EVERY_DAY, time(23), time(3), "Night", (LEAD, TWO_MODERATORS, HOST)),
)
LINE = (
    PatternSpan(EVERY_DAY, time(8), time(20), "Day", (ON_CALL,)),
    PatternSpan(EVERY_DAY, time(20), time(8), "Night", (ON_CALL,)),
)
CHAT = (PatternSpan(EVERY_DAY, time(18), time(22), "Evening", (LEAD, TWO_MODERATORS, HOST)),)

# The weekly times of each habit that the demonstration's people.csv names: days (0 is Monday), start and end.
HABITS: dict[str, tuple[tuple[frozenset[int], time, time], ...]] = {
    "days": ((frozenset({0, 1, 2, 3, 4}), time(8), time(16)),),
    "office": ((frozenset({0, 1, 2, 3, 4}), time(8), time(20)),),
    "mornings": ((frozenset({0, 2, 4, 5}), time(3), time(16)),),
    "afternoons": ((frozenset({5, 6}), time(8), time(16)), (frozenset({0, 1, 2, 3, 4}), time(15), time(22))),
    "evenings": ((frozenset({0, 1, 3, 6}), time(16), time(23)),),
    "chat": ((frozenset({0, 2, 3, 6}), time(18), time(22)),),
    "late": ((frozenset({1, 3, 4, 5}), time(16), time(3)),),
    "nights": ((frozenset({0, 2, 4, 5}), time(20), time(8)),),
    "weekends": ((frozenset({5, 6}), time(8), time(23)),),
}
ROTATED = frozenset({"mornings", "evenings", "chat", "late", "nights"})  # their days are shifted from person to person

NEWCOMER = "raven@demo.test"
"""Cleared after the first of the published weeks: says when they can only then, and is in the first shifts."""
AWAY = (("wren@demo.test", 16, 3), ("ash@demo.test", 14, 6), ("comet@demo.test", 18, 2), ("quince@demo.test", 1, 9))
"""Leave: the first day, counted from the Monday of the present week, and how many days follow it."""
APART = ("lupin@demo.test", "jackdaw@demo.test")
TOGETHER = ("nettle@demo.test", "teal@demo.test")
VOLUNTEER = "volunteer@demo.test"
SOON = timedelta(days=3)
"""Nearer than that nobody trades here, so that a demonstration of some days still shows it."""
STANDING = "bracken@demo.test"
ASKS_FOR_A_STANDING_SEAT = "kestrel@demo.test"
LIMITED = "sorrel@demo.test"


def load(demo: Demonstration) -> None:
    """Load channels, people's times, limits and wishes; publish the two weeks before and the two from now; leave four.

    The weeks before make a history: hours for the report of a month, and people who are new to the work.
    """
    zone = settings.current().zone
    first_planned_at, planned_at = (_ten_o_clock(demo.monday - timedelta(days=days), zone) for days in (19, 5))
    coordinator = demo.people[COORDINATOR]
    with db.writing():
        opened = [
            _channel(name, kind, spans, demo, coordinator, first_planned_at)
            for name, kind, spans in (
                ("Board", ChannelKind.BOARD, BOARD),
                ("On call", ChannelKind.ON_CALL, LINE),
                ("Live chat", ChannelKind.CHAT, CHAT),
            )
        ]
        channel_ids = [channel.id for channel in opened]
        for number, (email, person) in enumerate(demo.people.items()):
            if email != NEWCOMER:
                _add_weekly_times(person, demo.rows[email]["habit"], number, zone, first_planned_at)
        _set_what_people_ask_for(demo, opened[2], zone, first_planned_at)
    _publish(demo.monday - 2 * WEEK, channel_ids, coordinator.id, first_planned_at)
    with db.writing():
        _add_weekly_times(demo.people[NEWCOMER], demo.rows[NEWCOMER]["habit"], 0, zone, planned_at)
        _set_leave(demo, zone, planned_at)
    _publish(demo.monday, channel_ids, coordinator.id, planned_at)
    with db.writing():
        _add_nights_of_volunteer(demo, zone, planned_at)
        closed_on = demo.monday + 4 * WEEK - timedelta(days=2)
        special_days.close_for([opened[2]], closed_on, "Team day", by=coordinator.id, now=planned_at)
        _make(demo.monday + 2 * WEEK, 4, channel_ids, coordinator.id, planned_at)
    _change_hands(demo)


def _change_hands(demo: Demonstration) -> None:
    """Let people do with their shifts what they can: one is asked to swap, and waits for a shift; two share one.

    With whom and which is found as on the pages, as it depends on the weekday on which the demonstration is made.
    """
    now, volunteer = demo.now, demo.people[VOLUNTEER]
    with db.writing():
        _ask_the_volunteer_to_swap(volunteer, now)
    with db.writing():
        for seat in other_shifts.taken_that_fit(volunteer, now=now)[:1]:
            other_shifts.wait(seat.id, volunteer, now=now)
    with db.writing():
        _share_a_shift(demo, now)


def _ask_the_volunteer_to_swap(volunteer: Person, now: datetime) -> None:
    """Of another day, as people mostly trade."""
    zone = settings.current().zone
    for seat in my_shifts.upcoming(volunteer.id, now=now):
        if seat.starts_at <= now + SOON or seat.assignment_id is None:
            continue
        for other in trading.trades_for(seat.assignment_id, volunteer, now=now).swaps:
            is_another = clock.on(other.starts_at, zone) != clock.on(seat.starts_at, zone)
            if (
                other.starts_at > now + SOON
                and is_another
                and other.assignment_id is not None
                and other.person_id is not None
            ):
                asks = db.session.get_one(Person, other.person_id)
                trading.ask_to_swap(other.assignment_id, [seat.assignment_id], asks, by=asks.id, now=now)
                return


def _share_a_shift(demo: Demonstration, now: datetime) -> None:
    """The last two hours of a moderator's evening go to the first whom they fit."""
    evenings = seats_where(Rota.version > 0, Shift.starts_at > now + SOON, Assignment.id.is_not(None))
    for seat in (seat for seat in evenings if seat.duty is Duty.MODERATOR and seat.label == "Evening"):
        holder, hours = db.session.get(Person, seat.person_id or 0), (seat.ends_at - timedelta(hours=2), seat.ends_at)
        if holder is None or seat.assignment_id is None:
            continue
        offer = parts.offer_part(seat.assignment_id, holder, *hours, by=holder.id, now=now)
        for person in demo.people.values():
            if person.id != holder.id and any(
                each.change_id == offer.id for each in parts.parts_offered_to(person, now=now)
            ):
                changes.take(offer.id, person.id, by=person.id, now=now)
                return
        changes.withdraw(offer.id, by=holder.id, now=now)


def look_ahead(demo: Demonstration) -> None:
    """Make the forecast of the night: in it the training of somebody who leads at night ends, and seats stay empty.

    It comes last, after the shifts that are over were recorded: nothing that it rests on changes by itself afterwards.
    """
    record_worked(demo.now)
    prepared = forecasts.prepare({}, demo.now)
    db.session.rollback()
    output = ahead_task.run_task(prepared, lambda _news: None, lambda: False)
    with db.writing():
        forecasts.keep_found(prepared, output, by=None, now=demo.now)


def _ten_o_clock(day: date, zone: ZoneInfo) -> datetime:
    return clock.starts(day, zone) + timedelta(hours=10)


def _channel(
    name: str,
    kind: ChannelKind,
    spans: tuple[PatternSpan, ...],
    demo: Demonstration,
    by: Person,
    now: datetime,
) -> Channel:
    channel = channels.open_channel(name, kind, by=by.id, now=now)
    zone = settings.current().zone
    channels.write_pattern(channel, spans, starts_on=demo.monday - 2 * WEEK, zone=zone, by=by.id, now=now)
    return channel


def _add_weekly_times(person: Person, habit: str, number: int, zone: ZoneInfo, now: datetime) -> None:
    own_zone = ZoneInfo(person.zone_name) if person.zone_name else zone
    offset = number if habit in ROTATED else 0
    for days, starts, ends in HABITS[habit]:
        availability.add_weekly_time(
            person.id, {(day + offset) % 7 for day in days}, starts, ends, zone=own_zone, now=now
        )


def _set_what_people_ask_for(demo: Demonstration, chat: Channel, zone: ZoneInfo, now: datetime) -> None:
    """Limits and wishes of one person, a standing seat that holds and one that is asked for, and two kept pairs."""
    people, coordinator, decides = demo.people, demo.people[COORDINATOR], demo.people[DECIDES_ABOUT_PAIRS]
    limited = people[LIMITED].id
    limits.set_limits(limited, by=limited, now=now, most_hours_a_week=10, most_shifts_a_month=4, shortest_break=2)
    wishes.add_wish(limited, is_wanted=True, channel_id=chat.id, days=(), times=None, zone=zone, now=now)
    wishes.add_wish(limited, is_wanted=False, channel_id=None, days=(4,), times=None, zone=zone, now=now)
    seat = next(
        code
        for code, place in standing_seats.places(demo.monday).items()
        if (place.weekday, place.starts, place.duty) == (1, time(8), Duty.MODERATOR)
    )
    days = Days(demo.monday - 2 * WEEK)
    standing_seats.ask_for(people[STANDING].id, seat, days, by=coordinator.id, is_confirmed=True, now=now)
    asks = people[ASKS_FOR_A_STANDING_SEAT].id
    standing_seats.ask_for(asks, seat, Days(demo.monday + 2 * WEEK), by=asks, is_confirmed=False, now=now)
    for emails, is_together, reason in (
        (APART, False, "They had a falling-out in the autumn. Both asked for it."),
        (TOGETHER, True, "Teal shows Nettle the work until Easter."),
    ):
        pairs.keep_pair(
            (people[emails[0]].id, people[emails[1]].id),
            is_together=is_together,
            from_on=demo.monday - 2 * WEEK,
            until_on=None,
            reason=reason,
            by=decides.id,
            now=now,
        )


def _set_leave(demo: Demonstration, zone: ZoneInfo, now: datetime) -> None:
    for email, first, days in AWAY:
        starts_on = demo.monday + timedelta(days=first)
        availability.set_leave(demo.people[email].id, starts_on, starts_on + timedelta(days=days), zone=zone, now=now)


def _add_nights_of_volunteer(demo: Demonstration, zone: ZoneInfo, now: datetime) -> None:
    """Let the volunteer offer the nights of both weeks afterwards, so that they have open shifts to claim."""
    person = demo.people[VOLUNTEER]
    for number in range(14):
        starts_at = clock.starts(demo.monday + timedelta(days=number), zone) + timedelta(hours=22)
        availability.set_exception(person.id, DatedKind.CAN, starts_at, starts_at + timedelta(hours=6), now=now)


def _make(monday: date, weeks: int, channel_ids: list[int], by: int, now: datetime) -> Rota:
    last = monday + weeks * WEEK - timedelta(days=1)
    return new_rota.make_rota(_title(monday, last), monday, last, channel_ids, by=by, now=now)


def _publish(monday: date, channel_ids: list[int], by: int, now: datetime) -> None:
    """Make, propose and publish a rota of two weeks."""
    with db.writing():
        rota = _make(monday, 2, channel_ids, by, now)
        draft_id = drafts.open_draft(rota, by=by, now=now).id
    prepared = proposals.prepare({"rota_id": rota.id, "seconds": STEPS}, now)
    db.session.rollback()
    output = run_task({**prepared, "seed": SEED, "counts_steps": True}, lambda _news: None, lambda: False)
    with db.writing():
        proposals.keep_in_draft(proposals.draft(draft_id), prepared, output, by=by, now=now)
    with db.writing():
        publishing.publish(rota.id, by=by, now=now, gaps_read=True, told=Told("Thank you all. Nights are still open."))


def _title(monday: date, last: date) -> str:
    """“15 to 28 February”, or “22 February to 7 March”."""
    first = f"{monday.day}" if monday.month == last.month else f"{monday.day} {monday:%B}"
    return f"{first} to {last.day} {last:%B}"


STEPS_OF_LOADING = (DemonstrationStep(order=90, load=load), DemonstrationStep(order=100, load=look_ahead))
