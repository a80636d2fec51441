"""Certificates: issuing them, the name on them, and the public check of whether one is real.

The content of a certificate is its signed token, made once. The public page verifies the token each time, so a changed
row in the database cannot forge a certificate; whether it was withdrawn is read from the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from app import audit, clock, db, settings
from app.people.models import Person
from app.people.printed_names import names_to_print
from app.people.private import private_details
from app.people.rights import permissions_of
from app.printing import fonts
from app.refusals import Conflict, Invalid, NotFound
from app.trail import seals
from app.typed_text import one_line
from progression.models import Evidence
from training import badges, catalogue, certificate_codes, signing_keys, status_list, updates
from training.badges import Award, Credential
from training.models import Certificate, Completion, CourseVersion, CredentialSubject, Enrolment
from training.pack import Pack
from training.permissions import TrainingPermission

LONGEST_NAME = 120  # characters; three lines of the certificate at its smallest size


class CertificateStatus(StrEnum):
    """What the public page says about a certificate."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    NOT_OURS = "not-ours"


@dataclass(frozen=True)
class CheckResult:
    """What the public page may show; only the status where the certificate is not ours."""

    status: CertificateStatus
    says: Credential | None = None
    shown_name: str | None = None


NOT_OURS = CheckResult(CertificateStatus.NOT_OURS)


def issue(completion: Completion, version: CourseVersion, pack: Pack, *, to: Person, now: datetime) -> Certificate:
    """Issue and sign the certificate of a course just passed, made out to the display name.

    Where certificates cannot print it, there is no PDF until another recorded name is chosen.
    """
    return _add(completion, _award(completion, version, pack, to, to.display_name[:LONGEST_NAME], now), to=to, now=now)


def rename(certificate_id: int, name: str, *, by: Person, now: datetime) -> Certificate:
    """Issue the certificate again under another name; the old one is marked as replaced.

    The same name again changes nothing. Refuses a name that is not recorded as the holder's own or cannot be printed,
    and a withdrawn certificate.
    """
    db.lock_people([by.id])
    old = of_holder(certificate_id, by)
    chosen = printable_name(name)
    if chosen not in (old.printed_name, *names_to_print(by, now=now)):
        raise Invalid(
            "A certificate is made out to your display name or to your legal name as we have it. You change the first "
            "under My account; staff correct the second.",
            field="name",
        )
    if old.replaced_at is not None:
        raise Conflict("This certificate was replaced by a newer one. You find it under Learning.")
    if is_withdrawn(old):
        raise Conflict("This certificate was withdrawn, so its name cannot be changed.")
    if chosen == old.printed_name:
        return old
    completion = db.session.get_one(Completion, old.completion_id)
    version = db.session.get_one(CourseVersion, completion.course_version_id)
    old.replaced_at = now
    db.session.flush()
    award = _award(completion, version, catalogue.pack_of(version), by, chosen, now)
    new = _add(completion, award, to=by, now=now)
    new.shows_full_name = old.shows_full_name
    audit.record(
        "training.certificate-replaced",
        by=by.id,
        subject=f"certificate:{old.id}",
        now=now,
        details={"by_certificate": new.id},
    )
    return new


def show_full_name(certificate_id: int, shown: bool, *, by: Person, now: datetime) -> None:
    """Choose whether the public page shows the whole printed name, or only the first name and an initial."""
    db.lock_people([by.id])
    certificate = of_holder(certificate_id, by)
    if certificate.shows_full_name == shown:
        return
    certificate.shows_full_name = shown
    audit.record(
        "training.certificate-name-shown" if shown else "training.certificate-name-hidden",
        by=by.id,
        subject=f"certificate:{certificate.id}",
        now=now,
    )


def printable_name(name: str) -> str:
    """The name as it will be printed; refuses an empty or long name, and characters that our fonts do not have."""
    chosen = one_line(name)
    if not chosen:
        raise Invalid("Write the name that should stand on your certificate.", field="name")
    if len(chosen) > LONGEST_NAME:
        raise Invalid(f"There is room for {LONGEST_NAME} characters. Is there a shorter form?", field="name")
    if missing := fonts.characters_missing(chosen):
        raise Invalid(
            f"We cannot print {' '.join(missing)} yet, and are sorry. Please choose another of your names.",
            field="name",
        )
    return chosen


def check(code: str, *, now: datetime) -> CheckResult:
    """The public check of a certificate by its code, as it was typed.

    An impossible code, an unknown code and a token that we did not sign all get the same result.
    """
    wanted = certificate_codes.parse(code) or certificate_codes.IMPOSSIBLE_CODE
    certificate = db.session.scalars(select(Certificate).where(Certificate.code == wanted)).one_or_none()
    if certificate is None:
        return NOT_OURS
    keys = settings.current().keys
    says = badges.read(certificate.token, lambda kid: signing_keys.find(keys, kid))
    if says is None or not says.verify_url.endswith(f"/{certificate.code}"):
        return NOT_OURS
    if not says.is_named(certificate.printed_name):
        # The name was changed in the database: the token was made out to another.
        return NOT_OURS
    name = certificate.printed_name
    shown_name = name if certificate.shows_full_name else first_name_and_initial(name)
    return CheckResult(_status(certificate, says, now), says, shown_name)


