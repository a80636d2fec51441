"""The administrator's start page: deliveries, health, policies and what happened last."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from app import audit
from app.domain import domains
from app.health import watching
from app.outbox import queue
from app.people.directory import names_of
from app.permissions import CorePermission, requires
from app.policies import documents
from app.trail import wording

bp = Blueprint("admin", __name__)

LINES_SHOWN = 8


@bp.get("/admin")
@requires(CorePermission.ADMINISTER)
def index() -> ResponseReturnValue:
    lines = audit.latest_lines(LINES_SHOWN)
    return render_template(
        "home/admin.html",
        deliveries=queue.count_by_state(),
        found=watching.known(g.now),
        lines=wording.in_words(lines, with_reasons=False),
        how_many=audit.count_lines(),
        names=names_of({line.by_id for line in lines if line.by_id is not None}),
        links=[link for domain in domains for link in domain.admin_links],
        policies=[(kind, documents.in_force_since(kind, g.today)) for kind in documents.kinds],
    )
