"""Who may give a role, by whatever way: one check, asked by all of them."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import audit, db
from app.audit import AuditLine
from app.people import corrections, csv_import, directory, one_time_links, rights, suspending
from app.people.corrections import Correction, Details
from app.people.directory import NewPerson
from app.people.models import (
    LinkKind,
    OneTimeLink,
    Person,
    PersonPrivate,
    PersonState,
    Role,
    RoleGrant,
    SignedInSession,
    Suspension,
)
from app.refusals import Conflict, NotAllowed, Refusal
from tests.conftest import PASSWORD, People, SignIn
from tests.times import NOW, TODAY

Way = Callable[[Person, Person], None]
FILE = b"display_name,email,roles\nNew,mine@example.org,admin\n"


def add_with_a_role(by: Person, about: Person) -> None:
    directory.add(NewPerson("New", "mine@example.org", roles=(Role.ADMIN,)), by=by, today=TODAY, now=NOW)


def import_with_a_role(by: Person, about: Person) -> None:
    csv_import.add_people(csv_import.read(FILE, today=TODAY), invite=True, by=by, today=TODAY, now=NOW)


def give_a_role(by: Person, about: Person) -> None:
    rights.grant_role(about, Role.COORDINATOR, by=by, today=TODAY, now=NOW)


def end_a_role(by: Person, about: Person) -> None:
    rights.end_role(about, Role.LEAD, by=by, today=TODAY, now=NOW)


def correct_the_address(by: Person, about: Person) -> None:
    private = db.session.get_one(PersonPrivate, about.id)
    details = Details(private.legal_name, private.born_on, "mine@example.org")
    corrections.correct(about.id, Correction(details, "A slip.", seen=0), by=by, today=TODAY, now=NOW)


def open_the_account_again(by: Person, about: Person) -> None:
    about.state = PersonState.SUSPENDED
    rights.reinstate(about, by=by, now=NOW)


WAYS: dict[str, Way] = {
    "adding somebody with a role": add_with_a_role,
    "importing a file with a role": import_with_a_role,
    "giving a role": give_a_role,
    "ending a role": end_a_role,
    "sending the invitation of somebody with a role to another address": correct_the_address,
    "opening the account of somebody with a role again": open_the_account_again,
}
"""Every way to a role, or away from one."""

ALL_BUT_ADMINISTRATORS = (Role.COORDINATOR, Role.ASSESSOR, Role.TRAINER, Role.LEAD)


def state_of_rights() -> list[tuple[object, ...]]:
    db.session.rollback()
    people = db.session.execute(
        select(Person.display_name, Person.state, PersonPrivate.email, RoleGrant.role, RoleGrant.ends_on)
        .join(PersonPrivate, PersonPrivate.person_id == Person.id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .order_by(Person.id, RoleGrant.id)
    )
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (OneTimeLink, AuditLine)]
    return [tuple(row) for row in people] + [tuple(counts)]


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_no_way_to_a_role_is_open_to_anybody_who_may_not_give_it(people: People, way: Way) -> None:
    everything_else, nothing = people.person(roles=ALL_BUT_ADMINISTRATORS), people.person()
    about = people.person("Heron", roles=(Role.LEAD,), state=PersonState.INVITED)
    before = state_of_rights()
    for by in (everything_else, nothing):
        with pytest.raises(NotAllowed, match="Only people who may give roles"), db.writing():
            way(db.session.get_one(Person, by.id), db.session.get_one(Person, about.id))
        assert state_of_rights() == before


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_every_way_to_a_role_is_open_to_an_administrator(people: People, way: Way) -> None:
    by = people.person(roles=(Role.ADMIN,))
    about = people.person("Heron", roles=(Role.LEAD,), state=PersonState.INVITED)
    before = state_of_rights()
    with db.writing():
        way(db.session.get_one(Person, by.id), db.session.get_one(Person, about.id))
    assert state_of_rights() != before


def test_an_address_without_a_role_may_be_corrected_by_an_assessor_and_one_with_a_coming_role_may_not(
    people: People,
) -> None:
    assessor = people.person(roles=(Role.ASSESSOR,))
    plain, later = people.person(state=PersonState.INVITED), people.person(state=PersonState.INVITED)
    with db.writing():
        starts = TODAY + timedelta(days=30)
        db.session.add(RoleGrant(person_id=later.id, role=Role.ADMIN, starts_on=starts, granted_at=NOW))
        audit.record("people.role-granted", by=None, subject=f"person:{later.id}", now=NOW, details={"role": "admin"})
    with pytest.raises(NotAllowed), db.writing():
        correct_the_address(assessor, db.session.get_one(Person, later.id))
    with db.writing():
        correct_the_address(assessor, db.session.get_one(Person, plain.id))


def test_a_file_with_roles_is_refused_at_the_check_already_with_the_reason(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person(roles=ALL_BUT_ADMINISTRATORS))
    for button in ("check", "take"):
        answer = client.post("/people/import", data={"file": (io.BytesIO(FILE), "p.csv"), button: "1"})
        assert "act as admin. Only people who may give roles can do it: ask an administrator." in answer.text
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1


def test_the_only_administrator_stays_one(people: People) -> None:
    admin, left = people.person(roles=(Role.ADMIN,)), people.person(roles=(Role.ADMIN,))
    with db.writing():
        rights.suspend(db.session.get_one(Person, left.id), by=admin, now=NOW)
    # The one who is suspended acts in a transaction that had begun before.
    with pytest.raises(Conflict, match="the only administrator left"), db.writing():
        rights.end_role(admin, Role.ADMIN, by=left, today=TODAY, now=NOW)
    with pytest.raises(Conflict, match="the only administrator left"), db.writing():
        rights.suspend(admin, by=left, now=NOW)


@pytest.mark.both_databases
def test_of_two_administrators_who_end_each_other_at_once_one_remains(app: Flask, people: People) -> None:
    ids = [people.person(roles=(Role.ADMIN,)).id for _ in range(2)]
    outcomes, together = list[str](), threading.Barrier(2)

    def act(by_id: int, about_id: int) -> None:
        with app.app_context():
            together.wait()
            try:
                with db.writing():
                    by, about = (db.session.get_one(Person, each) for each in (by_id, about_id))
                    rights.end_role(about, Role.ADMIN, by=by, today=TODAY, now=NOW)
                outcomes.append("ended")
            except Refusal:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=pair) for pair in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "refused"]


def test_staff_are_never_shown_the_link_of_somebody_else(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    """A one-time link opens an account, so it goes to its own address and to no page."""
    about = people.person("Heron", roles=(Role.ADMIN,), state=PersonState.INVITED)
    sign_in(client, people.person(roles=tuple(Role)))
    pages = [
        client.post(f"/people/{about.id}/invite", follow_redirects=True),
        client.get(f"/people/{about.id}"),
        client.post(f"/people/{about.id}/private"),
    ]
    with db.writing():
        reset = one_time_links.create(about.id, LinkKind.RESET, by=None, now=NOW)
    pages.append(client.post(f"/people/{about.id}/private"))
    nonces = db.session.scalars(select(OneTimeLink.nonce)).all()
    assert reset.nonce in nonces
    assert [nonce for nonce in nonces for page in pages if nonce in page.text] == []


def test_suspending_asks_why_and_is_confirmed_first(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    """The seats that it would free are shown in tests/rota/shifts/test_releasing.py."""
    wren = people.person("Wren", password=PASSWORD)
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    path = f"/people/{wren.id}/suspend"
    assert "Say why. Another administrator has to understand it later." in client.post(path).text
    asked = client.post(path, data={"reason": "They shared a member’s name."})
    assert "Not suspended yet: what would follow" in asked.text
    assert "It frees no shift." in asked.text
    other = client.post(path, data={"reason": "They shared a name.", "agreed": "0" * 64, "agree": "1"})
    assert "This is not what you agreed to a moment ago." in other.text
    db.session.rollback()
    assert db.session.get_one(Person, wren.id).state == PersonState.ACTIVE
    with pytest.raises(suspending.ConfirmationRequired) as required, db.writing():
        suspending.suspend(wren, "Why", agreed=None, by=people_by_name("Tansy"), now=NOW)
    data = {"reason": "They shared a name.", "agreed": required.value.consequences.mark, "agree": "1"}
    done = client.post(path, data=data, follow_redirects=True)
    assert "Suspended by Tansy" in done.text
    assert "“They shared a name.”" in done.text
    assert db.session.get_one(Person, wren.id, populate_existing=True).state == PersonState.SUSPENDED
    assert db.session.scalar(select(func.count()).select_from(Suspension)) == 1
    assert client.post(f"/people/{wren.id}/reinstate").status_code == 302
    assert db.session.get_one(Person, wren.id, populate_existing=True).state == PersonState.ACTIVE
    open_rows = select(SignedInSession).where(SignedInSession.person_id == wren.id, SignedInSession.ended_at.is_(None))
    assert not db.session.scalars(open_rows).all()


def people_by_name(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.display_name == name)).one()
