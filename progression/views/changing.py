"""Changing the pathway in its working copy: one small form for each step. What it would do is in `changing_kept`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # its stubs are a version behind

from app import clock, db
from app.pages.forms import Done, render_form, save_form
from app.permissions import CorePermission, current_person, requires
from app.policies import documents, versions
from app.refusals import Conflict, Invalid, NotFound
from progression.changing import copies, editing
from progression.changing.choices import choices_for, kinds_offered, name_of
from progression.changing.copies import ChangedMeanwhile, Copy
from progression.changing.forms import (
    BranchForm,
    CopyForm,
    DutyForm,
    GeneralForm,
    KnownForm,
    NeedForm,
    StepForm,
    fields_shown,
    form_of_need,
)
from progression.changing.kinds import WHAT, Asks, asks_of, requirement_of, values_in
from progression.changing.places import (
    Place,
    PlaceKind,
    begins_at,
    codes_at,
    needs_at,
    place_called,
    places_of,
    signers_at,
    who_asks,
)
from progression.changing.words import differences, opening_in_words, rule_in_words
from progression.duties import Duty
from progression.labels import requirement_label
from progression.pathway import Branch, Pathway, Requirement
from progression.stages import Stage
from progression.views.blueprint import pathway_bp

Edit = Callable[[Pathway], Pathway]


def _title(need: Requirement) -> str:
    return requirement_label(need, g.now).title


@pathway_bp.get("")
@requires(CorePermission.WRITE_POLICY)
def index() -> ResponseReturnValue:
    kind, copy = versions.kind_named(copies.PATHWAY), copies.present()
    policy = copy.pathway if copy else documents.on(Pathway, versions.last_first_day(kind, g.today))
    places = [(place, opening_in_words(policy, place), needs_at(policy, place)) for place in places_of(policy)]
    before = documents.on(Pathway, versions.last_first_day(kind, g.today))
    return render_template(
        "progression/changing/index.html",
        copy=copy,
        policy=policy,
        places=places,
        title=_title,
        rule=lambda need: rule_in_words(need, policy),
        changed=len(differences(before, policy, _title)) if copy else 0,
        is_behind=copy is not None and copy.based_on != versions.latest_id(kind),
    )


@pathway_bp.post("/begin")
@requires(CorePermission.WRITE_POLICY)
def begin() -> ResponseReturnValue:
    with db.writing():
        copies.begin(by=current_person(), today=g.today, now=clock.now())
    return redirect(url_for(".index"))


@pathway_bp.post("/let-go")
@requires(CorePermission.WRITE_POLICY)
def let_go() -> ResponseReturnValue:
    def go(seen: int) -> str:
        copies.let_go(seen=seen, by=current_person(), now=clock.now())
        return "The changes are let go. The pathway stays as it is."

    return _pressed(go)


@pathway_bp.post("/at/<place>/take-out/<code>")
@requires(CorePermission.WRITE_POLICY)
def take_out(place: str, code: str) -> ResponseReturnValue:
    def edit(pathway: Pathway) -> Pathway:
        return editing.take_out(pathway, place_called(pathway, place), code)

    return _pressed(_changed(edit, "Taken out. It counts once the changes are kept as a version."), anchor=place)


@pathway_bp.post("/branches/<code>/remove")
@requires(CorePermission.WRITE_POLICY)
def remove_branch(code: str) -> ResponseReturnValue:
    def edit(pathway: Pathway) -> Pathway:
        if code not in pathway.branches:
            raise NotFound("The pathway has no such branch any more.")
        return editing.remove_branch(pathway, code)

    return _pressed(_changed(edit, "The branch is taken out. It counts once the changes are kept as a version."))


def _changed(edit: Edit, message: str) -> Callable[[int], str]:
    def change(seen: int) -> str:
        copies.change(edit, seen=seen, by=current_person(), now=clock.now())
        return message

    return change


def _pressed(act: Callable[[int], str], anchor: str | None = None) -> ResponseReturnValue:
    """Do what a button without fields stands for, and say on the page of the copy what came of it."""
    form = CopyForm()
    try:
        with db.writing():
            done = act(form.revision_seen if form.validate() else 0)
        flash(done)
    except (Conflict, Invalid) as refusal:
        flash(" ".join(refusal.sentences), "warning")
    return redirect(url_for(".index", _anchor=anchor))


def _save(form: CopyForm, edit: Edit, done: Callable[[Pathway], Done]) -> ResponseReturnValue | None:
    """Change the copy as a form says. After somebody else's change, the same form can be sent again."""
    overtaken = False

    def change() -> Done:
        nonlocal overtaken
        try:
            copy = copies.change(edit, seen=form.revision_seen, by=current_person(), now=clock.now())
        except ChangedMeanwhile:
            overtaken = True
            raise
        return done(copy.pathway)

    saved = save_form(form, change)
    if overtaken:
        form.seen.data = str(copies.shown().revision)
    return saved


