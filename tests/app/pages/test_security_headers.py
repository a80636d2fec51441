"""Security headers on every response."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app import settings


@pytest.mark.parametrize("address", ["/sign-in", "/support", "/help", "/privacy", "/accessibility", "/no-such-page"])
def test_a_public_page_has_security_headers_and_no_inline_code(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    assert "Support for me" in answer.text


def test_over_https_browsers_get_hsts(client: FlaskClient) -> None:
    before = settings.current()
    settings.use(replace(before, public_url="https://rota.example.org"))
    assert client.get("/help").headers["Strict-Transport-Security"].startswith("max-age=31536000")
    settings.use(before)


def test_the_policy_is_exactly_this(client: FlaskClient) -> None:
    """Every word of it: a page that may be framed, or a form that may be sent elsewhere, looks the same."""
    headers = client.get("/help").headers
    assert headers["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
