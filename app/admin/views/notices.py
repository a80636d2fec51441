"""The pages that show every notice as it would look, from samples in which nobody is real."""

from __future__ import annotations

from email.message import EmailMessage

from flask import abort, g, make_response, render_template
from flask.typing import ResponseReturnValue

from app.admin.views.overview import bp
from app.domain import domains
from app.outbox import samples
from app.outbox.lines import line_of
from app.outbox.notice import NoticeKind, kinds
from app.outbox.render import render_sample
from app.outbox.table import TITLES, how
from app.pages.security_headers import CONTENT_POLICY
from app.permissions import CorePermission, requires

# An e-mail has its styles inside. No script runs in it, no link leads anywhere, and only a page of ours may frame it.
IN_A_FRAME = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@bp.get("/admin/notices")
@requires(CorePermission.ADMINISTER)
def notices() -> ResponseReturnValue:
    groups = [(TITLES[domain.name], domain.notices) for domain in domains if domain.notices]
    return render_template("home/notices.html", groups=groups, how=how)


@bp.get("/admin/notices/<kind>")
@requires(CorePermission.ADMINISTER)
def notice(kind: str) -> ResponseReturnValue:
    found = _kind(kind)
    email = render_sample(found, now=g.now)
    response = make_response(
        render_template(
            "home/notice.html",
            kind=found,
            line=line_of(email),
            text=_part(email, "plain"),
            how=how(found),
            reader=samples.READER,
            readers_zone=samples.READERS_ZONE,
        )
    )
    response.headers["Content-Security-Policy"] = f"{CONTENT_POLICY}; frame-src 'self'"
    return response


@bp.get("/admin/notices/<kind>/html")
@requires(CorePermission.ADMINISTER)
def notice_as_html(kind: str) -> ResponseReturnValue:
    response = make_response(_part(render_sample(_kind(kind), now=g.now), "html"))
    response.headers["Content-Security-Policy"] = IN_A_FRAME
    return response


def _kind(name: str) -> NoticeKind:
    found = next((each for each in kinds if each.kind == name), None)
    if found is None:
        abort(404)
    return found


def _part(email: EmailMessage, subtype: str) -> str:
    body = email.get_body((subtype,))
    return str(body.get_content()) if body is not None else ""
