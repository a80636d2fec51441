"""Every notice has a sample, and its words are those that somebody read and approved.

An approved copy is a file of `approved/`: the subject, the line under Messages and on a locked screen, and the text.
After a change of wording, read what is new and approve it:

    APPROVE_NOTICES=1 .venv/bin/pytest -n 0 tests/app/outbox/test_samples.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined

from app.domain import domains
from app.outbox import notice
from app.outbox.lines import line_of
from app.outbox.notice import NoticeKind
from app.outbox.render import render_sample
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.times import NOW

APPROVED = Path(__file__).parent / "approved"
HOW = "Read the change. If it is right: APPROVE_NOTICES=1 .venv/bin/pytest -n 0 tests/app/outbox/test_samples.py"


def copy_of(kind: NoticeKind) -> str:
    """What is approved of a kind."""
    email = render_sample(kind, now=NOW)
    line, body = line_of(email), email.get_body(("plain",))
    assert body is not None
    button = f" [{line.button}]" if line.button else ""
    shown = "\n".join(each.rstrip() for each in body.get_content().strip().splitlines())
    return f"Subject: {line.title}\nLine: {line.words}{button}\n\n{shown}\n"


def test_every_notice_has_a_sample_and_every_sample_is_of_a_notice(app: Flask) -> None:
    for domain in domains:
        declared = [kind.kind for kind in domain.notices]
        sampled = domain.notice_samples(NOW) if domain.notice_samples is not None else {}
        assert sorted(declared) == sorted(sampled), domain.name


def test_the_words_of_every_notice_are_approved(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.jinja_env, "undefined", StrictUndefined)
    copies = {f"{kind.kind}.txt": copy_of(kind) for kind in notice.kinds}
    if os.environ.get("APPROVE_NOTICES"):
        APPROVED.mkdir(exist_ok=True)
        for path in APPROVED.iterdir():
            path.unlink()
        for name, words in copies.items():
            (APPROVED / name).write_text(words, encoding="utf-8")
    approved = {path.name: path.read_text(encoding="utf-8") for path in APPROVED.iterdir()}
    assert sorted(copies) == sorted(approved), HOW
    for name, words in copies.items():
        assert words == approved[name], HOW


def test_no_part_of_a_page_in_html_is_left_empty(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.jinja_env, "undefined", StrictUndefined)
    for kind in notice.kinds:
        html = render_sample(kind, now=NOW).get_body(("html",))
        assert html is not None
        assert "None" not in html.get_content(), kind.kind
        assert "namespace(" not in html.get_content(), f"{kind.kind} shows an object instead of words"


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
