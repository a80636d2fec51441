"""Every route declares its audience, and the declarations are the agreed ones."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from app.pages.converters import WholeNumber
from app.permissions import audience_of
from app.settings import Settings
from tests.architecture.audience import AGREED_AUDIENCE
from wsgi import create_app

READS = {"GET", "HEAD", "OPTIONS"}


def test_every_route_has_the_audience_that_was_agreed(app: Flask) -> None:
    declared = {name: audience_of(view) for name, view in app.view_functions.items() if name != "static"}
    assert declared == AGREED_AUDIENCE


def test_a_visitor_who_is_not_signed_in_is_asked_to_sign_in_and_nothing_else(app: Flask) -> None:
    """Every route that is not public, tried by a stranger."""
    stranger = app.test_client()
    seen = {}
    for rule in app.url_map.iter_rules():
        if AGREED_AUDIENCE.get(rule.endpoint, "public") == "public":
            continue
        values = {
            name: 1 if isinstance(converter, WholeNumber) else "x" for name, converter in rule._converters.items()
        }
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = stranger.open(address, method=method)
            seen[f"{method} {rule.endpoint}"] = (answer.status_code, answer.headers.get("Location", "")[:8])
    assert {what: how for what, how in seen.items() if how != (302, "/sign-in")} == {}
    assert seen


def test_emails_and_the_kit_are_shown_only_outside_production(settings_for_tests: Settings) -> None:
    production = replace(settings_for_tests, env="production", public_url="https://rota.example.org")
    endpoints = create_app(production).view_functions
    assert [name for name in endpoints if name.startswith(("mail.", "kit."))] == []
