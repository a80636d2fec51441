"""Invitations to people who came in with a list, in waves; one welcome e-mail each."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import audit, db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from app.people.models import OneTimeLink, Person, PersonState, Role
from app.people.one_time_links import token_of
from app.refusals import Conflict, PageOutOfDate
from app.takeover import invitations
from app.takeover.invitations import Arrived
from tests.app.takeover.lists import batch_of, brought, taken_in
from tests.conftest import People
from tests.times import NOW

LATER = NOW.replace(hour=21)


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def people_of(batch_id: int) -> list[Arrived]:
    return invitations.arrived(batch_of(batch_id), NOW)


def invite(batch_id: int, by: Person, *names: str, seen: str | None = None, now: datetime = NOW) -> int:
    found = people_of(batch_id)
    ids = [each.person_id for each in found if each.name in names]
    with db.writing():
        return invitations.invite(batch_id, ids, seen=seen or invitations.mark_of(found), by=by, now=now)


def queued() -> list[OutboxRow]:
    return list(db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


@pytest.mark.both_databases
def test_a_wave_sends_one_welcome_to_each_and_the_others_wait(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    assert invitations.waiting_by_batch([batch_id]) == {batch_id: 2}
    assert invite(batch_id, tansy, "Plover") == 1
    assert [(each.name, each.invited_at, each.is_waiting) for each in people_of(batch_id)] == [
        ("Plover", NOW, False),
        ("Yarrow", None, True),
    ]
    assert [row.kind for row in queued()] == ["welcomed"]
    assert invitations.waiting_by_batch([batch_id]) == {batch_id: 1}


@pytest.mark.both_databases
def test_a_form_sent_twice_sends_nothing_twice(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    seen = invitations.mark_of(people_of(batch_id))
    invite(batch_id, tansy, "Plover", seen=seen)
    with pytest.raises(PageOutOfDate):
        invite(batch_id, tansy, "Plover", seen=seen)
    assert len(queued()) == 1


def test_pressed_again_for_somebody_it_is_sent_again_with_another_link(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    invite(batch_id, tansy, "Plover")
    invite(batch_id, tansy, "Plover", now=LATER)
    assert len(queued()) == 2
    first, second = db.session.scalars(select(OneTimeLink).order_by(OneTimeLink.id))
    assert (first.used_at is not None, second.used_at) == (True, None)
    assert not from_row(queued()[0].kind, queued()[0].facts).still_wanted(first.person_id, LATER)


def test_one_press_sends_only_so_many_and_the_others_wait_for_the_next(
    app: Flask, tansy: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "LARGEST_WAVE", 1)
    batch_id = taken_in(tansy)
    assert invite(batch_id, tansy, "Plover", "Yarrow") == 1
    assert [each.name for each in people_of(batch_id) if each.is_waiting] == ["Yarrow"]


def test_nobody_who_has_an_open_account_is_invited(app: Flask, tansy: Person, people: People) -> None:
    people.person("Wren", email="wren@example.org")
    batch_id = taken_in(tansy)
    with db.writing():
        for each in db.session.scalars(select(Person).where(Person.display_name == "Plover")):
            each.state = PersonState.ACTIVE
            audit.record("people.invitation-taken", by=None, subject=f"person:{each.id}", now=NOW)
    with pytest.raises(Conflict, match="Nobody was chosen"):
        invite(batch_id, tansy, "Plover", "Wren")


def test_people_of_a_list_that_is_not_taken_in_are_not_invited(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    with pytest.raises(Conflict), db.writing():
        invitations.invite(batch_id, [tansy.id], seen="", by=tansy, now=NOW)


def test_a_wave_is_everybody_who_waits_or_a_stage_of_them_or_single_people() -> None:
    def person(number: int, stage: str, invited_at: datetime | None = None) -> Arrived:
        return Arrived(number, f"P{number}", number, True, stage, invited_at, True, ())

    people = [person(1, "peer"), person(2, "volunteer"), person(3, "volunteer", NOW)]
    assert invitations.of_wave(people, "all", single=()) == [1, 2]
    assert invitations.of_wave(people, "stage:volunteer", single=()) == [2]
    assert invitations.of_wave(people, "single", single=[3, 99]) == [3]
    assert invitations.of_wave(people, "no such", single=[1]) == []


def test_the_welcome_has_the_link_and_what_came_in_in_both_forms(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    invite(batch_id, tansy, "Plover")
    [row] = queued()
    email = render_email(row, from_row(row.kind, row.facts), now=NOW)
    token = token_of(db.session.scalars(select(OneTimeLink)).one())
    plain, html = (part.get_content() for part in email.iter_parts())
    for body in (plain, html):
        assert token in body
        assert "The role lead" in body
        assert "Tansy" in body
    assert email["To"] == "plover@example.org"