def _status(certificate: Certificate, says: Credential, now: datetime) -> CertificateStatus:
    if is_withdrawn(certificate):
        return CertificateStatus.WITHDRAWN
    if certificate.replaced_at is not None:
        return CertificateStatus.REPLACED
    return CertificateStatus.EXPIRED if now >= says.valid_until else CertificateStatus.VALID


def first_name_and_initial(name: str) -> str:
    """What strangers see of a name: “Wren Amara Okafor” becomes “Wren O.”"""
    first, *others = name.split()
    return f"{first} {others[-1][0]}." if others else first


def of_holder(certificate_id: int, holder: Person) -> Certificate:
    """A certificate of this person's own; another person's is refused as not found."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None or certificate.person_id != holder.id:
        raise NotFound("There is no such certificate among yours. All of yours are listed under Learning.")
    return certificate


def readable_by(certificate_id: int, reader: Person, *, now: datetime) -> Certificate:
    """A certificate that this person may read: their own, or with the permission anybody's."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is not None and certificate.person_id != reader.id:
        today = clock.on(now, settings.current().zone)
        if TrainingPermission.READ_CERTIFICATES not in permissions_of(reader.id, on=today):
            certificate = None
    if certificate is None:
        raise NotFound("There is no such certificate, or it is not open to you.")
    return certificate


def is_withdrawn(certificate: Certificate) -> bool:
    """Whether the evidence that the certificate proves was withdrawn."""
    return db.session.scalar(_withdrawals().where(Certificate.id == certificate.id)) is not None


def in_force() -> ColumnElement[bool]:
    """The condition that a certificate was neither replaced nor withdrawn. It may have lapsed."""
    withdrawn = _withdrawals().subquery()
    return and_(Certificate.replaced_at.is_(None), Certificate.id.not_in(select(withdrawn.c.id)))


def newest_status_list() -> int:
    """The number of the last status list in use; the first is served before any certificate names it."""
    return db.session.scalar(select(func.max(Certificate.status_list))) or 1


def revoked_positions(number: int) -> list[int]:
    """The positions in this status list whose certificates were withdrawn or replaced."""
    withdrawn = _withdrawals().subquery()
    rows = db.session.scalars(
        select(Certificate.status_index).where(
            Certificate.status_list == number,
            Certificate.replaced_at.is_not(None) | Certificate.id.in_(select(withdrawn.c.id)),
        )
    )
    return sorted(rows)


def _withdrawals() -> Select[int]:
    correction = aliased(Evidence)
    return (
        select(Certificate.id)
        .join(Completion, Completion.id == Certificate.completion_id)
        .join(correction, correction.withdraws_id == Completion.evidence_id)
    )


def _award(
    completion: Completion, version: CourseVersion, pack: Pack, holder: Person, printed_name: str, now: datetime
) -> Award:
    """What the certificate will say. Its position in the status list is drawn when it is added."""
    chosen = settings.current()
    today = clock.on(now, chosen.zone)
    return Award(
        public_url=chosen.public_url,
        organisation=chosen.organisation,
        code=certificate_codes.new_code(),
        subject_urn=_subject_of(holder.id),
        email=private_details(holder.id, by=holder, why="certificate", today=today, now=now).email,
        printed_name=printed_name,
        title=version.title,
        version_number=version.number,
        content_hash=version.content_hash,
        course_code=pack.code,
        summary=pack.summary,
        criteria=f"{_what_was_asked(completion, pack)} The holder {pack.shows}",
        awarded_at=completion.completed_at,  # also under a new name, which does not make the award newer
        valid_until=clock.ends(completion.valid_until, chosen.zone),
        status_list=status_list.list_for(db.session.scalar(select(func.count()).select_from(Certificate)) or 0),
        status_index=0,
    )


def _what_was_asked(completion: Completion, pack: Pack) -> str:
    enrolment = db.session.get_one(Enrolment, completion.enrolment_id)
    asked = updates.units_of(enrolment, pack)
    if asked == pack.units:
        return "Passed every step."
    titles = ", ".join(f"“{unit.title}”" for unit in asked)
    if enrolment.lasts_until is not None:
        return f"Passed what a new version changed, {titles}, after the whole course."
    return f"Passed the refresher, {titles}, after the whole course."


def _add(completion: Completion, award: Award, *, to: Person, now: datetime) -> Certificate:
    """Sign the award and add the certificate at a free position of the status list."""
    key = signing_keys.current(settings.current().keys, now=now)

    def is_taken(position: int) -> bool:
        # Adding the row is the only safe test: another transaction may take the position at the same moment.
        values = {
            "completion_id": completion.id,
            "person_id": to.id,
            "code": award.code,
            "printed_name": award.printed_name,
            "shows_full_name": False,
            "token": badges.sign(replace(award, status_index=position), key),
            "status_list": award.status_list,
            "status_index": position,
            "issued_at": now,
        }
        return not db.insert_or_ignore(Certificate, values, key=("status_list", "status_index"))

    status_list.draw_position(is_taken)
    added = db.session.scalars(select(Certificate).where(Certificate.code == award.code)).one()
    seals.touch(Certificate, added.id)
    return added


def _subject_of(person_id: int) -> str:
    subject = db.session.get(CredentialSubject, person_id)
    if subject is None:
        subject = CredentialSubject(person_id=person_id, urn=f"urn:uuid:{uuid4()}")
        db.session.add(subject)
    return subject.urn
