"""News: reading them, saying so, and writing them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, requires, signed_in
from progression.listening import news, pulses
from progression.listening.forms import NewsForm
from progression.permissions import ProgressionPermission as May
from progression.views.blueprint import news_bp


@news_bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    person = current_person()
    return render_template(
        "progression/listening/news.html",
        news=news.news_for(person.id, now=g.now),
        waiting=pulses.waiting_for(person.id, now=g.now),
        may_announce=may(May.ANNOUNCE),
    )


@news_bp.get("/new")
@news_bp.post("/new")
@requires(May.ANNOUNCE)
def announce() -> ResponseReturnValue:
    form = NewsForm()

    def save() -> Done:
        made = news.announce(form.news(), by=current_person(), now=clock.now())
        return Done("It is on the page. E-mails go out in a quarter of an hour.", url_for(".show", news_id=made.id))

    return save_form(form, save) or render_form("progression/listening/new_news.html", form=form)


@news_bp.get("/<int:news_id>")
@signed_in
def show(news_id: int) -> ResponseReturnValue:
    may_announce = may(May.ANNOUNCE)
    seen = news.one_for(current_person().id, news_id, now=g.now, may_see_all=may_announce)
    return render_template(
        "progression/listening/one_of_the_news.html",
        seen=seen,
        who=news.who_read(seen.news, g.now) if may_announce else None,
    )


@news_bp.post("/<int:news_id>/read")
@signed_in
def mark_read(news_id: int) -> ResponseReturnValue:
    with db.writing():
        news.mark_read(current_person(), news_id, now=clock.now())
    return redirect(url_for(".index"))


@news_bp.post("/<int:news_id>/take-down")
@requires(May.ANNOUNCE)
def take_down(news_id: int) -> ResponseReturnValue:
    with db.writing():
        news.take_down(news_id, by=current_person(), now=clock.now())
    flash("Taken down. E-mails that had not gone out are not sent.")
    return redirect(url_for(".index"))
