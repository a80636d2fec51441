"""Changing the e-mail address of an account: requested by its person, in force once the new address is verified.

A person who can read the address can sign in, so a session alone is not enough: the password is asked for again, the
new address must open a link, and the old address is notified. The answer never reveals whether an address has an
account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app import audit, db
from app.outbox import bounces, queue
from app.people import one_time_links, rate_limits
from app.people.directory import ACCOUNT_NAMES_LOCK, person_id_with_email
from app.people.email_addresses import email_address
from app.people.models import EmailChange, LinkKind, OneTimeLink, Person, PersonPrivate, PersonState
from app.people.notices import SEND_WITHIN, EmailAlreadyInUse, EmailChanged, EmailChangeRequested
from app.people.one_time_links import LinkNoLongerWorks
from app.people.private import email_of
from app.refusals import Invalid

KEEP_OLD_ADDRESSES = timedelta(days=30)  # a former address is kept only until the e-mails to it have been sent


def request_change(person: Person, email: str, *, now: datetime) -> None:
    """Send a verification link to a new address; nothing changes until it is opened.

    Call it once the person's password has been verified. If the address already has an account, its holder gets an
    e-mail that says so, and the caller gets the same answer as always. Refuses a malformed address, the current one,
    and too many requests.
    """
    wanted = email_address(email)
    if wanted == email_of(person.id):
        raise Invalid("That is the address you have now.", field="email")
    for limit, key in (
        (rate_limits.EMAIL_CHANGE_PER_ACCOUNT, str(person.id)),
        (rate_limits.EMAIL_CHANGE_PER_TARGET, wanted),
    ):
        rate_limits.count(limit, key, now=now)
        rate_limits.check(limit, key, now=now)
    db.lock_people([person.id])
    link = one_time_links.create(person.id, LinkKind.ADDRESS, by=person.id, now=now)
    holder = person_id_with_email(wanted)
    if holder is None:
        db.session.add(EmailChange(link_id=link.id, old_email=email_of(person.id), new_email=wanted))
        db.session.flush()
        queue.enqueue(
            EmailChangeRequested(link.id),
            to=person.id,
            once=f"address-wanted:{link.id}",
            now=now,
            deadline=link.expires_at,
        )
    else:
        queue.enqueue(
            EmailAlreadyInUse(), to=holder, once=f"address-taken:{link.id}", now=now, deadline=now + SEND_WITHIN
        )
    audit.record("people.address-asked", by=person.id, subject=f"person:{person.id}", now=now)


def find_by_token(token: str, *, now: datetime) -> tuple[EmailChange, Person]:
    """The requested change that a link confirms, and whose it is; reading it changes nothing."""
    link, person = one_time_links.find_by_token(token, LinkKind.ADDRESS, now=now)
    change = db.session.get(EmailChange, link.id)
    if change is None or person.state != PersonState.ACTIVE:
        raise LinkNoLongerWorks(LinkKind.ADDRESS)
    return change, person


def confirm_change(token: str, *, now: datetime) -> tuple[Person, str]:
    """Use the link and put the new address in force; return its person and the address.

    The old address is notified, and password reset links that were sent there stop working.
    """
    change, person = find_by_token(token, now=now)
    db.lock_people([person.id])
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    one_time_links.use(db.session.get_one(OneTimeLink, change.link_id), now=now)
    if person_id_with_email(change.new_email) is not None:
        raise LinkNoLongerWorks(LinkKind.ADDRESS)  # Another account has been given the address since.
    db.session.get_one(PersonPrivate, person.id).email = change.new_email
    change.moved_at = now
    bounces.clear(person.id, by=person.id, now=now)
    one_time_links.revoke_open(person.id, LinkKind.RESET, now=now)
    audit.record(
        "people.address-changed", by=person.id, subject=f"person:{person.id}", now=now, details={"link": change.link_id}
    )
    queue.enqueue(
        EmailChanged(change.link_id),
        to=person.id,
        once=f"address-moved:{change.link_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
    return person, change.new_email


def delete_expired(now: datetime) -> None:
    """Delete addresses that were given up, or requested and never confirmed, a month ago."""
    expired = select(OneTimeLink.id).where(
        OneTimeLink.kind == LinkKind.ADDRESS, OneTimeLink.made_at < now - KEEP_OLD_ADDRESSES
    )
    with db.writing():
        db.session.execute(
            delete(EmailChange).where(EmailChange.link_id.in_(expired)).execution_options(synchronize_session=False)
        )
