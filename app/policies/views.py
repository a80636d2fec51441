"""The pages on which everybody with an account reads the rules that bind them, in words."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from app.permissions import CorePermission, may, signed_in
from app.policies import documents, in_words, versions

bp = Blueprint("policies", __name__)


@bp.get("/rules")
@signed_in
def index() -> ResponseReturnValue:
    since = {kind.name: documents.in_force_since(kind, g.today) for kind in documents.kinds}
    return render_template("home/rules.html", kinds=list(documents.kinds), since=since)


@bp.get("/rules/<name>")
@signed_in
def show(name: str) -> ResponseReturnValue:
    kind = versions.kind_named(name)
    coming = [
        (first_day, in_words.changes_in_words(before, after))
        for (_, before), (first_day, after) in in_words.pairs_from(kind, g.today)
    ]
    return render_template(
        "home/rules_of_policy.html",
        kind=kind,
        page=in_words.page_on(kind, g.today),
        since=documents.in_force_since(kind, g.today),
        coming=coming,
        may_administer=may(CorePermission.ADMINISTER),
    )
