"""Inviting people to renew what lapses, as the forecast chose them: one e-mail to each, about their own only.

What only somebody else can renew, such as a background check, goes to the people who may record it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.directory import names_of
from app.people.models import CLOSED, Person
from app.people.rights import people_who_may
from app.refusals import Conflict, Invalid
from app.wording import listed, plural
from progression.labels import requirement_kind
from progression.permissions import ProgressionPermission
from rota.ahead.forecasts import latest
from rota.ahead.models import Forecast, RenewalInvitation
from rota.ahead.notices import RenewalsToRecord, RenewalWanted

QUIET_FOR = timedelta(days=14)
"""Nobody is invited again for the same requirement within two weeks. Our own choice."""
SEND_WITHIN = timedelta(days=2)


@dataclass(frozen=True)
class Outcome:
    """What inviting came to: the names of whom we wrote to, and of those whom others are asked to help."""

    invited: tuple[str, ...]
    by_others: tuple[str, ...]
    lately: tuple[str, ...]

    @property
    def words(self) -> str:
        """The outcome in sentences."""
        said = []
        if self.invited:
            said.append(f"{listed(self.invited)} {_get(self.invited)} an e-mail about what is theirs.")
        if self.by_others:
            said.append(f"The people who can renew it get an e-mail about {listed(self.by_others)}.")
        if self.lately:
            were = "was" if len(self.lately) == 1 else "were"
            said.append(f"{listed(self.lately)} {were} invited within the last {QUIET_FOR.days} days, so not again.")
        return " ".join(said)


def _get(names: Collection[str]) -> str:
    return "gets" if len(names) == 1 else "get"


def invite_all(forecast_id: int, *, by: Person, now: datetime) -> Outcome:
    """Invite everybody whom this forecast chose and who was not invited lately.

    Refuses a forecast that is no longer the last one, and one that invites nobody.
    """
    forecast = latest()
    if forecast is None or forecast.id != forecast_id:
        raise Conflict(
            "We have looked again since you opened this page. Here is what it found; nobody was invited yet."
        )
    chosen: list[dict[str, Any]] = forecast.result["invitations"]
    if not chosen:
        raise Invalid("No invitation would fill a seat, so nobody was invited.")
    ids = [each["person_id"] for each in chosen]
    db.lock_people(sorted(ids))
    open_accounts = set(db.session.scalars(select(Person.id).where(Person.id.in_(ids), Person.state.not_in(CLOSED))))
    before = invited_lately(ids, now=now)
    rows, lately = [], []
    for each in (each for each in chosen if each["person_id"] in open_accounts):
        new = {code: at for code, at in each["lapses"].items() if (each["person_id"], code) not in before}
        if not new:
            lately.append(each["person_id"])
        for code, at in new.items():
            row = RenewalInvitation(
                person_id=each["person_id"],
                evidence=code,
                lapses_at=datetime.fromisoformat(at),
                shifts=each["shifts"],
                invited_at=now,
                invited_by_id=by.id,
            )
            rows.append(row)
    db.session.add_all(rows)
    db.session.flush()
    own, others = _split(rows)
    _write_to_them(own, by=by, now=now)
    _write_to_recorders(others, by=by, now=now)
    for person_id in dict.fromkeys(row.person_id for row in rows):
        audit.record("rota.invited-to-renew", by=by.id, subject=f"person:{person_id}", now=now)
    names = names_of({*open_accounts})
    return Outcome(_named(own, names), _named(others, names), tuple(names[each] for each in lately))


def _split(rows: Iterable[RenewalInvitation]) -> tuple[list[RenewalInvitation], list[RenewalInvitation]]:
    """What people renew themselves, and what others do for them."""
    own: list[RenewalInvitation] = []
    others: list[RenewalInvitation] = []
    for row in rows:
        kind = requirement_kind(row.evidence)
        (own if kind is not None and kind.by_themselves else others).append(row)
    return own, others


def _named(rows: Iterable[RenewalInvitation], names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(names[person_id] for person_id in dict.fromkeys(row.person_id for row in rows))


def _write_to_them(rows: Iterable[RenewalInvitation], *, by: Person, now: datetime) -> None:
    by_person: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row.id)
    for person_id, ids in by_person.items():
        queue.enqueue(
            RenewalWanted(invitation_ids=ids, by_id=by.id),
            to=person_id,
            once=f"renewal-wanted:{ids[0]}",
            now=now,
            deadline=now + SEND_WITHIN,
        )


def _write_to_recorders(rows: Iterable[RenewalInvitation], *, by: Person, now: datetime) -> None:
    """One e-mail to each person who may record such things, about all of them but themselves."""
    today = clock.on(now, settings.current().zone)
    for recorder_id in sorted(people_who_may(ProgressionPermission.RECORD, on=today)):
        ids = [row.id for row in rows if row.person_id != recorder_id]
        if ids:
            queue.enqueue(
                RenewalsToRecord(invitation_ids=ids, by_id=by.id),
                to=recorder_id,
                once=f"renewals-to-record:{ids[0]}:{recorder_id}",
                now=now,
                deadline=now + SEND_WITHIN,
            )


def invited_lately(ids: Collection[int], *, now: datetime) -> dict[tuple[int, str], RenewalInvitation]:
    """By person and requirement, the invitations of the last two weeks."""
    rows = db.session.scalars(
        select(RenewalInvitation)
        .where(RenewalInvitation.person_id.in_(ids), RenewalInvitation.invited_at > now - QUIET_FOR)
        .order_by(RenewalInvitation.invited_at)
    )
    return {(row.person_id, row.evidence): row for row in rows}


def button_words(people: int) -> str:
    """What the button says."""
    return {1: "Invite them", 2: "Invite both", 3: "Invite all three"}.get(people, f"Invite all {people}")


def promised(forecast: Forecast) -> str:
    """What the invitations of a forecast bring, in words."""
    seats = forecast.result["filled_then"] - forecast.result["filled"]
    return plural(seats, "seat")
