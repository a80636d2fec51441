"""An organisation in which every private column, every note and every token holds a word that is found nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app import db
from app.jobs import heartbeats
from app.people import directory, email_change, one_time_links, sessions
from app.people.models import Attempts, LinkKind, Person, PersonPrivate, PersonState, Role
from app.people.one_time_links import token_of
from app.people.request_session import cookie_name
from progression.models import Evidence
from progression.stages import Stage
from rota.planning import proposals
from rota.shifts import calendar_feed
from tests.conftest import People
from tests.progression.bringing import bring_to, is_observed
from tests.rota.crew import Crew, seats
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course

CANARY = "quillfeather"
BORN = date(1987, 6, 5)
ROLES: dict[str, tuple[Role, ...]] = {
    "a member": (),
    "a coordinator": (Role.COORDINATOR,),
    "an assessor": (Role.ASSESSOR,),
    "a trainer": (Role.TRAINER,),
    "a lead": (Role.LEAD,),
    "an administrator": (Role.ADMIN,),
}


@dataclass
class Organisation:
    """Who there is, with their browsers, and what must not be found in any log."""

    app: Flask
    people: dict[str, Person]
    clients: dict[str, FlaskClient]
    secrets: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)

    def sign_everybody_in(self) -> None:
        """Undo what requests did to people's accounts: sessions that ended, accounts suspended, attempts counted."""
        db.session.rollback()
        with db.writing():
            db.session.execute(delete(Attempts))
            heartbeats.record("worker", NOW)
            for role, person in self.people.items():
                db.session.get_one(Person, person.id).state = PersonState.ACTIVE
                token = sessions.start(person, device="Test", now=NOW)
                self.secrets.add(token)
                self.clients[role].set_cookie(cookie_name(), token)
        db.session.rollback()


def organisation(app: Flask, people: People) -> Organisation:
    """Make it through the product's own use cases, committed."""
    crew = Crew(people)
    everybody = {role: crew.moderator(role.title(), roles=roles) for role, roles in ROLES.items()}
    member, by = everybody["a member"], everybody["an assessor"]
    clients = {"anybody": app.test_client(), **{role: app.test_client() for role in everybody}}
    made = Organisation(app, everybody, clients)
    install_shipped()
    pass_course(member, now=NOW - timedelta(days=3))
    is_observed(member, "shift", by=by)
    bring_to(people.person("Newcomer"), Stage.VOLUNTEER, by=by)
    crew.always_can(*everybody.values())
    rota, _ = crew.published(member)
    crew.give(rota, seats(rota)[1], by)
    nights = crew.rota(crew.nights(), title="Nights")
    with db.writing():
        proposals.ask(nights, by=everybody["a coordinator"].id, now=NOW)
    _hold_secrets(made, people)
    made.sign_everybody_in()
    return made


def _hold_secrets(made: Organisation, people: People) -> None:
    """Give everybody private details, a calendar and links, each with a word of its own."""
    invited = people.person("Invited", state=PersonState.INVITED)
    with db.writing():
        for number, private in enumerate(db.session.query(PersonPrivate).order_by(PersonPrivate.person_id)):
            private.legal_name = f"Wilhelmina {CANARY}-{number}"
            private.email = f"w{number}@{CANARY}.example"
            private.phone = f"07700 9004{number:02}"
            private.born_on = BORN
            made.secrets |= {private.email, private.phone}
        link = directory.invite(invited, by=None, now=NOW)
        reset = one_time_links.create(made.people["a lead"].id, LinkKind.RESET, by=None, now=NOW)
        email_change.request_change(made.people["a trainer"], f"moved@{CANARY}.example", now=NOW)
        feed = calendar_feed.open_feed(made.people["a member"], now=NOW)
        made.tokens = [token_of(link), token_of(reset), feed]
    made.secrets |= {CANARY, BORN.isoformat(), "1987, 6, 5", *made.tokens}
    assert db.session.query(Evidence).count() > 10
