"""The whole road behind the reader, how much they would like to give, and words of thanks: for its own person alone."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.people.models import Person
from app.permissions import CorePermission, current_person, may, signed_in
from progression.road import commitment, thanks
from progression.road.commitment import Level
from progression.road.forms import CommitmentForm, ThanksForm
from progression.road.timeline import road_of
from progression.views.blueprint import journey_bp


@journey_bp.get("/all")
@signed_in
def road() -> ResponseReturnValue:
    return render_template("progression/road.html", road=road_of(current_person(), g.now))


@journey_bp.get("/commitment")
@journey_bp.post("/commitment")
@signed_in
def how_much() -> ResponseReturnValue:
    person_id = current_person().id
    chosen, stage = commitment.chosen_of(person_id, g.now), commitment.stage_of(person_id, g.now)
    form, asked_now = CommitmentForm(level=chosen.level.value if chosen else None), commitment.asked_at(stage, g.now)
    if asked_now is not None:
        form.offer(asked_now)

    def save() -> Done:
        level = Level(form.level.data)
        commitment.choose(db.session.get_one(Person, person_id), level, now=clock.now())
        words = f"{level.words.capitalize()} it is, from now on. Change it whenever you like."
        return Done(words, url_for(".how_much"))

    if saved := save_form(form, save):
        return saved
    return render_form("progression/how_much.html", form=form, asked=asked_now, chosen=chosen, stage=stage)


@journey_bp.get("/thanks")
@journey_bp.post("/thanks")
@signed_in
def say_thanks() -> ResponseReturnValue:
    by_id, sees_people = current_person().id, may(CorePermission.SEE_PEOPLE)
    form = ThanksForm(to=asked.whole_number("to"))
    form.offer(thanks.whom_to_thank(current_person(), g.now, sees_people=sees_people, to=form.to.data))

    def write() -> Done:
        by = db.session.get_one(Person, by_id)
        thanks.thank(by, form.to.data, form.text.data or "", sees_people=sees_people, now=clock.now())
        return Done("Thank you for saying it. They get one e-mail.", url_for(".say_thanks"))

    if saved := save_form(form, write):
        return saved
    return render_form("progression/thanks.html", form=form, written=thanks.thanks_by(by_id))


@journey_bp.post("/thanks/<int:thanks_id>/take-away")
@signed_in
def take_away_thanks(thanks_id: int) -> ResponseReturnValue:
    with db.writing():
        thanks.take_away(thanks_id, current_person().id, now=clock.now())
    flash("Taken away. Neither of you sees it any more.")
    return redirect(url_for(".road"))
