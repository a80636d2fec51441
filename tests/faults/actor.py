"""What one real process does in a race: it stands ready, waits for "go", acts in several threads, and says how it went.

Run as `python -m tests.faults.actor WHAT ARGUMENTS…`; each line on standard output is a JSON object.
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


def take_up_invitation(token: str, place: int) -> str:
    """Choose a password by an invitation, as one of many at once."""
    with db.writing():
        sign_in.take_up(token, LinkKind.INVITATION, f"hash {place}", device="Test", now=clock.now())
    return f"hash {place}"


def publish(rota_id: str, by: str, _place: int) -> str:
    """Publish a rota's draft, gaps read."""
    with db.writing():
        return str(publishing.publish(int(rota_id), by=int(by), now=clock.now(), gaps_read=True).number)


def claim(seat_id: str, first_id: str, place: int) -> str:
    """Take an open seat, as the person whose id is so many after the first."""
    with db.writing():
        person = db.session.get_one(Person, int(first_id) + place)
        claims_and_drops.claim(int(seat_id), person, now=clock.now())
        return str(person.id)


ACTS: dict[str, Callable[..., str]] = {
    "take-up-invitation": take_up_invitation,
    "publish": publish,
    "claim": claim,
}


def main(what: str, *words: str) -> None:
    app = create_app()
    together = threading.Barrier(THREADS)
    outcomes: list[list[str]] = []

    def act(app: Flask, place: int) -> None:
        with app.app_context():
            db.session.connection()
            db.session.rollback()
            together.wait()
            try:
                outcomes.append(["done", ACTS[what](*words, place)])
            except Refusal as refusal:
                outcomes.append(["refused", type(refusal).__name__])
            except Exception as fault:
                outcomes.append(["failed", repr(fault)])
            finally:
                db.session.remove()

    print(json.dumps({"ready": True}), flush=True)  # noqa: T201  this is how the test hears us
    sys.stdin.readline()
    threads = [threading.Thread(target=act, args=(app, place)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"outcomes": outcomes}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