def _to_index(message: str, anchor: str | None = None) -> Callable[[Pathway], Done]:
    return lambda _pathway: Done(message, url_for(".index", _anchor=anchor))


@pathway_bp.get("/asked/<code>")
@pathway_bp.post("/asked/<code>")
@requires(CorePermission.WRITE_POLICY)
def change_need(code: str) -> ResponseReturnValue:
    copy = copies.shown()
    need = copy.pathway.requirements.get(code)
    if need is None:
        raise NotFound("The pathway asks for nothing of that name any more.")
    asks = asks_of(need)
    choices = choices_for(asks, copy.pathway, need, g.now)
    form = form_of_need(asks, choices, {**values_in(need), "seen": str(copy.revision)}, is_new=False)

    def edit(pathway: Pathway) -> Pathway:
        before = pathway.requirements.get(code)
        return editing.change(pathway, code, _need_typed(form, asks, pathway, before))

    saved = _save(form, edit, _to_index("Saved in the working copy.", who_asks(copy.pathway, code)[0].code))
    return saved or _need_page(form, asks, copy, None, need, who_asks(copy.pathway, code))


@pathway_bp.get("/at/<place>/add")
@pathway_bp.post("/at/<place>/add")
@requires(CorePermission.WRITE_POLICY)
def add(place: str) -> ResponseReturnValue:
    copy = copies.shown()
    at = place_called(copy.pathway, place)
    form = KnownForm(seen=str(copy.revision))
    known = [(code, need) for code, need in copy.pathway.requirements.items() if code not in codes_at(copy.pathway, at)]
    form.known.choices = [SelectChoice(code, _title(need)) for code, need in known]

    def edit(pathway: Pathway) -> Pathway:
        return editing.add_known(pathway, place_called(pathway, place), form.known.data or "")

    return _save(form, edit, _to_index("Asked for in the working copy.", place)) or render_form(
        "progression/changing/add.html", form=form, at=at, kinds=kinds_offered(copy.pathway, g.now)
    )


@pathway_bp.get("/at/<place>/add/<kind>")
@pathway_bp.post("/at/<place>/add/<kind>")
@requires(CorePermission.WRITE_POLICY)
def add_need(place: str, kind: str) -> ResponseReturnValue:
    copy = copies.shown()
    at, asks = place_called(copy.pathway, place), next((each for each in Asks if each.value == kind), None)
    if asks is None or asks not in kinds_offered(copy.pathway, g.now):
        raise NotFound("There is no such kind of requirement here.")
    begins = {"title": asks.about.title, "how": asks.about.how, "source": "Ours.", "times": 1, "seen": copy.revision}
    form = form_of_need(asks, choices_for(asks, copy.pathway, None, g.now), begins, is_new=True)

    def edit(pathway: Pathway) -> Pathway:
        return editing.add(pathway, place_called(pathway, place), _need_typed(form, asks, pathway, None))

    saved = _save(form, edit, _to_index("Asked for in the working copy.", place))
    return saved or _need_page(form, asks, copy, at, None, [at])


