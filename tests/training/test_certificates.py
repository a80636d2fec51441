"""Certificates: whose they are, what strangers learn from one, and that the database alone makes none."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app import clock, db, settings
from app.people.models import Person, Role
from app.people.throttle import VERIFY_PLACE
from app.refusals import Conflict, Invalid, NotFound
from progression import evidence
from progression.models import Evidence
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.reading import Reader
from training import badges, certificate_codes, certificates, signing_keys, status_list
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


def standing(code: str, days: int = 1) -> CertificateStatus:
    return certificates.check(code, now=NOW + timedelta(days=days)).standing


@pytest.mark.both_databases
def test_a_certificate_is_valid_then_expired_and_withdrawn_when_its_evidence_is(wren: Person, people: People) -> None:
    code = the_certificate().code
    assert standing(code) is CertificateStatus.VALID
    assert standing(code, days=732) is CertificateStatus.EXPIRED
    proof = db.session.scalars(select(Evidence).where(Evidence.kind == "training")).one()
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    assert certificates.revoked_places(1) == []
    with db.writing():
        evidence.withdraw(proof.id, by=sable.id, why="A mistake of ours.", now=NOW + timedelta(hours=2))
    assert standing(code) is CertificateStatus.WITHDRAWN
    assert certificates.revoked_places(1) == [the_certificate().status_index]


def test_it_holds_through_its_last_day_in_the_organisations_zone(wren: Person) -> None:
    code = the_certificate().code
    midnight = clock.local(settings.current().zone, 2029, 2, 19)
    assert certificates.check(code, now=midnight - timedelta(seconds=1)).standing is CertificateStatus.VALID
    assert certificates.check(code, now=midnight).standing is CertificateStatus.EXPIRED


@pytest.mark.both_databases
def test_a_new_name_makes_a_new_certificate_and_the_old_one_says_so(wren: Person) -> None:
    old = the_certificate()
    with db.writing():
        new = certificates.rename(old.id, "  Wren   Amara Żółć ", by=wren, now=NOW + timedelta(hours=2))
    assert new.printed_name == "Wren Amara Żółć"
    assert standing(old.code) is CertificateStatus.REPLACED
    checked = certificates.check(new.code, now=NOW + timedelta(days=1))
    assert (checked.standing, checked.shown_name) == (CertificateStatus.VALID, "Wren Ż.")
    with pytest.raises(Conflict), db.writing():
        certificates.rename(old.id, "Somebody", by=wren, now=NOW)
    with db.writing():
        assert certificates.rename(new.id, "Wren Amara Żółć", by=wren, now=NOW).id == new.id


def test_the_holder_decides_whether_strangers_see_the_whole_name(wren: Person) -> None:
    with db.writing():
        named = certificates.rename(the_certificate().id, "Wren Okafor", by=wren, now=NOW)
        certificates.show_full_name(named.id, True, by=wren, now=NOW)
    assert certificates.check(named.code, now=NOW + timedelta(days=1)).shown_name == "Wren Okafor"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("   ", "Write the name"),
        ("x" * 81, "There is room for 80 characters"),
        ("李小龙", "We cannot print 李 小 龙 yet"),
        ("Wren 🌙", "We cannot print 🌙 yet"),
        ("Wren\u202eOkafor", "We cannot print"),
    ],
)
def test_a_name_that_cannot_be_printed_is_refused_kindly(wren: Person, name: str, sentence: str) -> None:
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
    assert (
        certificates.check(the_certificate().code, now=NOW + timedelta(days=1)).standing is CertificateStatus.NOT_OURS
    )


def test_a_token_moved_to_another_row_makes_no_certificate(wren: Person, people: People) -> None:
    rook = people.person("Rook")
    pass_course(rook)
    mine, theirs = db.session.scalars(select(Certificate).order_by(Certificate.id))
    code = theirs.code
    with db.writing():
        db.session.execute(text("UPDATE certificate SET token = :t WHERE id = :i"), {"t": mine.token, "i": theirs.id})
    assert standing(code) is CertificateStatus.NOT_OURS


def test_a_longer_life_in_the_database_lengthens_nothing(wren: Person) -> None:
    code = the_certificate().code
    with db.writing():
        for trigger in db.session.scalars(text("SELECT name FROM sqlite_master WHERE tbl_name = 'completion'")).all():
            if trigger.startswith("completion_no_"):
                db.session.execute(text(f"DROP TRIGGER {trigger}"))
        db.session.execute(text("UPDATE completion SET valid_until = '2099-01-01'"))
    assert standing(code, days=732) is CertificateStatus.EXPIRED


def test_what_was_signed_with_a_key_we_no_longer_hold_is_not_ours(wren: Person) -> None:
    code = the_certificate().code
    for path in (settings.current().keys / signing_keys.FOLDER).glob("*.jwk"):
        path.rename(path.with_suffix(".lost"))
    assert standing(code) is CertificateStatus.NOT_OURS


def test_one_person_has_one_name_in_all_credentials_and_no_two_share_it(wren: Person, people: People) -> None:
    pass_course(people.person("Rook"))
    urns = [one.urn for one in db.session.scalars(select(CredentialSubject))]
    assert len(set(urns)) == 2
    with db.writing():
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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7k4q-92td-7k4q-92td-7k4q-92td-7k", "7K4Q92TD7K4Q92TD7K4Q92TD7K"),
        (" 7K4Q 92TD 7K4Q 92TD 7K4Q 92TD O l ", "7K4Q92TD7K4Q92TD7K4Q92TD01"),
        ("7K4Q", None),
        ("", None),
        ("7K4Q92TD7K4Q92TD7K4Q92TD7U", None),
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str, meant: str | None) -> None:
    assert certificate_codes.as_typed(typed) == meant


def test_codes_hold_128_bits_and_survive_their_spacing() -> None:
    made = {certificate_codes.fresh() for _ in range(200)}
    assert len(made) == 200
    assert all(certificate_codes.as_typed(certificate_codes.spaced(code).lower()) == code for code in made)


def test_the_letter_is_about_the_certificate_that_stands_when_it_is_sent(wren: Person) -> None:
    first = the_certificate().id
    with db.writing():
        second = certificates.rename(first, "Wren Okafor", by=wren, now=NOW).id
    assert CertificateIssued(first).context(wren.id, NOW)["certificate"].id == second


# --- The pages --------------------------------------------------------------------------------------------


def test_a_stranger_learns_that_it_is_valid_and_no_more_than_an_initial(wren: Person, client: FlaskClient) -> None:
    with db.writing():
        named = certificates.rename(the_certificate().id, "Wren Okafor", by=wren, now=NOW)
        code = named.code
    with clock_at(NOW + timedelta(days=1)):
        page = Reader(client).open(f"/verify/{code}")
    assert page.heading == "This certificate is valid"
    assert "Wren O." in page.text
    assert "Okafor" not in page.text
    assert "18 February 2029" in page.text
    assert "Harbour Lane Community" in page.text


def test_a_wrong_code_an_impossible_one_and_a_forged_row_get_the_same_page(wren: Person, client: FlaskClient) -> None:
    forged = the_certificate().code
    with db.writing():
        db.session.execute(text("UPDATE certificate SET printed_name = 'Mallory'"))
    answers = [client.get(f"/verify/{code}") for code in (certificate_codes.fresh(), "nonsense", "x" * 500, forged)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "We do not know this certificate" in answers[0].text
    assert answers[0].headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_code_typed_from_paper_finds_its_certificate(wren: Person, client: FlaskClient) -> None:
    page = Reader(client).open("/verify").press("Check", code=certificate_codes.spaced(the_certificate().code).lower())
    assert "certificate" in page.heading
    assert page.status == 200


def test_many_checks_from_one_place_are_slowed(wren: Person, client: FlaskClient) -> None:
    answers = [client.get("/verify/nonsense").status_code for _ in range(VERIFY_PLACE.most + 1)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_address_of_a_key_answers_with_that_one_key(wren: Person, client: FlaskClient) -> None:
    token = the_certificate().token
    kid = signing_keys.all_keys(settings.current().keys)[0].kid
    one = client.get(f"/.well-known/keys/{kid}").get_json()
    assert one["kid"] == kid
    assert "d" not in one
    assert client.get("/.well-known/jwks.json").get_json() == {"keys": [one]}
    assert client.get("/.well-known/keys/other").status_code == 404
    assert badges.key_url(settings.current().public_url, kid).endswith(f"/.well-known/keys/{kid}")
    assert client.get("/.well-known/issuer.json").get_json()["type"] == ["Profile"]
    assert token.count(".") == 2


def test_the_list_of_withdrawn_certificates_is_signed_and_short_lived(wren: Person, client: FlaskClient) -> None:
    answer = client.get("/.well-known/status/1")
    assert answer.mimetype == "application/jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert client.get("/.well-known/status/0").status_code == 404
    assert status_list.LENGTH // 8 < 20_000


def test_the_holder_changes_the_name_on_the_page(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    address = f"/certificates/{the_certificate().id}"
    with clock_at(NOW + timedelta(days=1)):
        reader = Reader(sign_in(client, wren)).open(address)
        reader.press("Save", name="李")
        assert reader.status == 422
        assert "We cannot print 李 yet" in reader.text
        assert reader.form("Save").fields["name"] == ["李"]
        reader.press("Save", name="Wren Okafor", shows_full_name="y")
        assert "Your certificate is up to date." in reader.text
        assert "Wren Okafor" in reader.text
        assert Reader(client).open(f"/verify/{the_certificate().code}").text.count("Wren Okafor") == 1


def test_the_signed_badge_is_for_its_holder(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(client, wren).get(f"/certificates/{the_certificate().id}.json")
    assert json.loads(answer.data)["type"] == "EnvelopedVerifiableCredential"
    assert "wren" not in answer.headers["Content-Disposition"].lower()
