"""Special days of channels: closures, events and bank holidays; and what rotas that are made gain and lose by them."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, db, settings
from app.organisation import in_force
from app.pages import asked
from app.pages.forms import Done, render_form, save_form
from app.permissions import current_person, may, requires
from app.refusals import Invalid, PageOutOfDate
from rota.forms import PatternSpanForm
from rota.permissions import RotaPermission
from rota.planning import bank_holidays, rota_differences
from rota.planning import channels as planning_channels
from rota.planning import special_days as planning_special_days
from rota.scheduling.special_days import SpecialKind
from rota.store.models import Channel
from rota.store.special_days import rows_from
from rota.views.blueprint import bp
from rota.views.forms import BankHolidayForm, SpecialDayForm


@bp.get("/rota/special-days")
@bp.post("/rota/special-days")
@requires(RotaPermission.PLAN)
def special_days() -> ResponseReturnValue:
    channels = planning_channels.open_channels(g.today)
    form = SpecialDayForm.of(channels)
    by = current_person().id

    def add_it() -> Done:
        in_force.hold_zone_still()
        chosen = [each for each in channels if form.channel.data in (0, each.id)]
        day, reason, now = form.on(), form.reason.data or "", clock.now()
        if form.kind.data == SpecialKind.EVENT:
            entry = planning_special_days.plan_event(form.one(chosen), day, reason, by=by, now=now)
            return Done(
                "The day has its own shifts now. They begin as the usual ones: change them here.",
                url_for("rota.special_day", entry_id=entry.id),
            )
        planning_special_days.close_for(chosen, day, reason, hours=form.hours(), by=by, now=now)
        return _done("The day is entered. Nobody is needed then, and no page calls it a gap.", chosen)

    return save_form(form, add_it) or render_form(
        "rota/special_days.html",
        form=form,
        channels={each.id: each for each in channels},
        days=planning_special_days.by_day(rows_from(g.today), channels),
        nations=[bank_holidays.nation_name(code) for code in bank_holidays.rules_of_organisation().nations],
    )


@bp.get("/rota/special-days/bank-holidays")
@bp.post("/rota/special-days/bank-holidays")
@requires(RotaPermission.PLAN)
def choose_bank_holidays() -> ResponseReturnValue:
    form = BankHolidayForm.showing(bank_holidays.rules_of_organisation())
    if form.is_submitted():
        bank_holidays.load(form.nations_chosen(), now=clock.now())  # slow the first time, so outside the transaction

    def choose_it() -> Done:
        rules, kept = form.rules(), bank_holidays.rules_of_organisation()
        if not rules.nations and not kept.nations:
            raise Invalid("Choose a nation whose bank holidays should be entered.", field="nations")
        bank_holidays.choose_for_organisation(rules, by=current_person().id, now=clock.now())
        words = (
            f"The bank holidays of the coming year are entered.{_regions_to_choose(form)}"
            if rules.nations
            else "No bank holidays are entered any more."
        )
        return _done(words, planning_channels.open_channels(g.today))

    return save_form(form, choose_it) or render_form("rota/bank_holidays.html", form=form, channel=None)


@bp.get("/rota/channels/<int:channel_id>/bank-holidays")
@bp.post("/rota/channels/<int:channel_id>/bank-holidays")
@requires(RotaPermission.PLAN)
def bank_holidays_of_channel(channel_id: int) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    own = bank_holidays.own_rules(channel_id)
    form = BankHolidayForm.showing(own or bank_holidays.rules_of_organisation(), follows=own is None)
    if form.is_submitted():
        bank_holidays.load(form.nations_chosen(), now=clock.now())

    def choose_it() -> Done:
        of = planning_channels.channel(channel_id)
        rules = None if form.follows.data else form.rules()
        bank_holidays.choose_for_channel(of, rules, by=current_person().id, now=clock.now())
        words = f"The bank holidays of {of.name} are entered for the coming year.{_regions_to_choose(form)}"
        if rules is not None and not rules.nations:
            words = f"No bank holidays are entered for {of.name}."
        return _done(words, [of])

    return save_form(form, choose_it) or render_form("rota/bank_holidays.html", form=form, channel=channel)


def _regions_to_choose(form: BankHolidayForm) -> str:
    if not form.has_regions or form.region.data:
        return ""
    return " The country that you chose has regions with days of their own: choose one there if it is yours."


@bp.get("/rota/special-days/<int:entry_id>")
@bp.post("/rota/special-days/<int:entry_id>")
@requires(RotaPermission.PLAN)
def special_day(entry_id: int) -> ResponseReturnValue:
    form, by = PatternSpanForm.of_one_day(), current_person().id

    def add_it() -> Done:
        planning_special_days.add_shift(entry_id, form.span(), by=by, now=clock.now())
        return Done("The shift is added to this day.", url_for("rota.special_day", entry_id=entry_id))

    if saved := save_form(form, add_it):
        return saved
    entry = planning_special_days.special_day(entry_id)
    return render_form(
        "rota/special_day.html",
        form=form,
        entry=entry,
        channel=planning_channels.channel(entry.channel_id),
        spans=planning_special_days.event_spans(entry),
    )


@bp.get("/rota/special-days/<int:entry_id>/shifts/<int:number>")
@bp.post("/rota/special-days/<int:entry_id>/shifts/<int:number>")
@requires(RotaPermission.PLAN)
def change_shift_of_day(entry_id: int, number: int) -> ResponseReturnValue:
    entry = planning_special_days.special_day(entry_id)
    form = PatternSpanForm.of_one_day(planning_special_days.span_of(entry, number))
    by = current_person().id

    def change_it() -> Done:
        planning_special_days.change_shift(entry_id, number, form.span(), by=by, now=clock.now())
        return Done("The shift of this day is changed.", url_for("rota.special_day", entry_id=entry_id))

    return save_form(form, change_it) or render_form(
        "rota/change_shift_of_day.html",
        form=form,
        entry=entry,
        channel=planning_channels.channel(entry.channel_id),
    )


@bp.post("/rota/special-days/<int:entry_id>/shifts/<int:number>/remove")
@requires(RotaPermission.PLAN)
def remove_shift_of_day(entry_id: int, number: int) -> ResponseReturnValue:
    with db.writing():
        planning_special_days.remove_shift(entry_id, number, by=current_person().id, now=clock.now())
    flash("The shift is out of this day.")
    return redirect(url_for("rota.special_day", entry_id=entry_id))


@bp.post("/rota/special-days/<int:entry_id>/remove")
@requires(RotaPermission.PLAN)
def remove_special_day(entry_id: int) -> ResponseReturnValue:
    with db.writing():
        entry = planning_special_days.remove(entry_id, by=current_person().id, now=clock.now())
        of = planning_channels.channel(entry.channel_id)
    done = _done("The entry is taken back. The weekly pattern holds on that day again.", [of])
    flash(done.message)
    return redirect(done.to)


@bp.get("/rota/channels/<int:channel_id>/rotas")
@requires(RotaPermission.PLAN)
def rota_differences_page(channel_id: int) -> ResponseReturnValue:
    channel = planning_channels.channel(channel_id)
    return render_template(
        "rota/differences.html",
        channel=channel,
        differences=rota_differences.differences(channel, now=g.now),
        zone=settings.current().zone,
        may_publish=may(RotaPermission.PUBLISH),
    )


@bp.post("/rota/channels/<int:channel_id>/rotas/<int:rota_id>")
@requires(RotaPermission.PLAN)
def follow_pattern(channel_id: int, rota_id: int) -> ResponseReturnValue:
    return _follow(channel_id, rota_id, is_published=False)


@bp.post("/rota/channels/<int:channel_id>/published/<int:rota_id>")
@requires(RotaPermission.PUBLISH)
def follow_pattern_published(channel_id: int, rota_id: int) -> ResponseReturnValue:
    return _follow(channel_id, rota_id, is_published=True)


def _follow(channel_id: int, rota_id: int, *, is_published: bool) -> ResponseReturnValue:
    apply = rota_differences.apply_to_published if is_published else rota_differences.apply_to_draft
    try:
        with db.writing():
            apply(channel_id, rota_id, seen=asked.words_sent("seen") or "", by=current_person().id, now=clock.now())
    except PageOutOfDate as refusal:
        flash(" ".join(refusal.sentences), "error")
    else:
        flash(
            "The rota follows the pattern now. Everybody who lost a shift is being told."
            if is_published
            else "The rota follows the pattern now. Nobody was told."
        )
    return redirect(url_for("rota.rota_differences_page", channel_id=channel_id))


def _done(message: str, channels: list[Channel]) -> Done:
    """Where to go after a change: to the rotas that differ now, if there are any, else to the special days."""
    for each in channels:
        said, differs = rota_differences.after(message, each, now=clock.now())
        if differs:
            return Done(said, url_for("rota.rota_differences_page", channel_id=each.id))
    return Done(message, url_for("rota.special_days"))
