"""What was made by mistake can be unmade: a rota is deleted before it is published, and withdrawn afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db
from app.jobs import tasks
from app.jobs.models import Task
from app.people.models import Role
from app.refusals import Conflict, NotFound
from progression.duties import Duty
from rota.planning import drafts, new_rota, proposals, removing_rotas
from rota.scheduling.cover_pattern import Need
from rota.shifts import calendar_feed, claims_and_drops
from rota.store.models import Assignment, Draft, Rota, RotaVersion, Seat, Shift, VersionKind
from rota.store.seats import get_rota
from tests.conftest import People, SignIn
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.rota.emails import newest_email, queued
from tests.times import NOW

pytestmark = pytest.mark.both_databases

TWO = (Need(Duty.MODERATOR, 1, 2, 2),)


def withdraw(rota: Rota, crew: Crew) -> RotaVersion:
    with db.writing():
        return removing_rotas.withdraw_rota(rota.id, by=crew.assessor.id, now=NOW)


def test_a_rota_that_was_never_published_is_deleted_with_all_that_it_has(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    channel = crew.evenings()
    rota = crew.rota(channel)
    crew.give(rota, seats(rota)[0], wren)
    with db.writing():
        drafts.clear(rota, seats(rota)[0].id, by=crew.assessor.id, now=NOW)
    with db.writing():
        removing_rotas.delete_rota(rota.id, by=crew.assessor.id, now=NOW)
    for model in (Rota, Draft, Shift, Seat):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert len(seats(crew.rota(channel))) == 2, "the days are free again"


def test_a_proposal_for_a_rota_that_is_deleted_meanwhile_ends_without_harm(crew: Crew) -> None:
    rota = crew.rota(crew.evenings())
    with db.writing():
        task_id = proposals.ask(rota, by=None, now=NOW).id
    with db.writing():
        removing_rotas.delete_rota(rota.id, by=crew.assessor.id, now=NOW)
    tasks.run_next()
    db.session.rollback()
    task = db.session.get_one(Task, task_id)
    assert task.is_over
    assert "no such rota" in (task.error or "") or "deleted" in (task.error or "")


def test_a_published_rota_is_not_deleted(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, _ = crew.published(wren)
    with pytest.raises(removing_rotas.IsPublished), db.writing():
        removing_rotas.delete_rota(rota.id, by=crew.assessor.id, now=NOW)


def test_a_withdrawn_rota_takes_its_shifts_back_and_tells_each_person_once(crew: Crew) -> None:
    wren, fern = crew.moderator("Wren"), crew.moderator("Fern")
    crew.always_can(wren, fern)
    channel = crew.evenings("Board", *TWO)
    rota = crew.rota(channel)
    for seat, person in zip(seats(rota), (wren, fern, wren, fern), strict=True):
        crew.give(rota, seat, person)
    crew.publish(rota)
    version = withdraw(rota, crew)
    assert (version.number, version.kind) == (2, VersionKind.WITHDRAWN)
    assert [row.person_id for row in queued("rota-withdrawn")] == [wren.id, fern.id]
    subject, text, html = newest_email("rota-withdrawn", wren.id)
    assert subject == "These shifts are no longer yours: Week"
    for body in (text, html):
        assert "22 Feb" in body
        assert "23 Feb" in body
    assert seats(rota) == []
    held = select(func.count()).select_from(Assignment).where(Assignment.ended_at.is_(None))
    assert db.session.scalar(held) == 0
    feed = calendar_feed.render(wren, now=NOW).body.decode()
    assert feed.count("STATUS:CANCELLED") == 2
    again = crew.rota(channel, title="Again")
    assert len(seats(again)) == 4
    with pytest.raises(NotFound, match="withdrawn"):
        get_rota(rota.id)
    with pytest.raises(NotFound, match="withdrawn"):
        withdraw(rota, crew)


def test_a_rota_of_which_somebody_has_worked_a_shift_is_not_withdrawn(crew: Crew) -> None:
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    rota, first = crew.published(wren)
    with pytest.raises(removing_rotas.HasBegun), db.writing():
        removing_rotas.withdraw_rota(rota.id, by=crew.assessor.id, now=first.starts_at)
    with db.writing():
        claims_and_drops.drop(first.assignment_id or 0, wren, now=NOW)
    with db.writing():
        removing_rotas.withdraw_rota(rota.id, by=crew.assessor.id, now=first.starts_at)


def test_a_rota_that_was_never_published_is_not_withdrawn(crew: Crew) -> None:
    with pytest.raises(Conflict, match="never published"):
        withdraw(crew.rota(crew.evenings()), crew)


def test_a_coordinator_unmakes_both_by_the_pages(
    client: FlaskClient, crew: Crew, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    wren = crew.moderator("Wren")
    crew.always_can(wren)
    published, _ = crew.published(wren)
    drafted = crew.rota(crew.evenings("Chat"), title="By mistake", starts_on=MONDAY + timedelta(weeks=40))
    page = client.get("/rota").text
    assert f"/rota/{drafted.id}/delete" in page
    assert "Delete this rota" in client.get(f"/rota/{drafted.id}/delete").text
    assert "The rota is deleted" in client.post(f"/rota/{drafted.id}/delete", follow_redirects=True).text
    asked = client.get(f"/rota/{published.id}/withdraw").text
    assert "1 person loses shifts by it, and is told by e-mail" in " ".join(asked.split())
    page = client.post(f"/rota/{published.id}/withdraw", follow_redirects=True).text
    assert "Everybody who had a shift on it is being told." in page
    assert "There is no rota yet" in page
    assert client.get(f"/rota/{published.id}").status_code == 404
    assert new_rota.next_free_period([1, 2], LONDON, today=NOW.date())[0] == MONDAY
