"""The administrator's page: how the house is, and what happened in it."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app import audit, db
from app.audit import AuditLine
from app.jobs.models import WorkerBeat
from app.outbox.models import OutboxRow
from app.people.directory import names_of
from app.permissions import CorePermission, requires
from app.policies import documents

bp = Blueprint("admin", __name__)

LINES_SHOWN = 50


@bp.get("/admin")
@requires(CorePermission.ADMINISTER)
def index() -> ResponseReturnValue:
    letters = db.session.execute(
        select(OutboxRow.state, func.count().label("how_many")).group_by(OutboxRow.state).order_by(OutboxRow.state)
    )
    lines = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(LINES_SHOWN)).all()
    return render_template(
        "home/admin.html",
        letters={row.state: row.how_many for row in letters},
        workers=db.session.scalars(select(WorkerBeat).order_by(WorkerBeat.beat_at.desc()).limit(5)).all(),
        lines=lines,
        how_many=audit.count_lines(),
        names=names_of({line.by_id for line in lines if line.by_id is not None}),
        policies=[(kind.name, documents.written_since(kind, g.today)) for kind in documents.kinds],
    )
