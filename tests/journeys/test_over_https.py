"""Over TLS, behind a front server, with the settings of production: the pages that send no `Referer` too.

The front server ends TLS and says so in `X-Forwarded-Proto`, as docs/operations.md asks of one.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from app import clock, db
from app.people import directory, email_change, one_time_links
from app.people.directory import NewPerson
from app.people.models import LinkKind, OneTimeLink, Person, Role
from app.settings import Settings
from tests.conftest import PASSWORD
from tests.journeys import browser as real
from wsgi import create_app

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Front:
    """A served application, and the address of the front server before it."""

    address: str
    app: Any


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for localhost, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


@pytest.fixture
def front(settings_for_tests: Settings, tmp_path: Path) -> Iterator[Front]:
    """The application in production settings behind a front server with TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(tmp_path))
    behind: list[Any] = []

    def forward(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What a front server adds, over a connection without TLS."""
        environ |= {
            "wsgi.url_scheme": "http",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_X_FORWARDED_FOR": environ["REMOTE_ADDR"],
        }
        answer: Iterable[bytes] = behind[0](environ, start_response)
        return answer

    server = make_server("localhost", 0, forward, threaded=True, ssl_context=context)
    address = f"https://localhost:{server.server_port}"
    app = create_app(replace(settings_for_tests, env="production", public_url=address))
    behind.append(app)
    thread = threading.Thread(target=server.serve_forever, name="front server")
    thread.start()
    with app.app_context():
        yield Front(address, app)
        db.session.remove()
        db.extension.engine.dispose()
    server.shutdown()
    thread.join()
    server.server_close()


def send(page: Page, button: str) -> None:
    """Press the button of a form."""
    real.press(page.get_by_role("button", name=button).first)


def link_of(person_id: int, kind: LinkKind) -> str:
    with db.writing():
        return one_time_links.token_of(one_time_links.create(person_id, kind, by=None, now=clock.now()))


def test_a_person_chooses_a_password_resets_it_and_changes_an_address_over_https(
    front: Front, chromium: Browser
) -> None:
    now = clock.now()
    with db.writing():
        new = NewPerson("Tansy", "tansy@example.org", roles=(Role.ADMIN,))
        tansy = directory.add(new, by=None, today=now.date(), now=now)
        welcome = one_time_links.token_of(directory.invite(tansy, by=None, now=now))
    person_id = tansy.id
    window = chromium.new_context(ignore_https_errors=True, locale="en-GB")
    page = window.new_page()
    sent: list[str | None] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.header_value("origin"))

    page.on("request", note)

    page.goto(f"{front.address}/welcome/{welcome}")
    page.get_by_label("New password").fill(PASSWORD)
    send(page, "Save and sign in")
    expect(page.get_by_text("Welcome, Tansy.")).to_be_visible()
    assert sent == ["null"], "a page without Referer sends no origin either"
    cookies = {cookie["name"]: cookie for cookie in window.cookies()}
    assert set(cookies) == {"__Host-nightlight", "__Host-nightlight-device", "__Host-nightlight-page"}
    assert all(cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies.values())

    page.goto(f"{front.address}/account")
    page.get_by_label("Telephone").fill("07700 900123")
    send(page, "Save")
    expect(page.get_by_text("Your account is saved.")).to_be_visible()
    send(page, "Sign out")
    assert sent[1:] == [front.address, front.address]

    page.goto(f"{front.address}/reset/{link_of(person_id, LinkKind.RESET)}")
    page.get_by_label("New password").fill("seven slow brown herons")
    send(page, "Save and sign in")
    expect(page.get_by_text("Your new password is saved.")).to_be_visible()

    with db.writing():
        email_change.request_change(db.session.get_one(Person, person_id), "new@example.org", now=clock.now())
    newest = db.session.scalars(select(OneTimeLink).order_by(OneTimeLink.id.desc()).limit(1)).one()
    page.goto(f"{front.address}/account/address/{one_time_links.token_of(newest)}")
    send(page, "Use this address")
    expect(page.get_by_text("From now on you sign in with new@example.org")).to_be_visible()
    send(page, "Sign out")

    real.sign_in(page, front.address, "new@example.org", "seven slow brown herons")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tansy")
    window.close()
