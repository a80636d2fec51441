"""Unmaking a rota: the page that says what it would come to, and doing it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.permissions import current_person, requires
from rota.permissions import RotaPermission
from rota.planning import removing_rotas
from rota.store.seats import get_rota
from rota.views.blueprint import bp


@bp.get("/rota/<int:rota_id>/delete")
@requires(RotaPermission.PLAN)
def ask_to_delete(rota_id: int) -> ResponseReturnValue:
    return _page(rota_id)


@bp.post("/rota/<int:rota_id>/delete")
@requires(RotaPermission.PLAN)
def delete_rota(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        removing_rotas.delete_rota(rota_id, by=current_person().id, now=clock.now())
    flash("The rota is deleted. Nobody had been told of it.")
    return redirect(url_for("rota.index"))


@bp.get("/rota/<int:rota_id>/withdraw")
@requires(RotaPermission.PUBLISH)
def ask_to_withdraw(rota_id: int) -> ResponseReturnValue:
    return _page(rota_id)


@bp.post("/rota/<int:rota_id>/withdraw")
@requires(RotaPermission.PUBLISH)
def withdraw_rota(rota_id: int) -> ResponseReturnValue:
    with db.writing():
        removing_rotas.withdraw_rota(rota_id, by=current_person().id, now=clock.now())
    flash("The rota is withdrawn. Everybody who had a shift on it is being told.")
    return redirect(url_for("rota.index"))


def _page(rota_id: int) -> ResponseReturnValue:
    rota = get_rota(rota_id)
    return render_template("rota/remove.html", rota=rota, removal=removing_rotas.removal_of(rota, now=g.now))
