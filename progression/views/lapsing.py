"""What lapses in the coming weeks, for those who can renew it."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from app import audit, db
from app.pages import asked
from app.permissions import current_person, requires
from progression.lapsing import weeks_ahead
from progression.lapsing.weeks_ahead import Order, Who
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import sign_offs_bp


@sign_offs_bp.get("/lapsing")
@requires(May.RECORD)
def what_lapses() -> ResponseReturnValue:
    words = asked.words("who")
    who = Who(words) if words in set(Who) else Who.ALL
    order = Order.NAME if asked.words("order") == Order.NAME else Order.DAY
    page = weeks_ahead.page_ahead(g.now, who=who, order=order, number=asked.whole_number("page") or 1)
    return render_template("progression/lapsing.html", found=page, who=who, order=order, weeks=weeks_ahead.WEEKS)


@sign_offs_bp.get("/lapsing.csv")
@requires(May.RECORD)
def what_lapses_as_table() -> ResponseReturnValue:
    table = weeks_ahead.table_ahead(g.now)
    by = current_person().id
    db.session.rollback()
    with db.writing():
        audit.record("progression.lapses-exported", by=by, subject="lapse_list:0", now=g.now)
    headers = {"Content-Disposition": f'attachment; filename="lapsing-{g.today.isoformat()}.csv"'}
    return Response(table, mimetype="text/csv", headers=headers)
