"""The test client: a browser's part in a form's token, and a look at every form that a page shows."""

from __future__ import annotations

import hashlib
import re
from contextlib import nullcontext
from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import db
from app.pages.form_tokens import FIELD, FLASK_WTF_SALT, SAFE_METHODS, token_of_session
from app.people.models import SignedInSession
from app.people.request_session import cookie_name

FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
TOKEN = re.compile(rf'name="[\w-]*{FIELD}"[^>]*\bvalue="([^"]+)"')


class Client(FlaskClient):
    """Sends the token of its session with every form, as a page would, and fails on a page with a form that has none.

    The token is drawn as the application draws it, because rendering a page for it would double the time of a test.
    `send_tokens` False sends only what the test gives.
    """

    send_tokens = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if self.send_tokens and kwargs.get("method", "GET") not in SAFE_METHODS:
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self.token()}
        if has_app_context():
            # Flask-WTF keeps these for one request; a test's requests share one application context.
            for kept in (FIELD, "csrf_valid"):
                g.pop(kept, None)
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and not answer.is_streamed:
            without = [form[:200] for form in FORM.findall(answer.text) if not TOKEN.search(form)]
            assert not without, f"a form without its token on {answer.request.path}: {without}"
        return answer

    def token(self) -> str:
        """The token that a page would carry now."""
        cookie = self.get_cookie(cookie_name())
        with nullcontext() if has_app_context() else self.application.app_context():
            person_id = _person_id_of(cookie.value) if cookie else None
        if cookie and person_id:
            token = token_of_session(person_id, cookie.value)
        else:
            token = "of-a-visitor"
            with self.session_transaction() as kept:
                kept[FIELD] = token
        return str(URLSafeTimedSerializer(self.application.secret_key or "", salt=FLASK_WTF_SALT).dumps(token))


def without_tokens(page: str) -> str:
    """A page without its tokens, which differ from second to second, for comparing two pages."""
    return TOKEN.sub("", page)


def _person_id_of(session_token: str) -> int | None:
    hashed = hashlib.sha256(session_token.encode()).hexdigest()
    return db.session.scalars(
        select(SignedInSession.person_id).where(SignedInSession.token_hash == hashed)
    ).one_or_none()
