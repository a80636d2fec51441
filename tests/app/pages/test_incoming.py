"""What every request must keep to: characters, fields and sizes, refused before anything is parsed."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.pages import incoming
from app.people.models import Role
from app.policies import drafts
from tests.conftest import People, SignIn

SIX_MEGABYTES = 6_000_000
FORM = "application/x-www-form-urlencoded"


class Counted(io.RawIOBase):
    """A body that says how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub asks for any buffer
        size = min(len(buffer), self.left)
        buffer[:size] = b"a" * size
        self.left -= size
        self.taken += size
        return size


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/sign-in", FORM),
        ("/sign-in", "multipart/form-data; boundary=x"),
        ("/people/import", "multipart/form-data; boundary=x"),
        ("/admin/policies/pathway/new", FORM),
        ("/no-such-page", FORM),
        ("/help", FORM),
    ],
)
def test_of_a_stranger_a_large_body_is_not_read_at_all(client: FlaskClient, path: str, kind: str) -> None:
    body = Counted(SIX_MEGABYTES)
    sent = {"wsgi.input": body, "CONTENT_LENGTH": str(SIX_MEGABYTES)}
    answer = client.post(path, content_type=kind, environ_overrides=sent)
    assert answer.status_code == {"/no-such-page": 404, "/help": 405}.get(path, 413)
    assert body.taken == 0


def test_of_a_body_without_a_length_no_more_is_read_than_the_limit(client: FlaskClient) -> None:
    body = Counted(SIX_MEGABYTES)
    answer = client.post(
        "/sign-in",
        content_type=FORM,
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
        headers={"Transfer-Encoding": "chunked"},
    )
    assert answer.status_code == 413
    assert body.taken <= incoming.LARGEST_BODY + 2 * io.DEFAULT_BUFFER_SIZE


def test_only_who_may_open_a_page_may_send_it_a_long_text_or_a_file(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    long = {"document": "x" * 2 * incoming.LARGEST_BODY}
    assert client.post("/admin/policies/pathway/new", data=long).status_code == 413
    sign_in(client, people.person("Wren"))
    assert client.post("/admin/policies/pathway/new", data=long).status_code == 413
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    refused = client.post("/admin/policies/pathway/new", data=long)
    assert refused.status_code == 422
    assert f"There is room for {drafts.MAX_TEXT_LENGTH:,} characters." in refused.text
    file = {"file": (io.BytesIO(b"name,email\n" + b"x" * 2 * incoming.LARGEST_BODY), "people.csv"), "check": "y"}
    assert client.post("/people/import", data=file).status_code == 200
    assert client.post("/sign-in", data=long).status_code == 413


def test_more_fields_than_any_form_has_are_refused_before_they_are_read_apart(client: FlaskClient) -> None:
    fields = "&".join("a" for _ in range(incoming.MOST_FIELDS + 2))
    refused = client.post("/sign-in", data=fields, content_type=FORM)
    assert refused.status_code == 400
    assert "The form has more fields than any of ours." in refused.text
    parts = "".join('--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(600)) + "--x--\r\n"
    assert client.post("/sign-in", data=parts, content_type="multipart/form-data; boundary=x").status_code == 413
    assert client.get("/help?" + fields).status_code == 400
    assert client.get("/help?a=" + "b" * 5000).status_code == 400


def test_a_file_where_none_is_taken_is_refused_with_a_sentence(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Tansy", roles=(Role.ADMIN,)))
    for path, name in (("/forgot", "email"), ("/account", "display_name"), ("/people/import", "invite")):
        answer = client.post(path, data={name: (io.BytesIO(b"a"), "a.csv")}, content_type="multipart/form-data")
        assert answer.status_code == 400
        assert "this form takes none" in answer.text


@pytest.mark.both_databases
def test_a_character_that_no_database_keeps_is_refused_with_a_sentence_wherever_it_stands(client: FlaskClient) -> None:
    for answer in (
        client.get("/people?name=%00"),
        client.get("/people?%00=1"),
        client.get("/verify/%00"),
        client.get("/no-such-page/%00"),
        client.post("/sign-in", data={"email": "a\x00@example.org", "password": "x"}),
        client.post("/sign-in", data={"email\x00": "a@example.org", "password": "x"}),
        client.post("/forgot", data={"email": "\x00"}, content_type="multipart/form-data"),
    ):
        assert answer.status_code == 400
        assert "Please type that part again." in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PROPFIND"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
        ("application/json", b'{"email": "\\ud800"}'),
        ("application/x-www-form-urlencoded; charset=utf-7", b"email=+AAA-"),
        ("application/x-www-form-urlencoded", b"email=\xff\xfe&password=%ff%ed%a0%80"),
        ("text/plain", b"\x00"),
        ("\xff", b"x"),
    ],
)
def test_a_body_that_cannot_be_read_is_no_failure(client: FlaskClient, method: str, kind: str, body: bytes) -> None:
    answer = client.open("/sign-in", method=method, data=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 405, 415, 422)


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "9" * 400, "", "+5", "٣"])
def test_a_length_that_is_none_is_no_failure(app: Flask, client: FlaskClient, length: str) -> None:
    answer = client.post("/sign-in", data=b"email=a", content_type=FORM, environ_overrides={"CONTENT_LENGTH": length})
    assert answer.status_code in (400, 413, 422)
