"""First steps: each says its state truly, and what breaks one shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app import db
from app.first_steps import agreements, mail_test
from app.first_steps import overview as first_steps
from app.first_steps.overview import ShownStep, all_steps, overview
from app.first_steps.steps import StepState
from app.health import upkeep
from app.jobs import tasks
from app.outbox import sending
from app.outbox.models import MailCircuitBreaker
from app.people.models import Person, PersonState, Role
from app.people.rights import end_role
from app.policies import documents, versions
from app.refusals import Conflict, NotFound
from app.settings import Settings
from tests.conftest import People, SignIn
from tests.times import NOW

TODAY = NOW.date()


def step(key: str) -> ShownStep:
    """One step as the page shows it now."""
    db.clear_read_cache()
    return next(each for each in overview(NOW).steps if each.step.key == key)


def state(key: str) -> StepState:
    return step(key).standing.state


@pytest.fixture
def merle(people: People) -> Person:
    return people.person("Merle", roles=(Role.ADMIN,))


def test_of_an_empty_organisation_nothing_is_done_and_the_first_step_is_next(merle: Person) -> None:
    found = overview(NOW)
    assert found.done == 0
    assert found.next is not None
    assert found.next.step.key == "organisation"
    assert found.asked == len(found.steps) == len({each.step.key for each in found.steps})


def test_every_step_leads_to_a_page_and_the_page_asks_few_questions(
    app: Flask, client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Merle", roles=tuple(Role)))
    assert {client.get(each.path).status_code for each in all_steps()} == {200}
    page = client.get("/admin/first-steps").text
    assert "0 of 13 done" in page
    for each in all_steps():
        assert each.title in page


def test_who_cannot_do_a_step_is_told_how_to_get_the_role(client: FlaskClient, merle: Person, sign_in: SignIn) -> None:
    sign_in(client, merle)
    page = client.get("/admin/first-steps").text
    assert "Give yourself the role coordinator" in page
    assert f"/people/{merle.id}#roles" in page


def test_a_step_set_aside_no_longer_counts_and_can_be_taken_up_again(merle: Person) -> None:
    with db.writing():
        first_steps.set_aside("on-call", by=merle.id, now=NOW)
        first_steps.set_aside("on-call", by=merle.id, now=NOW)
    assert step("on-call").is_set_aside
    assert overview(NOW).asked == len(all_steps()) - 1
    with db.writing():
        first_steps.take_up("on-call", by=merle.id, now=NOW)
    assert not step("on-call").is_set_aside
    with db.writing(), pytest.raises(NotFound):
        first_steps.set_aside("tea", by=merle.id, now=NOW)


def test_a_second_administrator_counts_from_the_day_they_take_up_the_invitation(merle: Person, people: People) -> None:
    assert state("administrators") is StepState.OPEN
    tansy = people.person("Tansy", roles=(Role.ADMIN,), state=PersonState.INVITED)
    assert state("administrators") is StepState.WAITING
    assert "Tansy has not taken up" in step("administrators").standing.words
    heron = people.person("Heron", roles=(Role.ADMIN,))
    assert step("administrators").standing.words == "Heron and Merle."
    for each in (heron, tansy):
        with db.writing():
            end_role(db.session.get_one(Person, each.id), Role.ADMIN, by=merle, today=TODAY, now=NOW)
    assert state("administrators") is StepState.OPEN


def test_the_test_email_says_what_became_of_it(merle: Person, app: Flask) -> None:
    assert state("e-mail") is StepState.OPEN
    with db.writing():
        mail_test.send(to=merle.id, now=NOW)
    assert state("e-mail") is StepState.WAITING
    with db.writing(), pytest.raises(Conflict):
        mail_test.send(to=merle.id, now=NOW)
    sending.send_due()
    assert "Did the test e-mail arrive?" in step("e-mail").standing.words
    sent = mail_test.newest()
    assert sent is not None
    with db.writing():
        mail_test.confirm(sent.row_id, by=merle.id, now=NOW)
    assert state("e-mail") is StepState.DONE
    with db.writing():
        db.session.execute(
            update(MailCircuitBreaker).values(failing_since=NOW - timedelta(minutes=5), last_error="gaierror")
        )
    assert state("e-mail") is StepState.TROUBLE
    assert "The name of the mail server is not known." in step("e-mail").standing.words


def test_a_policy_that_was_changed_is_to_be_read_again(merle: Person) -> None:
    kind = versions.kind_named("pathway")
    assert state("pathway") is StepState.OPEN
    with db.writing(), pytest.raises(Conflict):
        agreements.agree("pathway", seen="another", by=merle.id, today=TODAY, now=NOW)
    with db.writing():
        agreements.agree("pathway", seen=agreements.hash_on(kind, TODAY), by=merle.id, today=TODAY, now=NOW)
    assert step("pathway").standing.words.startswith("Read and agreed by Merle")
    changed = documents.shipped(kind.schema, kind.default).model_dump(mode="json") | {"name": "Ours"}
    with db.writing():
        documents.write("pathway", changed, holds_from=TODAY, why="Ours", by=merle.id, now=NOW)
    assert state("pathway") is StepState.TROUBLE
    assert state("rota-rules") is StepState.OPEN


def test_a_backup_grows_old(merle: Person) -> None:
    assert state("backup") is StepState.OPEN
    with db.writing():
        upkeep.record(upkeep.Work.BACKUP, now=NOW - timedelta(hours=3))
    assert state("backup") is StepState.DONE
    with db.writing():
        upkeep.record(upkeep.Work.BACKUP, now=NOW - timedelta(hours=25))
    assert state("backup") is StepState.TROUBLE


@pytest.mark.both_databases
def test_a_worker_makes_the_backup_that_was_asked_for_on_a_page(
    app: Flask, client: FlaskClient, merle: Person, sign_in: SignIn, settings_for_tests: Settings
) -> None:
    sign_in(client, merle)
    assert "Make a backup now" in client.get("/admin/backup").text
    client.post("/admin/backup")
    assert state("backup") is StepState.WAITING
    tasks.run_next()
    assert state("backup") is StepState.DONE
    assert settings_for_tests.backups is not None
    [made] = list(settings_for_tests.backups.glob("*.backup"))
    assert made.stat().st_mode & 0o077 == 0


def test_people_count_from_two_besides_administrators(merle: Person, people: People) -> None:
    assert state("people") is StepState.OPEN
    people.person("Wren")
    assert state("people") is StepState.OPEN
    people.person("Sable")
    assert state("people") is StepState.DONE


def test_today_leads_an_administrator_to_the_next_step_and_nobody_else(
    client: FlaskClient, merle: Person, people: People, sign_in: SignIn
) -> None:
    sign_in(client, merle)
    assert "Go on with the first steps" in client.get("/").text
    sign_in(client, people.person("Wren", roles=(Role.COORDINATOR,)))
    assert "first steps" not in client.get("/").text


def test_a_pathway_of_ones_own_that_asks_for_no_safeguarding_on_some_duties_is_pointed_out(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    merle = people.person("Merle", roles=tuple(Role))
    assert "Safeguarding essentials" not in step("pathway").standing.words
    kind = versions.kind_named("pathway")
    own = documents.shipped(kind.schema, kind.default).model_dump(mode="json")
    own["duties"]["lead"]["needs"].remove("safeguarding")
    with db.writing():
        documents.write("pathway", own, holds_from=NOW.date(), why="Ours", by=merle.id, now=NOW)
    words = "“Safeguarding essentials” is not asked for on these duties, which meet young people: lead."
    assert words in step("pathway").standing.words
    sign_in(client, merle)
    page = " ".join(client.get("/admin/policies/pathway").text.split())
    assert words in page
    assert "/admin/policies/pathway/new" in page
