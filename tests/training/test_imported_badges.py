"""Open Badges of other issuers: read from text, JSON and pictures, checked by the keys at hand, and nothing fetched."""

from __future__ import annotations

import base64
import json
import socket
import zlib
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from sqlalchemy import select

from app import db
from app.refusals import Invalid
from tests.app.files.made import picture
from tests.conftest import People
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import imported_badges
from training.imported_badges import BASE58, NO_BADGE, WRONG
from training.models import Certificate, Signature

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
PRIVATE: dict[str, Any] = {"RS256": RSA, "ES256": P256, "EdDSA": ED25519}
ISSUER = "https://college.example.org/issuer"


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection to an address fails the test."""

    def refuse(*_anything: object, **_more: object) -> None:
        raise AssertionError("something wanted to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def jwk(algorithm: str) -> dict[str, Any]:
    readers: dict[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
    public: dict[str, Any] = json.loads(readers[algorithm].to_jwk(PRIVATE[algorithm].public_key()))
    return public


def claims(**changed: Any) -> dict[str, Any]:
    credential: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:2b0a4f3e-1111-4222-8333-444455556666",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Northern College"},
        "validFrom": "2026-03-01T09:00:00Z",
        "validUntil": "2028-03-01T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:9",
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": "Wren", "identityType": "name"}],
            "achievement": {"id": "https://college.example.org/a", "name": "Safeguarding adults, level 2"},
        },
    }
    return {**credential, "iss": ISSUER, "jti": credential["id"], "sub": "urn:uuid:9", **changed}


def token(algorithm: str = "RS256", *, header: dict[str, Any] | None = None, **changed: Any) -> str:
    given = {"jwk": jwk(algorithm)} if header is None else header
    return jwt.encode(claims(**changed), PRIVATE[algorithm], algorithm=algorithm, headers=given)


def base58(raw: bytes) -> str:
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return text


def test_what_it_says_is_read(app: Flask) -> None:
    read = imported_badges.read(token(), now=NOW)
    assert (read.title, read.issuer) == ("Safeguarding adults, level 2", "Northern College")
    assert (read.awarded_on.isoformat(), read.lapses_on) == ("2026-03-01", NOW.date().replace(2028, 3, 1))
    assert read.made_out_to == "name Wren; urn:uuid:9"
    assert (read.signature, read.key_from) == (Signature.GOOD, "header")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_key_in_the_header_checks_it_and_a_changed_token_is_refused(app: Flask, algorithm: str) -> None:
    good = token(algorithm)
    assert imported_badges.read(good, now=NOW).signature is Signature.GOOD
    head, _, signature = good.split(".")
    changed = json.dumps(claims(validUntil="2099-01-01T00:00:00Z")).encode()
    body = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    with pytest.raises(Invalid, match="signature of this badge is wrong"):
        imported_badges.read(f"{head}.{body}.{signature}", now=NOW)


@pytest.mark.parametrize("method", ["jwk", "key"])
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_an_issuer_that_is_its_own_key_needs_no_other(app: Flask, algorithm: str, method: str) -> None:
    if method == "jwk":
        did = "did:jwk:" + base64.urlsafe_b64encode(json.dumps(jwk(algorithm)).encode()).rstrip(b"=").decode()
    elif algorithm == "EdDSA":
        raw = ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        did = "did:key:z" + base58(b"\xed\x01" + raw)
    else:
        raw = P256.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        did = "did:key:z" + base58(b"\x80\x24" + raw)
    read = imported_badges.read(token(algorithm, header={}, iss=did, issuer=did), now=NOW)
    assert (read.signature, read.key_from) == (Signature.GOOD, "did")
    other = "RS256" if algorithm == "ES256" else "ES256"
    with pytest.raises(Invalid, match="wrong"):
        imported_badges.read(token(other, header={}, iss=did, issuer=did), now=NOW)


def test_a_key_elsewhere_is_not_fetched_and_staff_can_give_it(app: Flask) -> None:
    far = token(header={"kid": "http://169.254.169.254/keys/1", "jku": "http://localhost:1/keys"})
    read = imported_badges.read(far, now=NOW)
    assert (read.signature, read.key_from) == (Signature.UNCHECKED, None)
    pem = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for key in (json.dumps(jwk("RS256")), json.dumps({"keys": [jwk("RS256")]}), pem):
        read = imported_badges.read(far, now=NOW, key=key)
        assert (read.signature, read.key_from) == (Signature.GOOD, "staff")
    with pytest.raises(Invalid, match="wrong"):
        imported_badges.read(far, now=NOW, key=json.dumps(jwk("ES256")))


def test_our_own_are_checked_by_our_own_keys(app: Flask, people: People) -> None:
    install_shipped()
    pass_course(people.person("Wren"))
    ours = db.session.scalars(select(Certificate)).one().token
    assert imported_badges.read(ours, now=NOW + timedelta(days=1)).key_from == "ours"
    forged = token(iss="http://127.0.0.1:8000/.well-known/issuer.json")
    with pytest.raises(Invalid) as refused:
        imported_badges.read(forged, now=NOW)
    assert refused.value.sentences == (WRONG,)


def test_it_is_found_in_json_and_in_pictures(app: Flask) -> None:
    whole = token()
    png = picture("PNG")
    for packed in (False, True):
        text = zlib.compress(whole.encode()) if packed else whole.encode()
        body = b"openbadgecredential\0" + bytes([packed, 0]) + b"\0\0" + text
        chunk = len(body).to_bytes(4, "big") + b"iTXt" + body + zlib.crc32(b"iTXt" + body).to_bytes(4, "big")
        assert imported_badges.read(png[:33] + chunk + png[33:], now=NOW).token == whole
    svg = f'<svg><openbadges:credential xmlns:openbadges="x" verify="{whole}"/></svg>'
    enveloped = json.dumps({"type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{whole}"})
    for holding in (svg, enveloped, f"  {whole}\n"):
        assert imported_badges.read(holding.encode(), now=NOW).token == whole


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        picture("PNG"),
        picture("PNG")[:50],
        b"a.b.c",
        b"{" * 5000,
        "A" * 20 + "." + "B" * 20 + "." + "C" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 400,
        b"<svg>" + b"<" * 3000,
        zlib.compress(b"0" * 1000),
        "A" * 30_000 + "." + "B" * 20 + "." + "C" * 20,
        b"%PDF-1.7",
    ],
    ids=range(12),
)
def test_what_holds_none_says_so(app: Flask, raw: bytes | str) -> None:
    with pytest.raises(Invalid) as refused:
        imported_badges.read(raw, now=NOW)
    assert refused.value.sentences == (NO_BADGE,)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: jwt.encode(claims(), "s" * 40, algorithm="HS256"), "a way that Open Badges do not allow"),
        (lambda: jwt.encode(claims(), "", algorithm="none") + "A" * 20, "a way that Open Badges do not allow"),
        (lambda: token(header={"jwk": json.loads(RSAAlgorithm.to_jwk(RSA))}), "is no public key"),
        (lambda: token(header={"jwk": {"kty": "oct", "k": "AAAA"}}), "is no public key"),
        (lambda: token(header={"jwk": jwk("ES256")}), "signature of this badge is wrong"),
        (lambda: token(header={}, iss="did:key:zNOTAKEY0"), "is no public key"),
        (lambda: token(type=["VerifiableCredential"]), "not a whole Open Badge"),
        (lambda: token(credentialSubject="Wren"), "not a whole Open Badge"),
        (lambda: token(iss="https://another.example.org"), "not a whole Open Badge"),
        (lambda: token(validFrom="yesterday"), "not a whole Open Badge"),
        (lambda: token(validFrom="2099-01-01T00:00:00Z"), "not valid yet"),
    ],
    ids=range(11),
)
def test_what_cannot_be_trusted_is_refused_with_a_sentence(app: Flask, made: Any, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        imported_badges.read(made(), now=NOW)
