"""What the lines of the audit trail say about rotas, channels and shifts, with the reasons of overrides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from app import db
from app.audit import AuditLine
from app.pages.times import when
from app.people.models import Person
from app.permissions import may
from app.trail.wording import AuditWords, Subject
from rota.exchanges.models import ChangeKind, SeatChange
from rota.permissions import RotaPermission
from rota.planning.override_reasons import reasons_of_versions
from rota.store.models import Channel, CoverPattern, Draft, Rota, RotaVersion


def _rotas(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.execute(select(Rota.id, Rota.title).where(Rota.id.in_(ids)))
    return {row.id: _rota(row.id, row.title) for row in rows}


def _rota(rota_id: int, words: str) -> Subject:
    # An administrator reads the trail, and need not be somebody who plans.
    return Subject(words, "rota.show" if may(RotaPermission.PLAN) else None, {"rota_id": rota_id})


def _drafts(ids: Collection[int]) -> dict[int, Subject]:
    query = select(Draft.id, Rota.id.label("rota_id"), Rota.title).join(Rota, Rota.id == Draft.rota_id)
    return _of_rotas(query.where(Draft.id.in_(ids)), "the draft of {title}")


def _versions(ids: Collection[int]) -> dict[int, Subject]:
    query = select(RotaVersion.id, RotaVersion.number, Rota.id.label("rota_id"), Rota.title)
    query = query.join(Rota, Rota.id == RotaVersion.rota_id).where(RotaVersion.id.in_(ids))
    return _of_rotas(query, "{title}, version {number}")


def _of_rotas(query: Select[*tuple[Any, ...]], words: str) -> dict[int, Subject]:
    return {row.id: _rota(row.rota_id, words.format_map(row._mapping)) for row in db.session.execute(query)}


def _channels(ids: Collection[int]) -> dict[int, Subject]:
    rows = db.session.execute(select(Channel.id, Channel.name).where(Channel.id.in_(ids)))
    return {row.id: Subject(row.name) for row in rows}


def _patterns(ids: Collection[int]) -> dict[int, Subject]:
    query = select(CoverPattern.id, Channel.name).join(Channel, Channel.id == CoverPattern.channel_id)
    return {row.id: Subject(row.name) for row in db.session.execute(query.where(CoverPattern.id.in_(ids)))}


def _exports(ids: Collection[int]) -> dict[int, Subject]:
    return dict.fromkeys(ids, Subject("the rota", "rota.take_out" if may(RotaPermission.SEE_WHO) else None))


def _forecasts(ids: Collection[int]) -> dict[int, Subject]:
    page = "rota.show_forecast" if may(RotaPermission.PLAN) else None
    return dict.fromkeys(ids, Subject("the coming twelve weeks", page))


def _pairs(ids: Collection[int]) -> dict[int, Subject]:
    return {pair_id: Subject(f"entry no. {pair_id}") for pair_id in ids}  # who they are, the trail does not tell


CHANGES = {
    ChangeKind.COVER: "cover for a shift of {name}",
    ChangeKind.SWAP: "a swap of shifts for {name}",
    ChangeKind.RING: "a ring of three shifts for {name}",
    ChangeKind.PLANNED: "changes of a published rota near their time",
    ChangeKind.PART: "a part of a shift of {name}",
}


def _changes(ids: Collection[int]) -> dict[int, Subject]:
    asked = select(SeatChange.id, SeatChange.kind, Person.display_name.label("name"))
    rows = db.session.execute(asked.outerjoin(Person, Person.id == SeatChange.asker_id).where(SeatChange.id.in_(ids)))
    page = "rota.seat_change" if may(RotaPermission.PLAN) else None
    return {row.id: Subject(CHANGES[row.kind].format(name=row.name), page, {"change_id": row.id}) for row in rows}


def _asks_for_times(ids: Collection[int]) -> dict[int, Subject]:
    page = "rota.show_ask" if may(RotaPermission.PLAN) else None
    return {ask_id: Subject(f"question {ask_id}", page, {"ask_id": ask_id}) for ask_id in ids}


def _override_reasons(lines: Sequence[AuditLine]) -> dict[int, list[str]]:
    versions = {int(line.subject.partition(":")[2]): line.id for line in lines if line.action == "rota.published"}
    told: dict[int, list[str]] = {}
    for reason in reasons_of_versions(versions):
        said = f"{reason.to}, {reason.channel}, {when(reason.starts_at)}: {reason.why}"
        told.setdefault(versions[reason.version_id], []).append(said)
    return told


ROTA_WORDS = AuditWords(
    sentences={
        "rota.invited-to-renew": "invited {about} to renew what lapses",
        "rota.looked-ahead": "looked ahead: {about}",
        "rota.availability-moved-to-clock": "moved the usual week of {about} to another time zone",
        "rota.availability-no-longer-offered": "took a time out of the usual week of {about}",
        "rota.availability-offered": "added a time to the usual week of {about}",
        "rota.availability-said-can": "entered a time that {about} offers besides the usual week",
        "rota.availability-said-cannot": "entered a time at which {about} cannot come",
        "rota.availability-said-leave": "entered days on which {about} is away",
        "rota.availability-week-set": "changed the usual week of {about}",
        "rota.availability-took-back": "took back something about when {about} can come",
        "rota.calendar-closed": "closed the calendar address of {about}",
        "rota.calendar-opened": "opened a calendar address for {about}",
        "rota.channel-calendar-closed": "closed their own calendar address of the channel {about}",
        "rota.channel-calendar-opened": "opened a calendar address, for themselves, of the channel {about}",
        "rota.channel-closed": "closed the channel {about}",
        "rota.channel-opened-again": "opened the channel {about} again",
        "rota.channel-removed": "removed the unused channel {about}",
        "rota.channel-renamed": "gave another name to the channel {about}",
        "rota.bank-holidays-chosen": "chose the bank holidays of {about}",
        "rota.followed-pattern": "let the rota follow the pattern and special days: {about}",
        "rota.shift-added": "added a shift by hand to {about}",
        "rota.shift-taken-off": "took a shift off {about}",
        "rota.coming-taken-back": "took back that {about} comes to a shift",
        "rota.coming-confirmed": "confirmed a shift of {about}",
        "rota.special-day-added": "entered a special day of {about}",
        "rota.special-day-changed": "changed the shifts of a special day of {about}",
        "rota.special-day-removed": "took back a special day of {about}",
        "rota.deleted": "deleted {about}, a rota that was never published",
        "rota.withdrawn": "withdrew what was published: {about}",
        "rota.channel-opened": "opened the channel {about}",
        "rota.away-said": "entered days away at short notice, and the shifts that they free: {about}",
        "rota.away-unmade": "took back days away, and gave back the shifts still open: {about}",
        "rota.seat-asked": "asked people to take an empty seat of {about}",
        "rota.asking-at-night-allowed": "may be asked to take shifts at night: {about}",
        "rota.asking-at-night-stopped": "is no longer asked to take shifts at night: {about}",
        "rota.change-answered": "answered {about}",
        "rota.change-asked": "asked for {about}",
        "rota.change-decided": "decided about {about}, as a coordinator",
        "rota.change-expired": "ended {about}, as its time was over",
        "rota.change-overtaken": "ended {about}, as something had changed in between",
        "rota.change-withdrawn": "took back {about}",
        "rota.part-asked-about": "let people be asked about hours that are offered of a shift: {about}",
        "rota.part-ended": "ended a part of a shift that somebody had taken: {about}",
        "rota.part-taken": "gave hours of a shift to who took them: {about}",
        "rota.claimed": "took a shift: {about}",
        "rota.came-after-all": "took back that {about} did not come to a shift",
        "rota.came-not": "noted that {about} did not come to a shift",
        "rota.absence-answered": "answered what was noted about a shift of {about}",
        "rota.draft-discarded": "discarded {about}",
        "rota.draft-brought-back": "brought {about} back",
        "rota.draft-started": "started {about}",
        "rota.on-behalf-claimed": "took a shift on behalf of {about}",
        "rota.dropped": "gave back a shift: {about}",
        "rota.on-behalf-dropped": "gave back a shift on behalf of {about}",
        "rota.exchanged": "made a change of shifts that everybody concerned had agreed to: {about}",
        "rota.exported": "took {about} out of the system: {what}, {of}",
        "rota.limits-cleared": "took away the limits of {about}",
        "rota.limits-set": "set how much {about} is given",
        "rota.pair-ended": "ended an entry about two people who were kept apart or together, {about}",
        "rota.pair-kept": "kept two people apart or together, {about}",
        "rota.pair-reason-erased": "erased why two people are kept apart or together, {about}",
        "rota.pairs-read": "opened the page of who is kept apart: {about}",
        "rota.standing-seat-asked": "asked for the same seat every week for {about}",
        "rota.standing-seat-ended": "ended a standing seat of {about}",
        "rota.standing-seat-set": "gave the same seat every week to {about}",
        "rota.statement-read": "opened the statement of what {about} gave",
        "rota.waiting-began": "put {about} on the waiting list of a shift",
        "rota.waiting-ended": "took {about} off the waiting list of a shift",
        "rota.times-asked": "asked people when they can come, {about}",
        "rota.times-asked-no-more": "took back a question when people can come, {about}",
        "rota.wish-added": "added a wish of {about}",
        "rota.wish-removed": "took away a wish of {about}",
        "rota.made": "made the rota {about}",
        "rota.pattern-written": "wrote the weekly pattern of {about}",
        "rota.proposed": "put a proposal into {about}",
        "rota.published": "published {about}",
        "rota.released": "released the seats of somebody who may no longer have them: {about}",
        "rota.replanned": "filled vacated seats in {about}",
    },
    subjects={
        "availability_ask": _asks_for_times,
        "channel": _channels,
        "cover_pattern": _patterns,
        "draft": _drafts,
        "forecast": _forecasts,
        "holiday_rules": lambda ids: {number: Subject("every channel") for number in ids},
        "kept_pair": _pairs,
        "rota": _rotas,
        "rota_export": _exports,
        "rota_version": _versions,
        "seat_change": _changes,
    },
    reasons=_override_reasons,
)
