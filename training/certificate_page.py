"""The content of a certificate's page and of its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import clock, db, settings
from app.printing import fonts
from app.refusals import Conflict
from training import badges, catalogue, certificate_codes, updates
from training.badges import Credential
from training.certificate_pdf import Print
from training.certificates import CertificateStatus, check
from training.models import Certificate, Completion, CourseVersion, Enrolment


@dataclass(frozen=True)
class CertificatePage:
    """What the holder sees about a certificate."""

    title: str
    shows: str
    completion: Completion
    status: CertificateStatus
    says: Credential | None
    spaced_code: str
    verify_url: str
    characters_missing: list[str]  # of the present name, in the font it is printed in


def page_of(certificate: Certificate, *, now: datetime) -> CertificatePage:
    """The holder's page. The status is the one that the public page shows."""
    completion, version = _what_was_passed(certificate)
    checked = check(certificate.code, now=now)
    return CertificatePage(
        title=version.title,
        shows=catalogue.pack_of(version).shows,
        completion=completion,
        status=checked.status,
        says=checked.says,
        spaced_code=certificate_codes.spaced(certificate.code),
        verify_url=badges.verify_url(settings.current().public_url, certificate.code),
        characters_missing=fonts.characters_missing(certificate.printed_name),
    )


def print_of(certificate: Certificate) -> Print:
    """The content of the PDF; refuses a name with characters that would come out as boxes."""
    if missing := fonts.characters_missing(certificate.printed_name):
        raise Conflict(
            f"We cannot print {' '.join(missing)} yet, and are sorry. On the page of the certificate its holder can "
            "choose another of their names."
        )
    completion, version = _what_was_passed(certificate)
    return facts_of(certificate, completion, version, db.session.get_one(Enrolment, completion.enrolment_id))


def facts_of(certificate: Certificate, completion: Completion, version: CourseVersion, enrolment: Enrolment) -> Print:
    """What the PDF says, whether or not its name can be printed; asks the database for nothing but a new version."""
    chosen = settings.current()
    pack = catalogue.pack_of(version)
    return Print(
        organisation=chosen.organisation,
        printed_name=certificate.printed_name,
        title=version.title,
        shows=pack.shows,
        awarded_on=clock.on(completion.completed_at, chosen.zone),
        valid_until=completion.valid_until,
        minutes=sum(unit.minutes for unit in updates.units_of(enrolment, pack)),
        version_number=version.number,
        code=certificate_codes.spaced(certificate.code),
        verify_url=badges.verify_url(chosen.public_url, certificate.code),
        token=certificate.token,
    )


def file_name(certificate: Certificate) -> str:
    """A name for the holder's files that does not identify the holder."""
    return f"nightlight-certificate-{certificate.code[:8].lower()}"


def _what_was_passed(certificate: Certificate) -> tuple[Completion, CourseVersion]:
    completion = db.session.get_one(Completion, certificate.completion_id)
    return completion, db.session.get_one(CourseVersion, completion.course_version_id)
