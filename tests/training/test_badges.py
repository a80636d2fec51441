"""Signed credentials: what is in one, and everything that only looks like one of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.times import NOW
from tests.training.tokens import AWARD, found_by, part
from training import badges, signing_keys
from training.signing_keys import SigningKey


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return signing_keys.current(tmp_path_factory.mktemp("keys"), now=NOW)


@pytest.fixture(scope="module")
def token(key: SigningKey) -> str:
    return badges.sign(AWARD, key)


def test_the_header_is_what_the_standard_asks_and_no_more(token: str, key: SigningKey) -> None:
    assert part(token, 0) == {
        "alg": "RS256",
        "kid": f"https://rota.example.org/.well-known/keys/{key.kid}",
        "typ": "JWT",
    }


def test_the_payload_is_the_credential_and_each_claim_equals_its_twin(token: str) -> None:
    payload = part(token, 1)
    assert "vc" not in payload
    assert payload["@context"] == badges.CONTEXT
    assert payload["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert payload["iss"] == payload["issuer"]["id"]
    assert payload["sub"] == payload["credentialSubject"]["id"]
    assert payload["jti"] == payload["id"]
    assert payload["validFrom"] == "2027-02-18T19:30:00Z"
    assert payload["nbf"] == int(NOW.timestamp())
    assert payload["exp"] == int((NOW + timedelta(days=730)).timestamp())
    assert payload["credentialStatus"]["statusListIndex"] == "4711"
    assert payload["credentialSubject"]["achievement"]["achievementType"] == "Certificate"
    assert payload["credentialSubject"]["achievement"]["id"].endswith("#" + "a" * 64)


def test_neither_address_nor_name_can_be_read_from_it_but_both_can_be_confirmed(token: str) -> None:
    whole = json.dumps(part(token, 1))
    assert "wren" not in whole.lower()
    email, name = part(token, 1)["credentialSubject"]["identifier"]
    expected = hashlib.sha256(("wren@example.org" + email["salt"]).encode()).hexdigest()
    assert email["identityHash"] == f"sha256${expected}"
    assert (email["hashed"], email["identityType"], name["identityType"]) == (True, "emailAddress", "name")


def test_a_token_of_ours_says_what_was_signed(token: str, key: SigningKey) -> None:
    says = badges.read(token, found_by(key))
    assert says is not None
    assert says.title == "Understanding conflict"
    assert says.awarded_at == NOW
    assert says.is_named("Wren Okafor")
    assert not says.is_named("Rook Okafor")


def signed(claims: dict[str, Any], key: SigningKey, **header: Any) -> str:
    headers = {"kid": badges.key_url(AWARD.public_url, key.kid), **header}
    return jwt.encode(claims, key.private, algorithm="RS256", headers=headers)


def unsigned(token: str, key: SigningKey) -> str:
    return jwt.encode(part(token, 1), "", algorithm="none", headers={"kid": part(token, 0)["kid"]})


def with_the_public_key_as_secret(token: str, key: SigningKey) -> str:
    pem = key.published.public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(json.dumps({**part(token, 0), "alg": "HS256"}).encode()).rstrip(b"=")
    body = header + b"." + token.split(".")[1].encode()
    mac = base64.urlsafe_b64encode(hmac.digest(pem, body, "sha256")).rstrip(b"=")
    return (body + b"." + mac).decode()


def tampered(token: str, key: SigningKey) -> str:
    payload = {**part(token, 1), "name": "Everything"}
    body = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    head, _body, signature = token.split(".")
    return f"{head}.{body}.{signature}"


def by_another_key_under_our_name(token: str, key: SigningKey) -> str:
    other = SigningKey(key.kid, generate_private_key(public_exponent=65537, key_size=2048))
    return signed(part(token, 1), other)


def by_another_key_under_its_own_name(token: str, key: SigningKey) -> str:
    other = SigningKey("another", generate_private_key(public_exponent=65537, key_size=2048))
    return signed(part(token, 1), other)


def with_a_key_in_the_header(token: str, key: SigningKey) -> str:
    other = SigningKey("another", generate_private_key(public_exponent=65537, key_size=2048))
    return signed(part(token, 1), other, kid=badges.key_url(AWARD.public_url, key.kid), jwk=other.published.jwk())


def without(claim: str) -> Callable[[str, SigningKey], str]:
    return lambda token, key: signed({k: v for k, v in part(token, 1).items() if k != claim}, key)


def saying(**claims: Any) -> Callable[[str, SigningKey], str]:
    return lambda token, key: signed({**part(token, 1), **claims}, key)


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        with_the_public_key_as_secret,
        tampered,
        by_another_key_under_our_name,
        by_another_key_under_its_own_name,
        with_a_key_in_the_header,
        without("nbf"),
        without("exp"),
        without("jti"),
        without("credentialSubject"),
        saying(iss="https://elsewhere.example"),
        saying(sub="urn:uuid:1"),
        saying(jti="https://elsewhere.example/verify/1"),
        saying(exp=int(NOW.timestamp()) + 10**9),
        saying(type=["VerifiableCredential", "BitstringStatusListCredential"]),
        saying(validFrom="yesterday"),
        lambda token, key: signed(part(token, 1), key, typ="vc+jwt"),
        lambda token, key: signed({"vc": part(token, 1), "iss": "x", "sub": "x", "jti": "x", "nbf": 1, "exp": 2}, key),
        lambda token, key: token[:-10],
        lambda token, key: "not a token",
        lambda token, key: "",
        lambda token, key: token + "A" * badges.LONGEST_TOKEN,
    ],
)
def test_what_only_looks_like_ours_is_refused(
    token: str, key: SigningKey, forge: Callable[[str, SigningKey], str]
) -> None:
    forged = forge(token, key)
    assert forged != token
    assert badges.read(forged, found_by(key)) is None


def test_signing_twice_gives_other_salts_so_two_tokens_cannot_be_joined(key: SigningKey, token: str) -> None:
    again = badges.sign(replace(AWARD, code="Z" * 26), key)
    first = {one["salt"] for one in part(token, 1)["credentialSubject"]["identifier"]}
    second = {one["salt"] for one in part(again, 1)["credentialSubject"]["identifier"]}
    assert first.isdisjoint(second)


def test_the_wrapper_for_files_is_json_around_the_very_token(token: str) -> None:
    wrapped = json.loads(badges.enveloped(token))
    assert wrapped["type"] == "EnvelopedVerifiableCredential"
    assert wrapped["id"].removeprefix("data:application/vc+jwt,") == token


# --- Keys -------------------------------------------------------------------------------------------------


# --- The list of withdrawn certificates -------------------------------------------------------------------
