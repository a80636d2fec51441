"""A sample of each notice of the rota, for the page that shows how notices look."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from app import settings
from app.organisation import in_force
from app.outbox.samples import Contexts, invented, named
from rota.on_behalf_notices import DONE_FOR_SOMEBODY


def samples(now: datetime) -> Contexts:
    """What the templates of each kind are given."""
    without_home = {**_own_shifts(now), **_open_seats(now), **_away(now), **_changes(now), **_planning(now)}
    return {kind: {"home": settings.current().zone, **context} for kind, context in without_home.items()}


def _seat(now: datetime, days: int = 2) -> SimpleNamespace:
    """A seat of a shift from 22:00 to 02:00 UTC, so many days ahead."""
    starts_at = now.replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return invented(
        id=3,
        channel="Late chat",
        duty=invented(words="listener"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=4),
        shift_id=3,
        assignment_id=3,
        part_id=None,
        is_part=False,
        is_blended=False,
        is_taken=False,
        rota_id=3,
    )


def _own_shifts(now: datetime) -> Contexts:
    seat = _seat(now)
    rota = {
        "rota": invented(title="March"),
        "version": invented(number=2, line_for_everyone="Thank you for every night."),
        "changes": [invented(is_given=True, seat=seat), invented(is_given=False, seat=_seat(now, 4))],
        "why_taken": "Somebody else asked for it.",
        "emergency": None,
    }
    given = {**rota, "changes": [invented(is_given=True, seat=seat)], "why_taken": ""}
    taken = {**rota, "changes": [invented(is_given=False, seat=seat)], "why_taken": ""}
    return {
        "rota-published": given,
        "seats-changed": {**rota, "asked_change_ids": []},
        "rota-withdrawn": taken,
        "shift-reminder": {
            "seat": seat,
            "time_until": "in two days",
            "is_confirmed": False,
            "beside": [("Tomas", invented(duty=invented(words="lead")))],
        },
        "shift-taken": {"seat": seat},
        "done-for-you": {"by": "Mara", "done": DONE_FOR_SOMEBODY["claimed"], "seat": seat, "change_id": None},
        "did-not-come": {"seat": _seat(now, -1)},
        "came-after-all": {"seat": _seat(now, -1)},
        "did-not-come-answered": {"seat": _seat(now, -1), "person": named("Tomas", 8)},
        "seat-released": {
            "changes": [invented(is_given=False, seat=seat)],
            "account_closed": False,
            "cause": "",
        },
        "seats-back": {"seats": [seat]},
    }


def _open_seats(now: datetime) -> Contexts:
    seat = _seat(now)
    return {
        "shift-dropped": {
            "seats": [seat],
            "listed": [("Tomas", [seat], 1)],
            "shown": [seat],
            "people": 1,
            "gave_back": True,
        },
        "shift-short": {"shifts": [invented(seat=seat, others=1)], "is_on_call": False},
        "seat-offered": {"questions": [invented(seat=seat, ask_id=3, is_part=False)]},
        "seat-filled": {"seats": [seat]},
        "nobody-to-ask": {"seats": [seat], "asleep": set()},
        "nobody-on-call": {"starts_at": seat.starts_at, "has_begun": False},
        "gaps-ahead": {"gaps": [gap := _gap(now)], "soonest": gap},
    }


def _gap(now: datetime) -> SimpleNamespace:
    seat = _seat(now)
    return invented(
        starts_at=seat.starts_at,
        ends_at=seat.ends_at,
        channel=seat.channel,
        words="Nobody leads",
        rota_id=3,
        seat_id=3,
    )


def _away(now: datetime) -> Contexts:
    seat, last = _seat(now), now.date() + timedelta(days=14)
    leaving = invented(person_id=8, last_day=last, reason="")
    return {
        "away-said": {"by": "Mara", "last": last, "reason": "You asked for it.", "seats": [seat], "parts": []},
        "away-unmade": {"seats": [seat]},
        "away-answered": {"name": "Tomas", "words": "Thank you. I am better.", "person_id": 8},
        "away-word": {"name": "Tomas", "details": in_force.details()},
        "leaving-said": {"by": None, "departure": leaving, "seats": [_seat(now, 20)]},
        "leaving-told": {"name": "Tomas", "departure": leaving, "seats": [_seat(now, 20)]},
    }


def _changes(now: datetime) -> Contexts:
    seat = _seat(now)
    swap = [
        invented(seat=seat, giver_id=8, giver="Tomas", taker_id=7, taker=None),
        invented(seat=_seat(now, 4), giver_id=7, giver=None, taker_id=8, taker="Tomas"),
    ]

    def view(kind: str, state: str, *, is_mine: bool = False) -> SimpleNamespace:
        change = invented(id=3, kind=kind, state=state, expires_at=now + timedelta(days=1))
        return invented(change=change, asker="Tomas", reader_id=7, is_mine=is_mine, lines=swap, own_lines=swap)

    planners = view("swap", "agreed")
    planners.reader_id = 9
    planners.lines = [
        invented(seat=seat, giver_id=8, giver="Tomas", taker_id=6, taker="Ines"),
        invented(seat=_seat(now, 4), giver_id=6, giver="Ines", taker_id=8, taker="Tomas"),
    ]
    return {
        "seat-change-asked": {"view": view("swap", "open")},
        "seat-change-done": {"view": view("swap", "done"), "on_behalf": None},
        "seat-change-ended": {"view": view("swap", "expired", is_mine=True), "on_behalf": None},
        "seat-change-waits": {"view": planners, "is_decision": True},
        "part-ended": {
            "seat": seat,
            "is_taker": False,
            "is_holder": True,
            "taker": "Tomas",
            "holder": "Wren",
            "why": "given-back",
        },
    }


def _planning(now: datetime) -> Contexts:
    last_day = now.date() + timedelta(days=14)
    renewal = invented(
        title="Listening well",
        is_over=False,
        last_day=last_day,
        minutes=20,
        opens_at=None,
        href="/learning/listening",
    )
    ask = invented(
        starts_on=now.date() + timedelta(days=20),
        ends_on=now.date() + timedelta(days=48),
        answer_by=now.date() + timedelta(days=10),
    )
    month = ask.starts_on.strftime("%Y-%m")
    return {
        "renewal-wanted": {
            "by": "Mara",
            "shifts": 2,
            "renewals": [renewal],
            "home_page": settings.current().public_url.rstrip("/"),
        },
        "renewals-to-record": {"by": "Mara", "renewals": [("Tomas", 8, renewal)]},
        "times-asked": {"ask": ask, "asker": "Mara", "month": month, "is_reminder": False},
        "times-entered": {"by": "Mara", "month": month},
    }
