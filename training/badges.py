"""Open Badges 3.0 credentials as signed tokens: signing one, and verifying that one is ours.

Profile (1EdTech Open Badges 3.0, JSON Web Token proof format): RS256; the payload is the credential
itself, without the `vc` wrapper of older drafts; `iss`, `sub`, `jti`, `nbf` and `exp` equal their
counterparts in the credential; the header holds `alg`, `typ` and a `kid` whose URL returns that one key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from training.signing_keys import PublicKey, SigningKey

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
SCHEMA = {
    "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    "type": "1EdTechJsonSchemaValidator2019",
}
LONGEST_TOKEN = 20_000  # characters; ours have about 4,000


@dataclass(frozen=True)
class Award:
    """The content of a certificate, before it is signed."""

    public_url: str
    organisation: str
    code: str
    subject_urn: str
    email: str  # goes in only as a salted hash
    printed_name: str  # goes in only as a salted hash
    title: str
    version_number: int
    content_hash: str
    course_code: str
    summary: str
    criteria: str
    awarded_at: datetime
    valid_until: datetime
    status_list: int
    status_index: int


@dataclass(frozen=True)
class Credential:
    """The content of a token that we signed."""

    verify_url: str
    issuer_name: str
    title: str
    summary: str
    criteria: str
    awarded_at: datetime
    valid_until: datetime
    name_hash: str
    name_salt: str

    def is_named(self, name: str) -> bool:
        """Whether the certificate was made out to this name."""
        return hmac.compare_digest(_hashed(name, self.name_salt), self.name_hash)


def verify_url(public_url: str, code: str) -> str:
    """The public URL of the check of a certificate; also the credential's id."""
    return f"{public_url}/verify/{code}"


def key_url(public_url: str, kid: str) -> str:
    """The URL of one public key."""
    return f"{public_url}/.well-known/keys/{kid}"


def issuer_url(public_url: str) -> str:
    """The URL of the issuer's profile; also its id."""
    return f"{public_url}/.well-known/issuer.json"


def status_list_url(public_url: str, number: int) -> str:
    """The URL of a list of withdrawn credentials."""
    return f"{public_url}/.well-known/status/{number}"


def issuer(public_url: str, organisation: str) -> dict[str, Any]:
    """The issuer: the organisation's profile."""
    return {"id": issuer_url(public_url), "type": ["Profile"], "name": organisation, "url": public_url}


def sign(award: Award, key: SigningKey) -> str:
    """The award as a signed token. Times are cut to whole seconds, so that each claim equals its counterpart."""
    awarded_at, valid_until = _whole(award.awarded_at), _whole(award.valid_until)
    status = status_list_url(award.public_url, award.status_list)
    credential: dict[str, Any] = {
        "@context": CONTEXT,
        "id": verify_url(award.public_url, award.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.title,
        "issuer": issuer(award.public_url, award.organisation),
        "validFrom": _written(awarded_at),
        "validUntil": _written(valid_until),
        "credentialSubject": {
            "id": award.subject_urn,
            "type": ["AchievementSubject"],
            "identifier": [_identity("emailAddress", award.email), _identity("name", award.printed_name)],
            "achievement": {
                # The version, not the course: a later edit must not change the award.
                "id": f"{award.public_url}/learning/{award.course_code}#{award.content_hash}",
                "type": ["Achievement"],
                "name": award.title,
                "description": award.summary,
                "criteria": {"narrative": award.criteria},
                "achievementType": "Certificate",
                "version": str(award.version_number),
            },
        },
        "credentialStatus": {
            "id": f"{status}#{award.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(award.status_index),
            "statusListCredential": status,
        },
        "credentialSchema": [SCHEMA],
    }
    claims = {
        **credential,
        "iss": credential["issuer"]["id"],
        "sub": award.subject_urn,
        "jti": credential["id"],
        "nbf": int(awarded_at.timestamp()),
        "exp": int(valid_until.timestamp()),
    }
    return sign_claims(claims, award.public_url, key)


def sign_claims(claims: dict[str, Any], public_url: str, key: SigningKey) -> str:
    """Sign a credential's claims with our header."""
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key_url(public_url, key.kid)})


def enveloped(token: str) -> str:
    """The token as an EnvelopedVerifiableCredential, the JSON form of W3C Verifiable Credentials 2.0 for files."""
    return json.dumps(
        {
            "@context": CONTEXT[0],
            "id": f"data:application/vc+jwt,{token}",
            "type": "EnvelopedVerifiableCredential",
        },
        indent=2,
    )


def read(token: str, find_key: Callable[[str], PublicKey | None]) -> Credential | None:
    """The content of a token if one of our own keys signed it, else None.

    Only RS256 is accepted, whatever the header asks for. The key comes from our own folder, by the last part of its
    URL, and never from the token. The caller checks the times, by its own clock.
    """
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        header = jwt.get_unverified_header(token)
        key = find_key(_key_id_of(header))
        if key is None or set(header) != {"alg", "kid", "typ"} or header["typ"] != "JWT":
            return None
        claims = jwt.decode(
            token,
            key.public,
            algorithms=["RS256"],
            options={
                "require": ["iss", "sub", "jti", "nbf", "exp"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_aud": False,
            },
        )
        return _credential(claims)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, StopIteration):
        return None


def key_id(token: str) -> str:
    """The id of the key that signed a token of ours; empty for anything else. Proves nothing about the token."""
    try:
        return _key_id_of(jwt.get_unverified_header(token))
    except jwt.PyJWTError:
        return ""


def _key_id_of(header: dict[str, Any]) -> str:
    return str(header.get("kid", "")).rpartition("/")[2]


def _credential(claims: dict[str, Any]) -> Credential | None:
    subject = claims["credentialSubject"]
    awarded_at, valid_until = _read_time(claims["validFrom"]), _read_time(claims["validUntil"])
    claims_agree = (
        claims["iss"] == claims["issuer"]["id"]
        and claims["sub"] == subject["id"]
        and claims["jti"] == claims["id"]
        and claims["nbf"] == int(awarded_at.timestamp())
        and claims["exp"] == int(valid_until.timestamp())
    )
    if not claims_agree or "OpenBadgeCredential" not in claims["type"]:
        return None
    achievement = subject["achievement"]
    name = next(one for one in subject["identifier"] if one["identityType"] == "name")
    return Credential(
        verify_url=claims["id"],
        issuer_name=claims["issuer"]["name"],
        title=achievement["name"],
        summary=achievement["description"],
        criteria=achievement["criteria"]["narrative"],
        awarded_at=awarded_at,
        valid_until=valid_until,
        name_hash=name["identityHash"],
        name_salt=name["salt"],
    )


def _identity(kind: str, value: str) -> dict[str, Any]:
    salt = secrets.token_hex(16)
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": _hashed(value, salt),
        "identityType": kind,
        "salt": salt,
    }


def _hashed(value: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((value + salt).encode()).hexdigest()


def _whole(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _written(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
