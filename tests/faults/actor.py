"""One process of a race: it gets ready, waits for "go", acts in several threads, and prints the outcomes.

Run as `python -m tests.faults.actor ACTION ARGUMENTS…`; each line on standard output is a JSON object.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable

from flask import Flask

from app import clock, db
from app.people import sign_in
from app.people.models import LinkKind, Person
from app.refusals import Refusal
from rota.planning import publishing
from rota.shifts import claims_and_drops
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


ACTIONS: dict[str, Callable[..., str]] = {
    "take-up-invitation": take_up_invitation,
    "publish": publish,
    "claim": claim,
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
