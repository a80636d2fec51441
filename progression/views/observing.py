"""Writing down what was seen on a shift, and reading and answering what others wrote."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.people.directory import find
from app.permissions import current_person, signed_in
from progression import replies
from progression.evidence_overview import overview_of
from progression.fact_kinds import FactKind
from progression.forms import ReplyForm
from progression.ledger import facts_of_person
from progression.observing import on_shift
from progression.observing.forms import on_shift_form
from progression.observing.observation_forms import Mark, forms_now
from progression.views.blueprint import journey_bp, sign_offs_bp


@sign_offs_bp.get("/<int:person_id>/shifts/<int:seat_id>")
@sign_offs_bp.post("/<int:person_id>/shifts/<int:seat_id>")
@signed_in
def observe(person_id: int, seat_id: int) -> ResponseReturnValue:
    by = current_person()
    found = on_shift.observable(seat_id, person_id, by, g.now)
    about, form = find(person_id), on_shift_form(found.form)

    def record() -> Done:
        marks, note = form.marks(found.form), form.note.data or ""
        made = on_shift.record_on_shift(
            about, seat_id, marks, note=note, by=by, now=clock.now(), once=form.once_by(by.id)
        )
        counts = "" if on_shift.counts_for_a_step(made.as_fact()) else " It does not count for a step."
        return Done(
            f"Thank you. What you saw is recorded for {about.display_name}, who can read it.{counts}",
            url_for("rota.shifts"),
        )

    return save_form(form, record) or render_form(
        "progression/observe.html",
        form=form,
        about=about,
        found=found,
        marks=tuple(Mark),
        limits=on_shift.limits_of(found, about, by, g.now),
        still_to_be_seen=on_shift.still_to_be_seen(facts_of_person(about.id), forms_now(g.now)),
    )


@journey_bp.get("/records/<int:evidence_id>")
@journey_bp.post("/records/<int:evidence_id>")
@signed_in
def record(evidence_id: int) -> ResponseReturnValue:
    me, form = current_person(), ReplyForm()
    kept = replies.record_for(evidence_id, me)

    def reply() -> Done:
        replies.reply(me, evidence_id, form.words.data or "", now=clock.now())
        return Done("Sent. Your answer stays beside the record.", url_for(".record", evidence_id=evidence_id))

    answered = save_form(form, reply)
    if answered is not None:
        return answered
    line = overview_of(kept.person_id, g.now).line(evidence_id)
    if line.note is not None and line.note.reply and not form.words.data:
        form.words.data = line.note.reply
    return render_form(
        "progression/answer.html",
        form=form,
        line=line,
        about=find(kept.person_id),
        is_own=kept.person_id == me.id,
        is_decision=kept.kind != FactKind.OBSERVED,
    )


@journey_bp.post("/records/<int:evidence_id>/take-back")
@signed_in
def take_answer_back(evidence_id: int) -> ResponseReturnValue:
    with db.writing():
        replies.take_back(current_person(), evidence_id, now=clock.now())
    flash("Your answer is deleted.")
    return redirect(url_for(".record", evidence_id=evidence_id))
