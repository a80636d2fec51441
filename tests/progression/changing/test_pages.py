"""The pages on which the pathway is changed: a working copy, small forms, what it would do, and keeping it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import db
from app.people.models import Person, Role
from app.policies import documents
from progression.changing import copies
from progression.duties import Duty
from progression.pathway import SHIPPED as FILE
from progression.pathway import Pathway
from tests.conftest import People, SignIn
from tests.page_fields import hidden
from tests.rota.crew import Crew
from tests.times import NOW, TODAY

AGE = {"age": "21", "title": "", "how": "This one comes by itself.", "source": "Ours."}
FROM_TODAY = {
    "holds_from": [str(TODAY.day), str(TODAY.month), str(TODAY.year)],
    "why": "Hosts are grown up.",
}


@pytest.fixture
def admin(people: People, client: FlaskClient, sign_in: SignIn) -> Person:
    person = people.person("Sable", roles=(Role.ADMIN,))
    sign_in(client, person)
    return person


def post(client: FlaskClient, address: str, values: Mapping[str, object], *, seen: int | None = None) -> TestResponse:
    copy = copies.present()
    revision = copy.revision if copy else 0
    db.session.rollback()
    return client.post(
        f"/admin/pathway{address}", data={"seen": str(seen or revision), **values}, follow_redirects=True
    )


def working_copy() -> Pathway:
    db.session.rollback()
    return copies.shown().pathway


def text_of(page: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_a_requirement_is_added_seen_by_whom_it_touches_and_kept_from_a_day(
    admin: Person, people: People, client: FlaskClient
) -> None:
    Crew(people).peer("Robin", born_on=NOW.date().replace(year=NOW.year - 20))
    assert "/admin/pathway" in client.get("/admin/policies/pathway").text
    post(client, "/begin", {})
    page = client.get("/admin/pathway/at/duty-host/add").text
    assert "/admin/pathway/at/duty-host/add/age" in page
    assert "/admin/pathway/at/duty-host/add/practical" not in page  # no course here has one
    form = client.get("/admin/pathway/at/duty-host/add/age").text
    assert 'name="age"' in form
    assert 'name="level"' not in form
    added = post(client, "/at/duty-host/add/age", AGE)
    assert "Asked for in the working copy." in added.text
    assert documents.on(Pathway, TODAY).needs_of_duty(Duty.HOST)[-1].evidence != "age:21"
    looked = post_preview(client)
    said = text_of(looked)
    assert "On shifts as host: what it asks for" in said
    assert "1 person loses the duty host" in said
    assert "Robin" in said
    kept = client.post(
        "/admin/pathway/preview",
        data={
            **FROM_TODAY,
            **{name: hidden(looked.text, name) for name in ("seen", "compared", "revision")},
            "keep": "Keep this version",
        },
        follow_redirects=True,
    )
    assert "The version is kept." in kept.text
    db.session.rollback()
    assert copies.present() is None
    assert documents.on(Pathway, TODAY).needs_of_duty(Duty.HOST)[-1].evidence == "age:21"


def post_preview(client: FlaskClient) -> TestResponse:
    opened = client.get("/admin/pathway/preview").text
    return client.post(
        "/admin/pathway/preview",
        data={
            **FROM_TODAY,
            **{name: hidden(opened, name) for name in ("seen", "revision")},
            "compare": "See who gains or loses what",
        },
    )


def test_what_was_typed_stays_with_its_fault_beside_its_field(admin: Person, client: FlaskClient) -> None:
    post(client, "/begin", {})
    page = post(client, "/at/duty-host/add/age", {**AGE, "age": "hundred", "how": ""})
    assert page.status_code == 422
    assert "hundred" in page.text
    assert "Say in a sentence how people get it." in page.text
    page = post(client, "/at/duty-host/add/observed", {**AGE, "what": "shift", "times": "1", "shifts_since": "20"})
    assert "Say for how many days an observation counts at most." in page.text
    again = {"what": "shift", "times": "1", "again_days": "180", "shifts_since": "20", "grace_days": "3"}
    page = post(client, "/at/duty-host/add/observed", {**AGE, **again})
    assert "kept for at least 14 days" in page.text
    assert working_copy() == documents.shipped(Pathway, FILE)


def test_of_two_who_change_it_at_once_the_second_is_told_and_loses_nothing(
    admin: Person, people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    post(client, "/begin", {})
    post(client, "/at/duty-host/add/age", AGE, seen=1)
    late = post(client, "/general", {**GENERAL, "name": "Our road"}, seen=1)
    assert late.status_code == 409
    assert "Sable changed the pathway while this page was open" in late.text
    assert "Our road" in late.text
    assert working_copy().name != "Our road"
    assert hidden(late.text, "seen") == "2"
    saved = post(client, "/general", {**GENERAL, "name": "Our road"}, seen=2)
    assert "Saved in the working copy." in saved.text
    both = working_copy()
    assert both.name == "Our road"
    assert any(need.evidence == "age:21" for need in both.requirements.values())
    pressed = post(client, "/at/step-peer/take-out/welcome-talk", {}, seen=1)
    assert "changed the pathway while this page was open" in pressed.text
    assert "welcome-talk" in working_copy().requirements


GENERAL = {
    "name": "The pathway",
    "lapses_soon_days": "60",
    "check_again_after_months": "24",
    "check_again_source": "Ours, as our insurer asks.",
}


def test_a_version_that_somebody_kept_from_a_file_meanwhile_is_shown_before_anything_is_kept(
    admin: Person, client: FlaskClient
) -> None:
    post(client, "/begin", {})
    post(client, "/general", GENERAL)
    looked = post_preview(client)
    document = documents.shipped(Pathway, FILE).model_dump(mode="json")
    with db.writing():
        documents.write(
            "pathway", {**document, "lapses_soon_days": 30}, holds_from=TODAY, why="Sooner.", by=None, now=NOW
        )
    assert "Another version of the pathway was kept" in client.get("/admin/pathway").text
    fields = {name: hidden(looked.text, name) for name in ("seen", "compared", "revision")}
    late = client.post("/admin/pathway/preview", data={**FROM_TODAY, **fields, "keep": "Keep this version"})
    assert "Somebody else wrote a version while this page was open" in late.text
    assert copies.present() is not None
    assert "Shown as about to lapse within, in days" in text_of(late)  # it would put 60 back


def test_removing_changing_and_letting_go(admin: Person, client: FlaskClient) -> None:
    post(client, "/begin", {})
    post(client, "/at/step-peer/take-out/welcome-talk", {})
    assert "welcome-talk" not in working_copy().requirements
    post(client, "/at/step-staff", {"signers": "2"})
    post(client, "/at/duty-lead", {"from_stage": "staff"})
    branch = {
        "title": "A placement",
        "what": "A term with us.",
        "from_stage": "peer",
        "signers": "2",
        "source": "Ours.",
    }
    post(client, "/branches/add", branch)
    post(client, "/at/branch-a-placement", {**branch, "signers": "1"})
    changed = working_copy()
    assert (changed.signers_of_step(next(iter(changed.signing))), changed.branches["a-placement"].signers) == (2, 1)
    post(client, "/at/branch-a-placement/add", {"known": "conflict"})
    assert working_copy().branches["a-placement"].needs == ("conflict",)
    post(client, "/branches/a-placement/remove", {})
    post(client, "/asked/conflict", {"what": "conflict", "title": "", "how": "Take it.", "source": "Ours."})
    assert working_copy().requirements["conflict"].how == "Take it."
    post(client, "/let-go", {})
    assert copies.present() is None
    assert client.get("/admin/pathway/preview").status_code == 404


def test_nobody_else_opens_it(people: People, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    assert client.get("/admin/pathway").status_code == 403
    assert client.post("/admin/pathway/begin").status_code == 403
