"""The letters that were carried to files, readable in a browser. Only in development and tests."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from app import settings
from app.permissions import public
from app.refusals import NotFound

bp = Blueprint("mail", __name__)

LETTER_NAME = re.compile(r"[0-9a-f-]{36}")


def _folder() -> Path:
    return Path(settings.current().mail_url.removeprefix("file:").removeprefix("//"))


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)


@bp.get("/dev/mail")
@public
def index() -> ResponseReturnValue:
    files = sorted(_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    letters = [(path.stem, _read(path)) for path in files[:200]]
    return render_template("mail/index.html", letters=letters)


@bp.get("/dev/mail/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    letter = _letter(name)
    body = letter.get_body(("plain",))
    return render_template("mail/show.html", name=name, letter=letter, body=body.get_content() if body else "")


@bp.get("/dev/mail/<name>/html")
@public
def show_html(name: str) -> ResponseReturnValue:
    body = _letter(name).get_body(("html",))
    answer = make_response(body.get_content() if body else "")
    # Letters style themselves inline, as mail must; here alone that is let through, and scripts never.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return answer


def _letter(name: str) -> EmailMessage:
    path = _folder() / f"{name}.eml"
    if not LETTER_NAME.fullmatch(name) or not path.exists():
        raise NotFound("There is no such letter.")
    return _read(path)
