"""What somebody would like: kinds of shifts, and people to be beside. Their own page; nobody else opens it."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, signed_in
from rota.planning.channels import open_channels
from rota.shifts import my_shifts
from rota.store import wishes as wishes_store
from rota.views.asked_forms import PartnerForm, WishForm
from rota.views.blueprint import bp


@bp.get("/shifts/wishes")
@signed_in
def wishes() -> ResponseReturnValue:
    return _page()


@bp.post("/shifts/wishes")
@signed_in
def add_wish() -> ResponseReturnValue:
    person = current_person()
    person_id, zone = person.id, my_shifts.zone_of(person)
    form = WishForm.among(_channels(), prefix="wish")

    def add() -> Done:
        wishes_store.add_wish(person_id, **form.values(), zone=zone, now=clock.now())
        return Done("Your wish is saved.", url_for("rota.wishes"))

    return save_form(form, add) or _page(wish=form)


@bp.post("/shifts/wishes/<int:wish_id>/remove")
@signed_in
def remove_wish(wish_id: int) -> ResponseReturnValue:
    with db.writing():
        wishes_store.remove_wish(current_person().id, wish_id, now=clock.now())
    flash("That wish is taken away.")
    return redirect(url_for("rota.wishes"))


@bp.post("/shifts/wishes/people")
@signed_in
def add_partner() -> ResponseReturnValue:
    person_id = current_person().id
    form = PartnerForm.among(wishes_store.possible_partners(person_id), prefix="partner")

    def add() -> Done:
        wishes_store.add_partner(person_id, form.partner.data, now=clock.now())
        return Done("Your wish is saved. Nobody else sees whom you named.", url_for("rota.wishes"))

    return save_form(form, add) or _page(partner=form)


@bp.post("/shifts/wishes/people/<int:person_id>/remove")
@signed_in
def remove_partner(person_id: int) -> ResponseReturnValue:
    with db.writing():
        wishes_store.remove_partner(current_person().id, person_id, now=clock.now())
    flash("That wish is taken away.")
    return redirect(url_for("rota.wishes"))


def _page(*, wish: WishForm | None = None, partner: PartnerForm | None = None) -> ResponseReturnValue:
    person = current_person()
    kept, named = wishes_store.wishes_of(person.id), wishes_store.partners_of(person.id)
    possible = {n: name for n, name in wishes_store.possible_partners(person.id).items() if n not in named}
    fresh = wish or WishForm.among(_channels(), prefix="wish", formdata=None)
    return render_form(
        "rota/wishes.html",
        form=wish or partner or fresh,
        wish_form=fresh,
        partner_form=partner or PartnerForm.among(possible, prefix="partner", formdata=None),
        wishes=[(row, wishes_store.in_words(row, channel)) for row, channel in kept],
        partners=named,
        may_name=bool(possible) or partner is not None,
        zone=my_shifts.zone_of(person),
    )


def _channels() -> dict[int, str]:
    return {channel.id: channel.name for channel in open_channels(g.today)}
