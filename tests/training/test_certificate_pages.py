"""The pages of certificates, for their holders and for strangers."""

from __future__ import annotations

import base64
import gzip
import io
import json
from datetime import timedelta

import jwt
import pikepdf
import pytest
from flask.testing import FlaskClient
from joserfc import jwt as joserfc_jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from jwt import PyJWKClient, PyJWKSet
from jwt.types import Options
from sqlalchemy import select, text

from app import db, settings
from app.audit import AuditLine
from app.people.models import Person, PersonPrivate, Role
from app.people.rate_limits import VERIFY_PER_IP
from app.trail import verification
from app.trail.verification import Tampering
from progression import evidence
from progression.ledger import facts_of_person
from tests.conftest import People, SignIn, clock_at
from tests.tampering import tamper
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from tests.training.reading import Reader
from tests.training.tokens import part
from training import badges, certificate_codes, certificates, signing_keys, status_list
from training.models import Certificate


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    wren = people.person("Wren", email="wren@example.org")
    pass_course(wren)
    return wren


def the_certificate() -> Certificate:
    return db.session.scalars(select(Certificate).where(Certificate.replaced_at.is_(None))).one()


def test_the_credential_in_the_pdf_verifies_with_a_library_that_did_not_sign_it(
    wren: Person, client: FlaskClient, sign_in: SignIn
) -> None:
    made = sign_in(client, wren).get(f"/certificates/{the_certificate().id}.pdf").data
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (name,) = list(pdf.attachments)
        carried = json.loads(pdf.attachments[name].get_file().read_bytes())["id"].rpartition(",")[2]
        # What ISO 19005-3 asks of a file with another in it, as far as it can be read without a validator.
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
        assert str(pdf.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        associated = pdf.Root.AF[0]
        assert str(associated.AFRelationship) == "/Data"
        assert str(associated.EF.F.Subtype) == "/application/json"
        assert str(associated.UF) == name == "credential.json"
    served = KeySet.import_key_set(client.get("/.well-known/jwks.json").get_json())
    verified = joserfc_jwt.decode(carried, served, algorithms=["RS256"])
    assert verified.header["kid"] in {key.kid for key in served.keys}
    assert verified.claims["credentialSubject"]["achievement"]["name"] == "Understanding conflict"
    head, _, signature = carried.split(".")
    forged = f"{head}.{base64.urlsafe_b64encode(b'{ }').decode()}.{signature}"
    with pytest.raises(BadSignatureError):
        joserfc_jwt.decode(forged, served, algorithms=["RS256"])


def test_a_stranger_learns_that_it_is_valid_and_no_more_than_an_initial(wren: Person, client: FlaskClient) -> None:
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).legal_name = "Wren Okafor"
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
    answers = [client.get(f"/verify/{code}") for code in (certificate_codes.new_code(), "nonsense", "x" * 500, forged)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "We do not know this certificate" in answers[0].text
    assert answers[0].headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_code_typed_from_paper_finds_its_certificate(wren: Person, client: FlaskClient) -> None:
    page = Reader(client).open("/verify").press("Check", code=certificate_codes.spaced(the_certificate().code).lower())
    assert "certificate" in page.heading
    assert page.status == 200


def test_many_checks_from_one_place_are_slowed(wren: Person, client: FlaskClient) -> None:
    answers = [client.get("/verify/nonsense").status_code for _ in range(VERIFY_PER_IP.most + 1)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_address_of_a_key_answers_with_that_one_key(wren: Person, client: FlaskClient) -> None:
    token = the_certificate().token
    kid = signing_keys.all_keys(settings.current().keys)[0].kid
    one = client.get(f"/.well-known/keys/{kid}").get_json()
    assert one["kid"] == badges.key_url(settings.current().public_url, kid)
    assert "d" not in one
    assert client.get("/.well-known/jwks.json").get_json() == {"keys": [one, {**one, "kid": kid}]}
    assert client.get("/.well-known/keys/other").status_code == 404
    assert badges.key_url(settings.current().public_url, kid).endswith(f"/.well-known/keys/{kid}")
    assert client.get("/.well-known/issuer.json").get_json()["type"] == ["Profile"]
    assert token.count(".") == 2


def test_a_client_that_only_has_the_key_set_finds_the_key_of_every_certificate_also_of_an_older_key(
    wren: Person, people: People, client: FlaskClient
) -> None:
    old = the_certificate().token
    signing_keys.add(settings.current().keys, now=NOW + timedelta(days=1))
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).legal_name = "Wren Okafor"
        new = certificates.rename(the_certificate().id, "Wren Okafor", by=wren, now=NOW + timedelta(days=1)).token
    keys = PyJWKSet.from_dict(client.get("/.well-known/jwks.json").get_json()).keys
    kids = [jwt.get_unverified_header(token)["kid"] for token in (old, new)]
    assert kids[0] != kids[1]
    for token, kid in zip((old, new), kids, strict=True):
        key = PyJWKClient.match_kid(keys, kid)
        assert key is not None
        options: Options = {"verify_exp": False, "verify_nbf": False}
        assert jwt.decode(token, key, algorithms=["RS256"], options=options)["type"][1] == "OpenBadgeCredential"
    # An address answers with the key under the very name that the credential has for it.
    path = kids[0].removeprefix(settings.current().public_url)
    assert client.get(path).get_json()["kid"] == kids[0]


def revoked(client: FlaskClient) -> list[int]:
    """The positions that the public list says are revoked, read as a verifier reads them."""
    listed = part(client.get("/.well-known/status/1").text, 1)["credentialSubject"]["encodedList"]
    bits = gzip.decompress(base64.urlsafe_b64decode(listed[1:] + "=="))
    return [place for place in range(len(bits) * 8) if bits[place // 8] & (0x80 >> place % 8)]


def test_a_replaced_certificate_and_a_withdrawn_one_are_in_the_public_status_list_and_the_present_one_is_not(
    wren: Person, people: People, client: FlaskClient
) -> None:
    first = the_certificate().status_index
    assert revoked(client) == []
    with db.writing():
        db.session.get_one(PersonPrivate, wren.id).legal_name = "Wren Okafor"
        second = certificates.rename(the_certificate().id, "Wren Okafor", by=wren, now=NOW).status_index
    assert revoked(client) == [first]
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    with db.writing():
        proof = facts_of_person(wren.id)[0]
        evidence.withdraw(proof.id, by=sable.id, why="A mistake of ours.", now=NOW + timedelta(days=1))
    assert revoked(client) == sorted([first, second])


def test_the_list_of_withdrawn_certificates_is_signed_and_short_lived(wren: Person, client: FlaskClient) -> None:
    answer = client.get("/.well-known/status/1")
    assert answer.mimetype == "application/jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    for number in (0, 2, 2_000_000):
        assert client.get(f"/.well-known/status/{number}").status_code == 404, "no certificate names that list"
    assert status_list.LENGTH // 8 < 20_000


def test_the_holder_changes_the_name_on_the_page(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    address = f"/certificates/{the_certificate().id}"
    with clock_at(NOW + timedelta(days=1)):
        with db.writing():
            db.session.get_one(PersonPrivate, wren.id).legal_name = "አ"
        reader = Reader(sign_in(client, wren)).open(address)
        reader.press("Save", name="አ")
        assert reader.status == 422
        assert "We cannot print አ yet" in reader.text
        assert reader.form("Save").fields["name"] == ["አ"]
        with db.writing():
            db.session.get_one(PersonPrivate, wren.id).legal_name = "Wren Okafor"
        reader.press("Save", name="Wren Okafor", shows_full_name="y")
        assert "Your certificate is up to date." in reader.text
        assert "Wren Okafor" in reader.text
        assert Reader(client).open(f"/verify/{the_certificate().code}").text.count("Wren Okafor") == 1


def test_the_signed_badge_is_for_its_holder(wren: Person, client: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(client, wren).get(f"/certificates/{the_certificate().id}.json")
    assert json.loads(answer.data)["type"] == "EnvelopedVerifiableCredential"
    assert "wren" not in answer.headers["Content-Disposition"].lower()


def test_a_name_that_cannot_be_printed_has_no_pdf_and_the_page_offers_another(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    install_shipped()
    abebe = people.person("አበበ", email="abebe@example.org")
    sign_in(client, abebe)
    course = Reader(client).open("/learning/conflict")
    assert "we cannot print አ በ yet" in course.text
    pass_course(abebe)
    certificate = the_certificate().id
    assert "We cannot print አ በ yet" in Reader(client).open(f"/certificates/{certificate}").text
    assert f"/certificates/{certificate}.pdf" not in client.get(f"/certificates/{certificate}").text
    assert client.get(f"/certificates/{certificate}.pdf").status_code == 409
    with db.writing():
        db.session.get_one(PersonPrivate, abebe.id).legal_name = "Kim Min-jun"
    page = client.get(f"/certificates/{certificate}").text
    assert 'value="Kim Min-jun"' in page
    assert client.post(f"/certificates/{certificate}", data={"name": "Mallory"}).status_code == 422
    answer = client.post(f"/certificates/{certificate}", data={"name": "Kim Min-jun"}, follow_redirects=True)
    assert f"/certificates/{the_certificate().id}.pdf" in answer.text
    assert client.get(f"/certificates/{the_certificate().id}.pdf").mimetype == "application/pdf"


def test_who_opened_a_certificate_of_somebody_else_is_written_down(
    wren: Person, client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    address = f"/certificates/{the_certificate().id}.pdf"
    assert sign_in(client, wren).get(address).status_code == 200
    sable = people.person("Sable", roles=(Role.ASSESSOR,))
    assert sign_in(client, sable).get(address).status_code == 200
    db.session.rollback()
    read = select(AuditLine.by_id, AuditLine.subject).where(AuditLine.action == "training.certificate-read")
    assert [tuple(row) for row in db.session.execute(read)] == [(sable.id, f"person:{wren.id}")]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE certificate SET replaced_at = '2020-01-01 00:00:00' WHERE replaced_at IS NULL",
        "UPDATE certificate SET printed_name = 'Mallory'",
        "UPDATE evidence SET valid_until = '2099-01-01'",
        "UPDATE completion SET valid_until = '2099-01-01'",
        "UPDATE course_version SET document = '{}'",
    ],
)
def test_a_row_that_proves_something_and_was_changed_is_named_by_audit_verify(wren: Person, change: str) -> None:
    with db.writing():
        certificates.rename(the_certificate().id, "Wren Legalname", by=wren, now=NOW)
    assert list(verification.check()) == []
    tamper(change)
    table = change.split()[1]
    assert any(
        finding.what is Tampering.ROW_CHANGED and finding.words.startswith(f"{table}:")
        for finding in verification.check()
    )
