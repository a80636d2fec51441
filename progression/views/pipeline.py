"""How people move along the pathway, for those who see stages."""

from __future__ import annotations

from flask import Response, g, render_template
from flask.typing import ResponseReturnValue

from app.pages import asked
from app.permissions import requires
from progression import pipeline_page
from progression.permissions import ProgressionPermission as May
from progression.pipeline import in_words
from progression.views.blueprint import sign_offs_bp


def _months() -> int:
    months = asked.whole_number("months")
    return months if months in pipeline_page.MONTHS else pipeline_page.MONTHS[0]


@sign_offs_bp.get("/pipeline")
@requires(May.SEE_STANDING)
def pipeline() -> ResponseReturnValue:
    found = pipeline_page.pipeline_of(g.now, months=_months())
    return render_template(
        "progression/pipeline.html",
        found=found,
        helped=pipeline_page.help_of_months(g.now, months=_months()),
        months=_months(),
        choices=pipeline_page.MONTHS,
        in_words=in_words,
    )


@sign_offs_bp.get("/pipeline.csv")
@requires(May.SEE_STANDING)
def pipeline_as_table() -> ResponseReturnValue:
    table = pipeline_page.table_of(pipeline_page.pipeline_of(g.now, months=_months()))
    headers = {"Content-Disposition": f'attachment; filename="pipeline-{g.today.isoformat()}.csv"'}
    return Response(table, mimetype="text/csv", headers=headers)
