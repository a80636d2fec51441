"""A pause: from today until a day, or until the person says that they are back. It is an absence like any other.

A person says it themselves without a reason; somebody who plans may enter it for them with a reason, which the person
reads and can answer. People who need support say that with the same absence, and one person of their choice is told
(docs/decisions/0026).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import clock, db
from app.outbox import queue
from app.outbox.models import DeliveryState, OutboxRow
from app.people import support_contacts
from app.people.directory import names_of
from app.people.models import Person
from app.people.support_contacts import OwnContact
from app.refusals import Conflict, Invalid, NotFound
from rota.absence_notices import AwayAnswered
from rota.shifts.absences import TOLD_WITHIN, AbsenceAsked, be_away, key_of_word, queue_word, time_away_asked
from rota.shifts.my_shifts import zone_of
from rota.store.absence_words import AbsenceWord, words_about
from rota.store.absences import Absence, lasting_absence

LONGEST_WORDS = 1000  # characters of a reason or an answer


@dataclass(frozen=True)
class Pause:
    """A pause that lasts now, as its person or who entered it reads it."""

    absence: Absence
    by: str | None
    """Who entered it, where that was not the person themselves."""
    words: Sequence[tuple[str, AbsenceWord]]
    """What was said about it, each with the name of who said it."""


def pause_asked(person: Person, *, now: datetime) -> AbsenceAsked:
    """Every shift that a pause from today without a last day would open. Changes nothing."""
    return time_away_asked(person, clock.on(now, zone_of(person)), None, now=now)


def pause_of(person_id: int, *, now: datetime, reader_id: int) -> Pause | None:
    """The pause that lasts now and ends last; None where the person is not away.

    What was said about it is for the person and for who entered it, and is left out for every other reader.
    """
    absence = lasting_absence(person_id, now=now)
    if absence is None:
        return None
    said = words_about(absence.id) if reader_id in (person_id, absence.said_by_id) else ()
    names = names_of({absence.said_by_id, *(word.by_id for word in said)})
    by = None if absence.said_by_id == person_id else names[absence.said_by_id]
    return Pause(absence, by, [(names[word.by_id], word) for word in said])


@dataclass(frozen=True)
class Told:
    """What became of the e-mail to a contact. For the person who asked for it alone."""

    name: str
    is_on_its_way: bool
    has_arrived: bool


def told(absence: Absence, contact: OwnContact) -> Told | None:
    """What became of the e-mail to the contact of an absence; None where nobody was to be told, or nobody of those
    whom the person may choose."""
    names = dict(contact.choices)
    keys = [key_of_word(absence.id, each) for each in names]
    rows = db.session.execute(
        select(OutboxRow.person_id, OutboxRow.state).where(OutboxRow.once.in_(keys)).order_by(OutboxRow.id.desc())
    )
    row = rows.first()
    if row is None:
        return None
    waits = row.state in (DeliveryState.WAITING, DeliveryState.SENDING)
    return Told(names[row.person_id], waits, row.state == DeliveryState.SENT)


def pause(person: Person, last: date | None, *, seen: str, now: datetime, tell: int | None = None) -> Absence:
    """Begin a pause today, until the end of a day or until the person comes back, and open all their shifts in it.

    `seen` is the mark of `pause_asked`. `tell` is the contact who is told that they need support; where the person is
    away already, the contact is told and nothing else happens. Refuses a contact whom they may not choose.
    """
    if tell is not None:
        support_contacts.check_may_be_chosen(tell, by=person.id, today=clock.on(now, zone_of(person)))
    db.lock_people([person.id])
    if tell is not None and (lasting := lasting_absence(person.id, now=now)) is not None:
        queue_word(lasting, to=tell, now=now)
        return lasting
    if (lasting := _as_long(person, last, now)) is not None:
        return lasting
    return _begin(person, last, seen=seen, by=person.id, now=now, tell=tell)


def pause_for(person: Person, last: date | None, *, reason: str, seen: str, by: int, now: datetime) -> Absence:
    """Begin a pause for somebody else, with a reason that they read and can answer.

    Refuses a missing reason, and somebody who is away that long already.
    """
    reason = _kept(reason, "Say why. They will read it, and nobody else.", field="reason")
    db.lock_people([person.id])
    if _as_long(person, last, now) is not None:
        raise Conflict(f"{person.display_name} is down as away until then already.")
    absence = _begin(person, last, seen=seen, by=by, now=now)
    db.session.add(AbsenceWord(absence_id=absence.id, by_id=by, at=now, text=reason))
    return absence


def answer(absence_id: int, text: str, *, person_id: int, now: datetime) -> None:
    """Keep what a person answers to who put them down as away; that person gets an e-mail.

    Refuses an absence of somebody else, one that the person said themselves, and no words.
    """
    absence = db.session.get(Absence, absence_id)
    if absence is None or absence.person_id != person_id or absence.said_by_id == person_id:
        raise NotFound("There is nothing here to answer.")
    word = AbsenceWord(absence_id=absence_id, by_id=person_id, at=now, text=_kept(text, "Write your answer."))
    db.session.add(word)
    db.session.flush()
    queue.enqueue(
        AwayAnswered(word_id=word.id),
        to=absence.said_by_id,
        once=f"{AwayAnswered.kind}:{word.id}:{absence.said_by_id}",
        now=now,
        deadline=now + TOLD_WITHIN,
    )


def _begin(person: Person, last: date | None, *, seen: str, by: int, now: datetime, tell: int | None = None) -> Absence:
    """Begin it. The page showed every shift to come, whichever last day is chosen on it, and is compared with that."""
    today = clock.on(now, zone_of(person))
    asked = time_away_asked(person, today, last, now=now)
    everything = pause_asked(person, now=now)
    mark = asked.mark if seen == everything.mark else seen
    return be_away(person, today, last, seen=mark, by=by, now=now, tell=tell)


def _as_long(person: Person, last: date | None, now: datetime) -> Absence | None:
    """The absence that lasts now and as long as a pause until that day would."""
    wanted = time_away_asked(person, clock.on(now, zone_of(person)), last, now=now).ends_at(zone_of(person))
    lasting = lasting_absence(person.id, now=now)
    return lasting if lasting is not None and lasting.ends_at >= wanted else None


def _kept(text: str, missing: str, *, field: str = "text") -> str:
    text = text.strip()
    if not text:
        raise Invalid(missing, field=field)
    if len(text) > LONGEST_WORDS:
        raise Invalid(f"Please keep it under {LONGEST_WORDS:,} characters.", field=field)
    return text
