"""The words with which pages say whom to ask."""

from __future__ import annotations

from flask import Flask, g, has_request_context

from app.people.models import Role
from app.people.whom_to_ask import ONE_OF, names_by_role, words_for


def whom_to_ask(role: str) -> str:
    """“a coordinator (Tansy or Sable)”; without names for readers who have no account, and in e-mails."""
    if not has_request_context() or g.get("person") is None:
        return ONE_OF[Role(role)]
    return words_for(role, names_by_role(g.today)[Role(role)])


def install(app: Flask) -> None:
    """Give the templates the words."""
    app.jinja_env.globals["whom_to_ask"] = whom_to_ask
