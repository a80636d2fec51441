"""The health checks for programs, the page about health for administrators, and the page during an upgrade."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, migrating, settings
from app.health import host, upkeep, watching
from app.health.glance import Glance
from app.jobs import heartbeats
from app.pages import errors
from app.permissions import CorePermission, public, requires
from app.policies import versions

bp = Blueprint("health", __name__)

RETRY_AFTER = 30  # seconds until a browser or a monitor may look again
ANSWERED_DURING_UPGRADE = ("static", "health.live", "health.ready")
WORKERS_SHOWN = 5


@bp.get("/health/live")
@public
def live() -> ResponseReturnValue:
    return jsonify(status="alive")


@bp.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    """Whether the database answers, its schema is ours and a worker runs; 503 when not."""
    try:
        schema = migrating.schema()
        running = schema is migrating.Schema.CURRENT and heartbeats.is_any_worker_running(clock.now())
    except SQLAlchemyError:
        db.session.rollback()
        return _not_ready("the database does not answer", database="does not answer", worker="unknown")
    if schema is not migrating.Schema.CURRENT:
        return _not_ready("the database is being upgraded", database=schema.name.lower(), worker="unknown")
    if not running:
        return _not_ready("no worker is running", database="answers", worker="late")
    return jsonify(status="ready", database="answers", worker="running")


def _not_ready(status: str, **parts: str) -> ResponseReturnValue:
    return make_response(jsonify(status=status, **parts), 503)


@bp.get("/admin/health")
@requires(CorePermission.ADMINISTER)
def show() -> ResponseReturnValue:
    current = settings.current()
    return render_template(
        "home/health.html",
        found=watching.known(g.now),
        left_out=versions.what_is_left_out(g.today, g.now),
        workers=heartbeats.latest(watching.SHOWN_WORKERS)[:WORKERS_SHOWN],
        last_backup=upkeep.last(upkeep.Work.BACKUP),
        last_restore=upkeep.last(upkeep.Work.RESTORE),
        free=host.least_free(current),
        database="PostgreSQL" if current.sqlite_file is None else "SQLite",
        migration=migrating.revisions()[-1],
        heartbeat=bool(current.heartbeat_url),
    )


def refuse_during_upgrade() -> ResponseReturnValue | None:
    """Answer every page with 503 while the database is not the one this code was written for."""
    if request.endpoint in ANSWERED_DURING_UPGRADE or glance_of(current_app).is_written_for_us():
        return None
    response = make_response(errors.being_upgraded(), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def glance_of(app: Flask) -> Glance:
    """What this process knows of its installation."""
    glance: Glance = app.extensions["nightlight_glance"]
    return glance


def install(app: Flask) -> None:
    """Give the application its health pages."""
    app.extensions["nightlight_glance"] = Glance(app.config["SQLALCHEMY_DATABASE_URI"])
    app.before_request(refuse_during_upgrade)
    app.register_blueprint(bp)
