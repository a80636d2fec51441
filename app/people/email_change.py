"""Moving an account to another e-mail address: its person asks, and it counts once the new address is proved.

Whoever can read the address can get in, so a session alone is not enough: the password is asked for again, the new
address must open a link, and the old one is told. Nobody learns from it whether an address has an account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app import audit, db
from app.outbox import queue
from app.people import one_time_links, throttle
from app.people.directory import ACCOUNT_NAMES_LOCK, email_fault
from app.people.models import AddressChange, LinkKind, OneTimeLink, Person, PersonPrivate, PersonState
from app.people.notices import SEND_WITHIN, AddressMoved, AddressTaken, AddressWanted
from app.people.one_time_links import LinkNoLongerWorks
from app.people.private import address_of
from app.people.sign_in import normal
from app.refusals import Invalid

KEEP_OLD = timedelta(days=30)  # an address that was given up is kept only until its letters have gone


def ask_to_move(person: Person, email: str, *, now: datetime) -> None:
    """Send a link to an address that a person wants to use from now on; until it is opened, nothing changes.

    Call it once their password is proved. An address that has an account gets a letter that says so, and the person
    hears the same as always. Refuses what is no address, the one they have, and asking too often.
    """
    wanted = normal(email)
    if fault := email_fault(wanted):
        raise Invalid(fault, field="email")
    if wanted == address_of(person.id):
        raise Invalid("That is the address you have now.", field="email")
    for limit, key in ((throttle.MOVE_ACCOUNT, str(person.id)), (throttle.MOVE_ADDRESS, wanted)):
        throttle.count(limit, key, now=now)
        throttle.check(limit, key, now=now)
    db.lock_people([person.id])
    link = one_time_links.make(person.id, LinkKind.ADDRESS, by=person.id, now=now)
    holder = _holder_of(wanted)
    if holder is None:
        db.session.add(AddressChange(link_id=link.id, old_email=address_of(person.id), new_email=wanted))
        db.session.flush()
        queue.enqueue(
            AddressWanted(link.id), to=person.id, once=f"address-wanted:{link.id}", now=now, deadline=link.expires_at
        )
    else:
        queue.enqueue(AddressTaken(), to=holder, once=f"address-taken:{link.id}", now=now, deadline=now + SEND_WITHIN)
    audit.record("people.address-asked", by=person.id, subject=f"person:{person.id}", now=now)


def wanted_by(token: str, *, now: datetime) -> tuple[AddressChange, Person]:
    """The change a link stands for and whose it is; looking at it changes nothing."""
    link, person = one_time_links.opened_by(token, LinkKind.ADDRESS, now=now)
    change = db.session.get(AddressChange, link.id)
    if change is None or person.state != PersonState.ACTIVE:
        raise LinkNoLongerWorks(LinkKind.ADDRESS)
    return change, person


def move(token: str, *, now: datetime) -> tuple[Person, str]:
    """Use the link: from now on the account has the new address. Return its person and the address.

    The old address is told, and links to choose a password that were sent there no longer work.
    """
    change, person = wanted_by(token, now=now)
    db.lock_people([person.id])
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    one_time_links.use(db.session.get_one(OneTimeLink, change.link_id), now=now)
    if _holder_of(change.new_email) is not None:
        raise LinkNoLongerWorks(LinkKind.ADDRESS)  # Somebody else has been given the address since.
    db.session.get_one(PersonPrivate, person.id).email = change.new_email
    change.moved_at = now
    one_time_links.end_open(person.id, LinkKind.RESET, now=now)
    audit.record(
        "people.address-changed", by=person.id, subject=f"person:{person.id}", now=now, details={"link": change.link_id}
    )
    queue.enqueue(
        AddressMoved(change.link_id),
        to=person.id,
        once=f"address-moved:{change.link_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
    return person, change.new_email


def sweep(now: datetime) -> None:
    """Forget addresses that were given up, or asked for in vain, a month ago."""
    old = select(OneTimeLink.id).where(OneTimeLink.kind == LinkKind.ADDRESS, OneTimeLink.made_at < now - KEEP_OLD)
    with db.writing():
        db.session.execute(
            delete(AddressChange).where(AddressChange.link_id.in_(old)).execution_options(synchronize_session=False)
        )


def _holder_of(email: str) -> int | None:
    return db.session.scalars(select(PersonPrivate.person_id).where(PersonPrivate.email == email)).one_or_none()
