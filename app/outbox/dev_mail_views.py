"""Pages that show the e-mails written to files. Only in development and tests."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from app import settings
from app.outbox.mail_transports import mail_folder
from app.permissions import public
from app.refusals import NotFound

bp = Blueprint("mail", __name__)

EMAIL_NAME = re.compile(r"[0-9a-f-]{36}")
EMAILS_SHOWN = 200


def _parse(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)


@bp.get("/dev/mail")
@public
def index() -> ResponseReturnValue:
    folder = mail_folder(settings.current().mail_url)
    files = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    emails = [(path.stem, _parse(path)) for path in files[:EMAILS_SHOWN]]
    return render_template("mail/index.html", emails=emails)


@bp.get("/dev/mail/<name>")
@public
def show(name: str) -> ResponseReturnValue:
    email = _email(name)
    body = email.get_body(("plain",))
    return render_template("mail/show.html", name=name, email=email, body=body.get_content() if body else "")


@bp.get("/dev/mail/<name>/html")
@public
def show_html(name: str) -> ResponseReturnValue:
    body = _email(name).get_body(("html",))
    response = make_response(body.get_content() if body else "")
    # HTML e-mails need inline styles. This page alone allows them; scripts stay forbidden.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return response


def _email(name: str) -> EmailMessage:
    path = mail_folder(settings.current().mail_url) / f"{name}.eml"
    if not EMAIL_NAME.fullmatch(name) or not path.exists():
        raise NotFound("There is no such e-mail.")
    return _parse(path)
