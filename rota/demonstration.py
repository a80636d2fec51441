"""The rota's part of the demonstration: two channels, people's availability, two published weeks and one to plan.

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
from rota.planning import channels, drafts, new_rota, proposals, publishing
from rota.planning.publishing import Told
from rota.scheduling.cover_pattern import Need, PatternSpan
from rota.scheduling.engine.solve import run_task
from rota.store import availability
from rota.store.models import Channel, ChannelKind, DatedKind

EVERY_DAY = frozenset(range(7))
WEEK = timedelta(days=7)
SEED = 7  # so that the same people have the same shifts every time
SOLVER_SECONDS = 4

LEAD, MODERATOR = Need(Duty.LEAD, 1, 1, 1), Need(Duty.MODERATOR, 1, 1, 2)
HOST, ON_CALL = Need(Duty.HOST, 0, 1, 2), Need(Duty.ON_CALL, 1, 1, 1)

BOARD = (
    PatternSpan(EVERY_DAY, time(3), time(8), "Small hours", (LEAD, MODERATOR)),
    PatternSpan(EVERY_DAY, time(8), time(16), "Daytime", (LEAD, MODERATOR, HOST)),
    PatternSpan(EVERY_DAY, time(16), time(23), "Evening", (LEAD, MODERATOR, HOST)),
    PatternSpan(EVERY_DAY, time(23), time(3), "Night", (LEAD, MODERATOR, HOST)),
)
LINE = (
    PatternSpan(EVERY_DAY, time(8), time(20), "Day", (ON_CALL,)),
    PatternSpan(EVERY_DAY, time(20), time(8), "Night", (ON_CALL,)),
)

# The weekly times of each habit that the demonstration's people.csv names: days (0 is Monday), start and end.
HABITS: dict[str, tuple[tuple[frozenset[int], time, time], ...]] = {
    "days": ((frozenset({0, 1, 2, 3, 4}), time(8), time(16)),),
    "office": ((frozenset({0, 1, 2, 3, 4}), time(8), time(20)),),
    "mornings": ((frozenset({0, 2, 4, 5}), time(3), time(16)),),
    "afternoons": ((frozenset({5, 6}), time(8), time(16)), (frozenset({0, 1, 2, 3, 4}), time(15), time(22))),
    "evenings": ((frozenset({0, 1, 3, 6}), time(16), time(23)),),
    "late": ((frozenset({1, 3, 4, 5}), time(16), time(3)),),
    "nights": ((frozenset({0, 2, 4, 5}), time(20), time(8)),),
    "weekends": ((frozenset({5, 6}), time(8), time(23)),),
}
ROTATED = frozenset({"mornings", "evenings", "late", "nights"})  # habits whose days are shifted from person to person


def load(demo: Demonstration) -> None:
    """Load channels, availability and leave, publish the current week and the next, and leave one more to plan.

    With only the current week published, nobody would have a shift ahead on a Sunday.
    """
    zone = settings.current().zone
    planned_at = clock.starts(demo.monday - timedelta(days=5), zone) + timedelta(hours=10)
    coordinator = demo.people["coordinator@demo.test"]
    with db.writing():
        opened = [
            _channel("Board", ChannelKind.BOARD, BOARD, demo, coordinator, planned_at),
            _channel("On call", ChannelKind.ON_CALL, LINE, demo, coordinator, planned_at),
        ]
        channel_ids = [channel.id for channel in opened]
        for number, (email, person) in enumerate(demo.people.items()):
            _add_weekly_times(person, demo.rows[email]["habit"], number, zone, planned_at)
        _set_leave(demo, zone, planned_at)
    _publish_week(demo.monday, channel_ids, coordinator.id, planned_at)
    _publish_week(demo.monday + WEEK, channel_ids, coordinator.id, planned_at)
    with db.writing():
        _add_sundays_of_volunteer(demo, zone, planned_at)
        monday = demo.monday + 2 * WEEK
        title = _title(monday)
        new_rota.make_rota(title, monday, monday + timedelta(days=6), channel_ids, by=coordinator.id, now=planned_at)


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
    channels.write_pattern(channel, spans, starts_on=demo.monday - WEEK, zone=zone, by=by.id, now=now)
    return channel


def _add_weekly_times(person: Person, habit: str, number: int, zone: ZoneInfo, now: datetime) -> None:
    own_zone = ZoneInfo(person.zone_name) if person.zone_name else zone
    offset = number if habit in ROTATED else 0
    for days, starts, ends in HABITS[habit]:
        availability.add_weekly_time(
            person.id, {(day + offset) % 7 for day in days}, starts, ends, zone=own_zone, now=now
        )


def _set_leave(demo: Demonstration, zone: ZoneInfo, now: datetime) -> None:
    """Give some people leave in the week that is to be planned."""
    monday = demo.monday + 2 * WEEK
    for email, first, days in (("wren@demo.test", 2, 3), ("ash@demo.test", 0, 6), ("comet@demo.test", 4, 2)):
        starts_on = monday + timedelta(days=first)
        availability.set_leave(demo.people[email].id, starts_on, starts_on + timedelta(days=days), zone=zone, now=now)


def _add_sundays_of_volunteer(demo: Demonstration, zone: ZoneInfo, now: datetime) -> None:
    """Let the volunteer offer the published Sundays afterwards, so that they have open shifts to claim."""
    person = demo.people["volunteer@demo.test"]
    for week in (0, 1):
        sunday = demo.monday + timedelta(days=6 + 7 * week)
        starts_at = clock.local(zone, sunday.year, sunday.month, sunday.day, 8, 0)
        ends_at = clock.local(zone, sunday.year, sunday.month, sunday.day, 23, 0)
        availability.set_exception(person.id, DatedKind.CAN, starts_at, ends_at, now=now)


def _publish_week(monday: date, channel_ids: list[int], by: int, now: datetime) -> None:
    with db.writing():
        title, last = _title(monday), monday + timedelta(days=6)
        rota = new_rota.make_rota(title, monday, last, channel_ids, by=by, now=now)
        draft_id = drafts.open_draft(rota, by=by, now=now).id
    arguments = {"rota_id": rota.id, "seconds": SOLVER_SECONDS}
    prepared = proposals.prepare(arguments, now)
    db.session.rollback()
    output = run_task({**prepared, "seed": SEED}, lambda _news: None, lambda: False)
    with db.writing():
        proposals.keep_in_draft(proposals.draft(draft_id), prepared, output, by=by, now=now)
    with db.writing():
        publishing.publish(rota.id, by=by, now=now, gaps_read=True, told=Told("Thank you all. Nights are still open."))


def _title(monday: date) -> str:
    """“23 to 29 November”, or “30 November to 6 December”."""
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}" if monday.month == sunday.month else f"{monday.day} {monday:%B}"
    return f"{first} to {sunday.day} {sunday:%B}"


DEMONSTRATE = DemonstrationStep(order=90, load=load)
