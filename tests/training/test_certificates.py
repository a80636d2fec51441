"""Certificates: whose they are, what strangers learn from one, and that the database alone makes none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app import clock, db, settings
from app.people.models import Person, PersonPrivate, Role
from app.printing.fonts import characters_missing
from app.refusals import Conflict, Invalid, NotFound
from progression import evidence
from progression.models import Evidence
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import certificates, signing_keys
from training.certificates import CertificateStatus
from training.models import Certificate, CredentialSubject
from training.notices import CertificateIssued


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren", email="wren@example.org")
    pass_course(wren)
    return wren


def the_certificate() -> Certificate:
    return db.session.scalars(select(Certificate).where(Certificate.replaced_at.is_(None))).one()


def status(code: str, days: int = 1) -> CertificateStatus:
    return certificates.check(code, now=NOW + timedelta(days=days)).status


@pytest.mark.both_databases
def test_a_certificate_is_valid_then_expired_and_withdrawn_when_its_evidence_is(wren: Person, people: People) -> None:
    code = the_certificate().code
    assert status(code) is CertificateStatus.VALID
    assert status(code, days=732) is CertificateStatus.EXPIRED
    proof = db.session.scalars(select(Evidence).where(Evidence.kind == "training")).one()
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    assert certificates.revoked_positions(1) == []
    with db.writing():
        evidence.withdraw(proof.id, by=sable.id, why="A mistake of ours.", now=NOW + timedelta(hours=2))
    assert status(code) is CertificateStatus.WITHDRAWN
    assert certificates.revoked_positions(1) == [the_certificate().status_index]


def test_it_holds_through_its_last_day_in_the_organisations_zone(wren: Person) -> None:
    code = the_certificate().code
    midnight = clock.local(settings.current().zone, 2029, 2, 19)
    assert certificates.check(code, now=midnight - timedelta(seconds=1)).status is CertificateStatus.VALID
    assert certificates.check(code, now=midnight).status is CertificateStatus.EXPIRED


@pytest.mark.both_databases
def test_a_new_name_makes_a_new_certificate_and_the_old_one_says_so(wren: Person) -> None:
    old = the_certificate()
    with db.writing():
        is_recorded_as(wren, "Wren Amara Żółć")
        new = certificates.rename(old.id, "  Wren   Amara Żółć ", by=wren, now=NOW + timedelta(hours=2))
    assert new.printed_name == "Wren Amara Żółć"
    assert status(old.code) is CertificateStatus.REPLACED
    checked = certificates.check(new.code, now=NOW + timedelta(days=1))
    assert (checked.status, checked.shown_name) == (CertificateStatus.VALID, "Wren Ż.")
    with pytest.raises(Conflict), db.writing():
        certificates.rename(old.id, "Wren", by=wren, now=NOW)
    with db.writing():
        assert certificates.rename(new.id, "Wren Amara Żółć", by=wren, now=NOW).id == new.id


def test_the_holder_decides_whether_strangers_see_the_whole_name(wren: Person) -> None:
    with db.writing():
        is_recorded_as(wren, "Wren Okafor")
        named = certificates.rename(the_certificate().id, "Wren Okafor", by=wren, now=NOW)
        certificates.show_full_name(named.id, True, by=wren, now=NOW)
    assert certificates.check(named.code, now=NOW + timedelta(days=1)).shown_name == "Wren Okafor"


def is_recorded_as(person: Person, legal_name: str) -> None:
    """Record a legal name, as staff do."""
    db.session.get_one(PersonPrivate, person.id).legal_name = legal_name


def test_nobody_gets_a_signed_certificate_in_a_name_that_is_not_recorded_as_theirs(wren: Person) -> None:
    for name in ("Mallory", "Rook", "wren", "Wren Okafor"):
        with pytest.raises(Invalid, match="display name or to your legal name"), db.writing():
            certificates.rename(the_certificate().id, name, by=wren, now=NOW)
    assert the_certificate().printed_name == "Wren"
    with db.writing():
        named = certificates.rename(the_certificate().id, "Wren Legalname", by=wren, now=NOW)
        assert certificates.rename(named.id, "Wren", by=wren, now=NOW).printed_name == "Wren"


WIDE = (
    "李小龙",
    "さくら アキコ",
    "김민준",
    "Wren 🦊❤️👩🏽‍🚒🇵🇱",
    "葛\U000e0100城",
    "Gwen 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
)


def test_nothing_is_printed_as_a_box() -> None:
    printed = ("क्षमा", "علی‌رضا", "אֱלִיעֶזֶר", "தமிழ்", "สมชาย", "Ольга", "Νίκη", "Nguyễn Thị", "র‍্যাচেল", *WIDE)
    assert [name for name in printed if characters_missing(name)] == []
    assert characters_missing("አ ᎠᏂ አ") == ["አ", "Ꭰ", "Ꮒ"]
    assert characters_missing("Wren x\u0489") == ["x\u0489"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("   ", "Write the name"),
        ("x" * 121, "There is room for 120 characters"),
        ("አበበ", "We cannot print አ በ yet"),
        ("Wren Ꮒ", "We cannot print Ꮒ yet"),
        ("Wren\u034fOkafor", "We cannot print"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_kindly(wren: Person, name: str, sentence: str) -> None:
    with db.writing():
        is_recorded_as(wren, name)
    with pytest.raises(Invalid, match=sentence), db.writing():
        certificates.rename(the_certificate().id, name, by=wren, now=NOW)


@pytest.mark.parametrize(
    ("name", "shown"), [("Wren", "Wren"), ("Wren Okafor", "Wren O."), ("Ana María de la Cruz", "Ana C.")]
)
def test_strangers_see_the_first_name_and_an_initial(name: str, shown: str) -> None:
    assert certificates.first_name_and_initial(name) == shown


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE certificate SET printed_name = 'Somebody Else'",
        "UPDATE certificate SET code = '00000000000000000000000000'",
        "UPDATE certificate SET token = 'nonsense'",
        "UPDATE certificate SET token = ''",
    ],
)
def test_a_changed_row_makes_no_certificate(wren: Person, change: str) -> None:
    with db.writing():
        db.session.execute(text(change))
    assert certificates.check(the_certificate().code, now=NOW + timedelta(days=1)).status is CertificateStatus.NOT_OURS


def test_a_token_moved_to_another_row_makes_no_certificate(wren: Person, people: People) -> None:
    rook = people.person("Rook")
    pass_course(rook)
    mine, theirs = db.session.scalars(select(Certificate).order_by(Certificate.id))
    code = theirs.code
    with db.writing():
        db.session.execute(text("UPDATE certificate SET token = :t WHERE id = :i"), {"t": mine.token, "i": theirs.id})
    assert status(code) is CertificateStatus.NOT_OURS


def test_a_longer_life_in_the_database_lengthens_nothing(wren: Person) -> None:
    code = the_certificate().code
    with db.writing():
        for trigger in db.session.scalars(text("SELECT name FROM sqlite_master WHERE tbl_name = 'completion'")).all():
            if trigger.startswith("completion_no_"):
                db.session.execute(text(f"DROP TRIGGER {trigger}"))
        db.session.execute(text("UPDATE completion SET valid_until = '2099-01-01'"))
    assert status(code, days=732) is CertificateStatus.EXPIRED


def test_what_was_signed_with_a_key_we_no_longer_hold_is_not_ours(wren: Person) -> None:
    code = the_certificate().code
    for path in (settings.current().keys / signing_keys.FOLDER).glob("*.jwk"):
        path.rename(path.with_suffix(".lost"))
    assert status(code) is CertificateStatus.NOT_OURS


def test_one_person_has_one_name_in_all_credentials_and_no_two_share_it(wren: Person, people: People) -> None:
    pass_course(people.person("Rook"))
    urns = [one.urn for one in db.session.scalars(select(CredentialSubject))]
    assert len(set(urns)) == 2
    with db.writing():
        is_recorded_as(wren, "Wren Two")
        certificates.rename(
            db.session.scalars(select(Certificate.id).where(Certificate.person_id == wren.id)).one(),
            "Wren Two",
            by=wren,
            now=NOW,
        )
    assert len(db.session.scalars(select(CredentialSubject)).all()) == 2


def test_nobody_changes_anybody_elses(wren: Person, people: People) -> None:
    rook = people.person("Rook", roles=(Role.ADMIN,))
    with pytest.raises(NotFound), db.writing():
        certificates.rename(the_certificate().id, "Rook", by=rook, now=NOW)


def test_the_email_is_about_the_certificate_that_stands_when_it_is_sent(wren: Person) -> None:
    first = the_certificate().id
    with db.writing():
        is_recorded_as(wren, "Wren Okafor")
        second = certificates.rename(first, "Wren Okafor", by=wren, now=NOW).id
    assert CertificateIssued(first).context(wren.id, NOW)["certificate"].id == second
