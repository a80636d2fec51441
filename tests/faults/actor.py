"""One process of a race: it gets ready, waits for "go", acts in several threads, and prints the outcomes.

Run as `python -m tests.faults.actor ACTION ARGUMENTS…`; each line on standard output is a JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask, current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import clock, db
from app.people import profile, sign_in
from app.people.models import LinkKind, Person
from app.refusals import Refusal
from rota.ahead import gap_digest
from rota.exchanges import changes
from rota.exchanges.models import Answer
from rota.planning import drafts, publishing
from rota.shifts import answers, claims_and_drops
from rota.store.models import Assignment, Rota, RotaVersion
from rota.store.seats import seats_of_rota
from training.live import booking
from wsgi import create_app

THREADS = 5


def take_up_invitation(token: str, thread: int) -> str:
    """Accept an invitation with a password of this thread's own."""
    with db.writing():
        sign_in.set_password_by_link(token, LinkKind.INVITATION, f"hash {thread}", device="Test", now=clock.now())
    return f"hash {thread}"


def publish(rota_id: str, by: str, _thread: int) -> str:
    """Publish a rota's draft, with its gaps acknowledged."""
    with db.writing():
        return str(publishing.publish(int(rota_id), by=int(by), now=clock.now(), gaps_read=True).number)


def claim(seat_id: str, first_id: str, thread: int) -> str:
    """Claim an open seat, as the person with the id `first_id + thread`."""
    with db.writing():
        person = db.session.get_one(Person, int(first_id) + thread)
        claims_and_drops.claim(int(seat_id), person, now=clock.now())
        return str(person.id)


def book(session_id: str, first_id: str, thread: int) -> str:
    """Ask for a place in a live session, as ten people at once; how each got on."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind the proxy

    def ask(number: int) -> str:
        with app.app_context():
            try:
                with db.writing():
                    person = db.session.get_one(Person, int(first_id) + 10 * thread + number)
                    return str(booking.book(int(session_id), person, now=clock.now()).state)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(10) as pool:
        return json.dumps(list(pool.map(ask, range(10))))


def take_cover(change_id: str, first_id: str, thread: int) -> str:
    """Take the shift for which cover is asked, as ten people at once; how each got on."""
    people = [int(first_id) + 10 * thread + number for number in range(10)]
    return _each_at_once(
        lambda person_id: str(changes.take(int(change_id), person_id, by=person_id, now=clock.now()).state), people
    )


def say_yes(agreed: str, thread: int) -> str:
    """Say yes ten times at once, of a list of a change and a person each; how each got on."""
    return _each_at_once(
        lambda one: str(changes.answer(one[0], one[1], Answer.YES, by=one[1], now=clock.now()).state),
        json.loads(agreed)[10 * thread : 10 * thread + 10],
    )


def say_yes_to_seat(asks: str, thread: int) -> str:
    """Say yes ten times at once, of a list of a question about an empty seat and a person each: the state, or the
    sentence that they read.
    """

    def one(ask: list[int]) -> str:
        version = answers.say_yes(ask[0], db.session.get_one(Person, ask[1]), now=clock.now())
        assert isinstance(version, RotaVersion)
        return str(version.kind)

    return _each_at_once(one, json.loads(asks)[10 * thread : 10 * thread + 10], told=str)


def _each_at_once(
    act: Callable[[Any], str],
    each: Sequence[Any],
    *,
    told: Callable[[Refusal], str] = lambda refusal: type(refusal).__name__,
) -> str:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the application behind the proxy

    def one(argument: Any) -> str:
        with app.app_context():
            try:
                with db.writing():
                    return act(argument)
            except Refusal as refusal:
                return told(refusal)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(10) as pool:
        return json.dumps(list(pool.map(one, each)))


def tell_planners_and_die(moment: str, _thread: int) -> str:
    """Tell those who plan of gaps, and be killed (SIGKILL) before or after what was written is committed."""

    def die(session: Session) -> None:
        if moment == "before":
            session.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.session, f"{moment}_commit", die)
    gap_digest.tell_planners(clock.now())
    return "survived"


def contend(rota_id: str, first_id: str, rounds: str, thread: int) -> str:
    """Claim, give back, plan and publish many times over; return what came of it, by the name of the outcome.

    The person of each thread is a planner, who is also told of what the others do.
    """
    rng = random.Random(f"{first_id} {thread}")
    person_id, outcomes = int(first_id) + thread, Counter[str]()
    for _ in range(int(rounds)):
        action = rng.choice(CONTENTION)
        try:
            with db.writing():
                action(int(rota_id), db.session.get_one(Person, person_id), rng)
            outcomes["done"] += 1
        except Refusal:
            outcomes["refused"] += 1
        except Exception as fault:
            outcomes[type(getattr(fault, "orig", fault)).__name__] += 1
        db.session.rollback()
    return json.dumps(outcomes)


def _claim_any(rota_id: int, person: Person, rng: random.Random) -> None:
    claims_and_drops.claim(rng.choice(seats_of_rota(rota_id)).id, person, now=clock.now())


def _drop_any(rota_id: int, person: Person, rng: random.Random) -> None:
    held = select(Assignment.id).where(Assignment.person_id == person.id, Assignment.ended_at.is_(None))
    ids = db.session.scalars(held.order_by(Assignment.id)).all()
    if ids:
        claims_and_drops.drop(rng.choice(ids), person, now=clock.now())


def _plan_any(rota_id: int, person: Person, rng: random.Random) -> None:
    rota, seat = db.session.get_one(Rota, rota_id), rng.choice(seats_of_rota(rota_id))
    if seat.person_id is None:
        drafts.assign(rota, seat.id, person.id, by=person.id, now=clock.now())
    else:
        drafts.clear(rota, seat.id, by=person.id, now=clock.now())


def _publish(rota_id: int, person: Person, rng: random.Random) -> None:
    publishing.publish(rota_id, by=person.id, now=clock.now(), gaps_read=True)


def _change_account(rota_id: int, person: Person, rng: random.Random) -> None:
    zone = rng.choice(["Europe/London", "Europe/Paris"])
    profile.change_profile(person, display_name=person.display_name, phone=None, zone_name=zone, now=clock.now())


CONTENTION = (_claim_any, _claim_any, _drop_any, _drop_any, _plan_any, _plan_any, _publish, _change_account)

ACTIONS: dict[str, Callable[..., str]] = {
    "take-up-invitation": take_up_invitation,
    "publish": publish,
    "claim": claim,
    "book": book,
    "take-cover": take_cover,
    "say-yes": say_yes,
    "say-yes-to-seat": say_yes_to_seat,
    "tell-planners-and-die": tell_planners_and_die,
    "contend": contend,
}


def main(action: str, *arguments: str) -> None:
    """Run one action in several threads at the same moment."""
    app = create_app()
    barrier = threading.Barrier(THREADS)
    outcomes: list[list[str]] = []

    def act(app: Flask, thread: int) -> None:
        with app.app_context():
            db.session.connection()
            db.session.rollback()
            barrier.wait()
            try:
                outcomes.append(["done", ACTIONS[action](*arguments, thread)])
            except Refusal as refusal:
                outcomes.append(["refused", type(refusal).__name__])
            except Exception as fault:
                outcomes.append(["failed", repr(fault)])
            finally:
                db.session.remove()

    print(json.dumps({"ready": True}), flush=True)  # noqa: T201  the test reads this
    sys.stdin.readline()
    threads = [threading.Thread(target=act, args=(app, number)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"outcomes": outcomes}), flush=True)  # noqa: T201  the test reads this


if __name__ == "__main__":
    main(*sys.argv[1:])
