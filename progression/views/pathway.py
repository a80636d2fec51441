"""The pathway as everybody who is signed in may read it: in words, with a drawing of the road."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app.permissions import current_person, signed_in
from progression.branches.joining import branches_of
from progression.labels import requirement_label
from progression.ledger import facts_of_person
from progression.pathway_words import amount_in_words, branches_in_words, drawing_of, stages_in_words
from progression.stages import stage_reached
from progression.standing import pathway_now
from progression.views.blueprint import journey_bp


@journey_bp.get("/pathway")
@signed_in
def pathway() -> ResponseReturnValue:
    person, policy = current_person(), pathway_now(g.now)
    facts = facts_of_person(person.id)
    here = stage_reached(facts, at=g.now)
    inside = [each.code for each in branches_of(facts, policy, person_id=person.id, at=g.now) if each.is_in]
    return render_template(
        "progression/pathway.html",
        pathway=policy,
        here=here,
        inside=inside,
        drawing=drawing_of(policy, here, inside),
        stages=stages_in_words(policy),
        branches=branches_in_words(policy),
        label=lambda need: requirement_label(need, g.now),
        amount=amount_in_words,
    )
