"""Signed credentials: what is in one, and everything that only looks like one of ours."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.times import NOW
from training import badges, signing_keys, status_list
from training.badges import Award
from training.signing_keys import PublicKey, SigningKey

AWARD = Award(
    public_url="https://rota.example.org",
    organisation="Harbour Lane Community",
    code="7K4Q92TD7K4Q92TD7K4Q92TD7K",
    subject_urn="urn:uuid:0c5c3c8e-3c5e-4c9e-8d5e-5d5f5a5b5c5d",
    email="wren@example.org",
    printed_name="Wren Okafor",
    title="Understanding conflict",
    version_number=3,
    content_hash="a" * 64,
    course_code="conflict",
    summary="How arguments grow.",
    criteria="Passed every step.",
    awarded_at=NOW + timedelta(microseconds=123_456),
    valid_until=NOW + timedelta(days=730),
    status_list=1,
    status_index=4711,
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return signing_keys.current(tmp_path_factory.mktemp("keys"), now=NOW)


@pytest.fixture(scope="module")
def token(key: SigningKey) -> str:
    return badges.sign(AWARD, key)


def found_by(key: SigningKey) -> Callable[[str], PublicKey | None]:
    return lambda kid: key.published if kid == key.kid else None


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return decoded


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


def test_a_key_is_readable_by_its_owner_alone_and_its_public_half_holds_no_secret(tmp_path: Path) -> None:
    key = signing_keys.current(tmp_path, now=NOW)
    (path,) = (tmp_path / signing_keys.FOLDER).glob("*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in path.with_suffix(".jwk").read_text()
    assert (tmp_path / signing_keys.FOLDER).stat().st_mode & 0o777 == 0o700
    assert set(key.published.jwk()) == {"kty", "n", "e", "alg", "use", "kid"}


def test_a_new_key_signs_and_the_old_one_stays_published(tmp_path: Path) -> None:
    old = signing_keys.current(tmp_path, now=NOW)
    token = badges.sign(AWARD, old)
    new = signing_keys.add(tmp_path, now=NOW + timedelta(days=1))
    assert signing_keys.current(tmp_path, now=NOW).kid == new.kid != old.kid
    assert [key.kid for key in signing_keys.all_keys(tmp_path)] == [old.kid, new.kid]
    assert badges.read(token, lambda kid: signing_keys.find(tmp_path, kid)) is not None


def test_a_private_half_may_go_and_what_it_signed_still_stands(tmp_path: Path) -> None:
    old = signing_keys.current(tmp_path, now=NOW)
    token = badges.sign(AWARD, old)
    next((tmp_path / signing_keys.FOLDER).glob("*.pem")).unlink()
    assert signing_keys.current(tmp_path, now=NOW + timedelta(days=1)).kid != old.kid
    assert len(signing_keys.all_keys(tmp_path)) == 2
    assert badges.read(token, lambda kid: signing_keys.find(tmp_path, kid)) is not None


def test_a_key_that_came_without_its_public_half_is_published_before_it_signs(tmp_path: Path) -> None:
    key = signing_keys.current(tmp_path, now=NOW)
    next((tmp_path / signing_keys.FOLDER).glob("*.jwk")).unlink()
    assert signing_keys.all_keys(tmp_path) == []
    assert signing_keys.current(tmp_path, now=NOW).kid == key.kid
    assert [each.kid for each in signing_keys.all_keys(tmp_path)] == [key.kid]


@pytest.mark.parametrize("kid", ["", "../../etc/passwd", "x" * 5000, "*"])
def test_a_key_of_no_such_name_is_not_looked_for_on_the_disk(tmp_path: Path, kid: str) -> None:
    signing_keys.current(tmp_path, now=NOW)
    assert signing_keys.find(tmp_path, kid) is None


def test_two_processes_that_need_the_first_key_at_once_take_the_same(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path; from training import signing_keys; "
        "sys.stdin.read(); print(signing_keys.current(Path(sys.argv[1]), now=datetime.now(UTC)).kid)"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in racing:
        assert process.stdin is not None
        process.stdin.close()
    kids = set()
    for process in racing:
        assert process.stdout is not None
        kids.add(process.stdout.read().strip())
        process.stdout.close()
        assert process.wait() == 0
    assert len(kids) == 1
    assert len(signing_keys.all_keys(tmp_path)) == 1


# --- The list of withdrawn certificates -------------------------------------------------------------------


def test_the_list_says_of_each_place_whether_it_was_withdrawn() -> None:
    bits = gzip.decompress(base64.urlsafe_b64decode(status_list.encoded([0, 9, 131_071])[1:] + "=="))
    assert len(bits) * 8 == 131_072
    assert [place for place in range(131_072) if bits[place // 8] & (0x80 >> place % 8)] == [0, 9, 131_071]


def test_a_place_is_never_given_twice() -> None:
    taken = set(range(status_list.LENGTH - 1))
    assert status_list.draw_place(taken.__contains__) == status_list.LENGTH - 1
    assert status_list.list_for(0) == 1
    assert status_list.list_for(status_list.MOST_IN_ONE) == 2


def test_the_list_is_no_badge(key: SigningKey) -> None:
    signed_list = status_list.signed(1, [5], public_url=AWARD.public_url, organisation="Harbour Lane", key=key, now=NOW)
    assert part(signed_list, 1)["credentialSubject"]["statusPurpose"] == "revocation"
    assert badges.read(signed_list, found_by(key)) is None