def _need_typed(form: NeedForm, asks: Asks | None, pathway: Pathway, before: Requirement | None) -> Requirement:
    values = form.values()
    if asks is not None and not (values["title"] or "").strip():
        values["title"] = name_of(asks, values, pathway, g.now) or (before.title if before else "")
    if not (values["title"] or "").strip():
        raise Invalid("Say in a few words what it is.", field="title")
    if values.get("shifts_since") and not values.get("again_days"):
        raise Invalid("Say for how many days an observation counts at most.", field="again_days")
    branch = pathway.branches.get(str(values.get(WHAT)))
    return requirement_of(asks, values, before, signers=branch.signers if branch else 1, now=clock.now())


def _need_page(
    form: NeedForm, asks: Asks | None, copy: Copy, at: Place | None, need: Requirement | None, places: list[Place]
) -> ResponseReturnValue:
    return render_form(
        "progression/changing/need.html",
        form=form,
        fields=fields_shown(form, asks),
        asks=asks,
        at=at,
        need=need,
        places=places,
        title=_title(need) if need else "",
        rule=rule_in_words(need, copy.pathway) if need else "",
    )


@pathway_bp.get("/at/<place>")
@pathway_bp.post("/at/<place>")
@requires(CorePermission.WRITE_POLICY)
def change_place(place: str) -> ResponseReturnValue:
    copy = copies.shown()
    at = place_called(copy.pathway, place)
    if at.kind is PlaceKind.BRANCH:
        return _branch_page(copy, at.key, copy.pathway.branches[at.key])
    seen = str(copy.revision)
    form: StepForm | DutyForm
    if at.kind is PlaceKind.STEP:
        step = form = StepForm(signers=signers_at(copy.pathway, at), seen=seen)

        def edit(pathway: Pathway) -> Pathway:
            return editing.sign_step(pathway, Stage(at.key), step.signers.data or 1)
    else:
        duty = form = DutyForm(from_stage=begins_at(copy.pathway, at), seen=seen)

        def edit(pathway: Pathway) -> Pathway:
            return editing.open_duty(pathway, Duty(at.key), Stage(duty.from_stage.data))

    field = "signers" if at.kind is PlaceKind.STEP else "from_stage"
    return _save(form, edit, _to_index("Saved in the working copy.", place)) or render_form(
        "progression/changing/place.html", form=form, heading=at.title, fields=[form[field]]
    )


@pathway_bp.get("/branches/add")
@pathway_bp.post("/branches/add")
@requires(CorePermission.WRITE_POLICY)
def add_branch() -> ResponseReturnValue:
    return _branch_page(copies.shown(), None, None)


def _branch_page(copy: Copy, code: str | None, branch: Branch | None) -> ResponseReturnValue:
    begins: dict[str, Any] = branch.model_dump(mode="json") if branch else {"signers": 1, "source": "Ours."}
    form = BranchForm(data={**begins, "seen": str(copy.revision)})
    names = ("title", "what", "from_stage", "signers", "source")
    put = code

    def edit(pathway: Pathway) -> Pathway:
        nonlocal put
        needs = pathway.branches[code].needs if code in pathway.branches else ()
        typed = Branch.model_validate({**{name: form[name].data for name in names}, "needs": needs})
        after, put = editing.put_branch(pathway, code, typed)
        return after

    def done(_pathway: Pathway) -> Done:
        return Done("Saved in the working copy.", url_for(".index", _anchor=f"branch-{put}"))

    return _save(form, edit, done) or render_form(
        "progression/changing/place.html",
        form=form,
        heading=branch.title if branch else "A new branch",
        fields=[form[name] for name in names],
    )


@pathway_bp.get("/general")
@pathway_bp.post("/general")
@requires(CorePermission.WRITE_POLICY)
def general() -> ResponseReturnValue:
    copy = copies.shown()
    names = ("name", "lapses_soon_days", "check_again_after_months", "check_again_source")
    held = {name: getattr(copy.pathway, name) for name in names}
    form = GeneralForm(data={**held, "seen": str(copy.revision)})

    def edit(pathway: Pathway) -> Pathway:
        return editing.change_general(pathway, {name: form[name].data for name in names})

    return _save(form, edit, _to_index("Saved in the working copy.")) or render_form(
        "progression/changing/place.html",
        form=form,
        heading="What holds for all of it",
        fields=[form[name] for name in names],
    )
