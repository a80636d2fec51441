"""No form works without the token of our own page, and none works by following a link."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

from app.people.models import Role
from tests.conftest import People, SignIn


def _address(rule: Rule, app: Flask) -> str:
    values = {
        name: 1 if "int" in type(converter).__name__.lower() else "x" for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        address = app.url_map.bind("127.0.0.1").build(rule.endpoint, values, method="POST")
    return str(address)


def test_every_form_of_the_application_requires_its_token(app: Flask, people: People, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(app.test_client(), people.person("Heron", roles=tuple(Role)))
    forms = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    assert forms
    for rule in forms:
        for headers in ({}, {"Origin": "https://evil.example"}):
            answer = client.post(_address(rule, app), data={"csrf_token": "made-up"}, headers=headers)
            assert answer.status_code == 400, rule.endpoint
            assert "open for a long time" in answer.text, rule.endpoint
