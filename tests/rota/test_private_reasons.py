"""Nothing that somebody who plans can have tells why a person cannot come, nor who is kept apart from whom.

One database is copied, and each copy differs in one thing alone: what keeps Teal from Monday evening. All that a
coordinator can open, take out, type and be told is asked for in each copy, and compared byte by byte.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import db
from app.jobs import tasks
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from app.people.models import Person, Role
from app.settings import Settings
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need
from rota.shifts import calendar_feed, channel_calendar
from rota.store import availability, pairs
from rota.store.models import Channel, DatedKind
from tests.architecture.audience import AGREED_AUDIENCE, AGREED_GRANTS
from tests.conftest import People, SignIn
from tests.pdf_text import text_of_pdf
from tests.rota.crew import MONDAY, Crew, seats
from tests.times import NOW
from tests.training.live import sessions_for_tests as live

MONTH = "2027-02"
TWO = (Need(Duty.MODERATOR, 1, 2, 2),)


class Night:
    """A rota of two evenings with two seats each: Wren has the first of Monday, Teal may be asked for the second."""

    def __init__(
        self,
        app: Flask,
        people: People,
        sign_in: SignIn,
        database: Path,
        roles: tuple[Role, ...] = (Role.COORDINATOR,),
    ) -> None:
        self.roles = roles
        crew = Crew(people)
        wren, teal, tansy = (
            crew.moderator("Wren"),
            crew.moderator("Teal"),
            people.person("Tansy", roles=roles),
        )
        crew.always_can(wren, teal)
        rota = crew.rota(crew.evenings("Board", *TWO))
        crew.give(rota, seats(rota)[0], wren)
        crew.publish(rota)
        self.monday, self.tuesday = seats(rota)[1], seats(rota)[2]
        trainer = people.person("Rook", roles=(Role.TRAINER,))
        self.session_id = live.make(trainer, starts_at=self.monday.starts_at, ends_at=self.monday.ends_at, places=20)
        self.channel_id = db.session.scalars(select(Channel.id)).one()
        with db.writing():
            self.tokens = [
                calendar_feed.open_feed(tansy, now=NOW),
                channel_calendar.open_feed(tansy, self.channel_id, now=NOW)[0],
            ]
        self.client: FlaskClient = sign_in(app.test_client(), tansy)
        self.rota, self.wren, self.teal, self.tansy, self.rook = rota.id, wren.id, teal.id, tansy.id, trainer.id
        self.sable = people.person("Sable").id
        self.client.get("/")  # the first visit notes when the reader was last seen
        self.app, self._database, self._kept = app, database, database.with_suffix(".kept")
        db.session.remove()
        with db.extension.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # SQLite copies itself only outside a transaction
            connection.exec_driver_sql(f"VACUUM INTO '{self._kept}'")

    def as_it_was(self) -> None:
        """Put the database back."""
        db.session.remove()
        db.extension.engine.dispose()
        for leftover in self._database.parent.glob(f"{self._database.name}-*"):
            leftover.unlink()
        shutil.copy(self._kept, self._database)

    def book(self, person_id: int) -> None:
        """Give somebody a place at the live session of Monday evening."""
        live.book(self.session_id, db.session.get_one(Person, person_id))

    def addresses(self) -> Iterator[str]:
        """Every address that Tansy may open, with the ids of what there is."""
        adapter = self.app.url_map.bind("localhost")
        for rule in self.app.url_map.iter_rules():
            audience = AGREED_AUDIENCE.get(rule.endpoint, "nobody")
            may = (
                audience == "signed in"
                or "token" in rule.arguments
                or not {*self.roles}.isdisjoint(AGREED_GRANTS.get(audience, "").split())
            )
            if not may or "GET" not in (rule.methods or ()):
                continue
            for person in (self.teal, self.wren) if "person_id" in rule.arguments else (self.teal,):
                values = {name: self._value(name, person) for name in rule.arguments}
                for token in self.tokens if "token" in values else ("",):
                    yield adapter.build(rule.endpoint, values | ({"token": token} if token else {}), method="GET")
        page = f"/rota/{self.rota}"
        for seat in (self.monday, self.tuesday):
            for more in ("", "&all=1", "&fixes=1", "&all=1&fixes=1"):
                yield f"{page}?seat={seat.id}{more}"
            yield f"{page}/list?seat={seat.id}&all=1&fixes=1"
        yield f"{page}/history/compare?from=0&to=1"
        yield from (
            f"/rota/out/{name}?of={MONTH}" for name in ("rota.csv", "availability.csv", "rota.pdf", "call-sheet.pdf")
        )
        yield f"/rota/out/rota.pdf?of={MONTH}&paper=a3"
        yield from (f"/rota/month{kind}?month={MONTH}" for kind in ("", ".pdf", "/weeks.csv", "/people.csv"))

    def _value(self, name: str, person: int) -> Any:
        known = {
            "person_id": person,
            "rota_id": self.rota,
            "shift_id": self.monday.shift_id,
            "seat_id": self.monday.id,
            "channel_id": self.channel_id,
            "session_id": self.session_id,
        }
        return known.get(name, "x" if name in ("slug", "token", "code", "kid", "name", "filename", "key") else 1)

    def read(self) -> dict[str, str]:
        """All that the coordinator has, by where they have it from."""
        answers = {address: told(self.client.get(address)) for address in self.addresses()}
        answers |= self.typed()
        answers |= self.mailed()
        return answers

    def typed(self) -> dict[str, str]:
        """What they are told when they type: refusals, a proposal, and publishing."""
        page, answers = f"/rota/{self.rota}", {}

        def post(address: str, **typed: str) -> None:
            answer = self.client.post(address, data=typed, follow_redirects=True)
            answers[f"POST {address} {typed}"] = told(answer)

        for reason in ("", "She said it is fine"):
            post(f"{page}/seats/{self.monday.id}/assign", person_id=str(self.teal), seen="0", reason=reason)
        post(f"{page}/seats/{self.tuesday.id}/assign", person_id=str(self.teal), seen="0")
        post(f"{page}/propose", scope="rota")
        assert tasks.run_next() is not None
        for after in (
            page,
            f"{page}/list",
            f"{page}/publish",
            "/rota/weeks",
            "/rota",
            "/tasks/1",
            "/",
        ):
            answers[f"proposed: {after}"] = told(self.client.get(after))
        post(f"{page}/publish", gaps_read="y")
        for after in (page, f"{page}/history", "/cover", "/duty", "/", f"/rota/out/rota.csv?of={MONTH}"):
            answers[f"published: {after}"] = told(self.client.get(after))
        return answers

    def mailed(self) -> dict[str, str]:
        """The e-mails to the coordinator, as they are sent."""
        db.session.rollback()
        answers = {}
        for row in db.session.scalars(
            select(OutboxRow).where(OutboxRow.person_id == self.tansy).order_by(OutboxRow.id)
        ):
            made = render_email(row, from_row(row.kind, row.facts), now=NOW)
            answers[f"e-mail {row.kind} {row.facts}"] = (
                f"{made['Subject']}\n{made.get_body(('plain',))}\n{made.get_body(('html',))}"
            )
        return answers


def told(answer: Any) -> str:
    """An answer as it is read, without what differs from one request to the next."""
    if answer.mimetype == "application/pdf":
        return f"{answer.status_code} {text_of_pdf(answer.data)}"
    words = re.sub(r'(name="once"[^>]*value="|(?:value|nonce|content)="(?=[^"]{40}))[^"]*"', r"\1", answer.text)
    # How much room the disk of this machine has left changes while a test runs.
    words = re.sub(r"[\d.]+ GB", "GB", words)
    # How many places a live session has left is everybody's to know, and says of nobody that they come.
    words = re.sub(r"\d+ places? left", "places left", words)
    return f"{answer.status_code} {answer.headers.get('Location', '')} {answer.mimetype}\n{words}"


@pytest.fixture
def night(app: Flask, people: People, sign_in: SignIn, settings_for_tests: Settings) -> Night:
    return Night(app, people, sign_in, Path(settings_for_tests.database_url.removeprefix("sqlite:///")))


def absent(kind: DatedKind) -> Callable[[Night], None]:
    def do(night: Night) -> None:
        with db.writing():
            availability.set_exception(night.teal, kind, night.monday.starts_at, night.monday.ends_at, now=NOW)

    return do


def at_a_session(night: Night) -> None:
    night.book(night.teal)


def kept_apart(night: Night) -> None:
    with db.writing():
        pairs.keep_pair(
            (night.wren, night.teal),
            is_together=False,
            from_on=MONDAY,
            until_on=MONDAY,
            reason="Private words",
            by=night.sable,
            now=NOW,
        )


def read_with(night: Night, keep: Callable[[Night], None]) -> dict[str, str]:
    night.as_it_was()
    keep(night)
    db.session.rollback()
    return night.read()


def differing(one: dict[str, str], other: dict[str, str]) -> dict[str, list[str]]:
    """Where two differ, and how."""
    return {
        where: list(unified_diff(one.get(where, "").splitlines(), other.get(where, "").splitlines(), n=0))
        for where in sorted(one.keys() | other.keys())
        if one.get(where) != other.get(where)
    }


def test_no_page_file_or_sentence_tells_why_somebody_cannot_come(night: Night) -> None:
    leave = read_with(night, absent(DatedKind.LEAVE))
    refused = next(words for where, words in leave.items() if where.endswith("'reason': 'She said it is fine'}"))
    assert refused.startswith("409")
    assert "Teal is not available then." in refused
    assert differing(leave, read_with(night, absent(DatedKind.CANNOT))) == {}
    assert differing(leave, read_with(night, at_a_session)) == {}
    apart = read_with(night, kept_apart)
    # What Teal said is Teal's own: it reads as if nobody were kept apart. How the rota judges it is as with leave.
    own = {
        f"/people/{night.teal}",
        f"/rota/{night.rota}/shares",
        f"/rota/out/availability.csv?of={MONTH}",
    }
    assert {where: lines for where, lines in differing(leave, apart).items() if where not in own} == {}
    night.as_it_was()
    nothing = {where: told(night.client.get(where)) for where in own}
    assert differing(nothing, {where: apart[where] for where in own}) == {}
    assert differing(nothing, {where: leave[where] for where in own}).keys() == own
    assert len(leave) > 120
