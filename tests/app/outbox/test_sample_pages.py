"""The pages on which staff see every notice as it would look."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.outbox import notice
from app.people.models import Person, Role
from tests.conftest import People, SignIn


@pytest.fixture
def admin(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def test_the_page_leads_to_a_sample_of_every_notice(client: FlaskClient, sign_in: SignIn, admin: Person) -> None:
    page = sign_in(client, admin).get("/admin/notices").text
    for kind in notice.kinds:
        assert f'href="/admin/notices/{kind.kind}"' in page, kind.kind
    assert "/admin/notices" in client.get("/admin").text


def test_a_sample_shows_subject_first_line_and_text_and_nobodys_mail(
    client: FlaskClient, sign_in: SignIn, admin: Person
) -> None:
    page = sign_in(client, admin).get("/admin/notices/seat-offered")
    assert "Could you take a shift?" in page.text
    assert "Hello Wren," in page.text
    assert "Tansy," not in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_html_can_do_nothing_but_be_looked_at(client: FlaskClient, sign_in: SignIn, admin: Person) -> None:
    """It stands in a frame of our page: no script, no form, no link out of it, and no other site may frame it."""
    part = sign_in(client, admin).get("/admin/notices/seat-offered/html")
    assert "Could you take a shift?" in part.text
    rules = part.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(rules)
    assert not any(rule.startswith("script-src") for rule in rules)


@pytest.mark.parametrize("path", ["/admin/notices/no-such", "/admin/notices/no-such/html"])
def test_a_kind_that_does_not_exist_is_not_found(
    client: FlaskClient, sign_in: SignIn, admin: Person, path: str
) -> None:
    assert sign_in(client, admin).get(path).status_code == 404


def test_only_administrators_see_the_samples(client: FlaskClient, sign_in: SignIn, people: People) -> None:
    sign_in(client, people.person("Robin", roles=(Role.COORDINATOR, Role.ASSESSOR, Role.LEAD, Role.TRAINER)))
    assert client.get("/admin/notices").status_code == 403
    assert client.get("/admin/notices/seat-offered").status_code == 403
    assert client.get("/admin/notices/seat-offered/html").status_code == 403
