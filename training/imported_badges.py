"""Open Badges 3.0 credentials of other issuers: reading one, and checking its signature without fetching anything.

A key is taken from the token itself (the `jwk` in its header, or an issuer that is a `did:key` or `did:jwk`), from our
own folder where the credential is ours, or from staff who give one. Nothing is ever fetched, so nobody can make the
server call an address. A key that came with the token proves that nobody changed it since, and not who the issuer is:
pages say so.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app import clock, settings
from app.refusals import Invalid
from app.typed_text import one_line
from training import signing_keys
from training.badges import LONGEST_TOKEN
from training.models import Signature

LARGEST_BADGE = 1_000_000  # bytes of a file with a credential in it, such as a picture
LONGEST_KEY = 4_000  # characters of a key that staff give
LONGEST_MADE_OUT = 300
TOKEN = re.compile(r"[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}")
IN_SVG = re.compile(r"<openbadges:credential\b[^>]{0,2000}?\bverify=\"([^\"]{1,20000})\"")
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORDS = (b"openbadgecredential", b"openbadges")
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LONGEST_DID = 2_000  # characters

NO_BADGE = (
    "There is no signed Open Badge in this. Choose the badge as you downloaded it (.jwt, .json, or a picture with the "
    "badge in it), or paste its long text of three parts with dots between. Add any other certificate as a file."
)
WRONG = "The signature of this badge is wrong: it was changed after it was signed, or somebody else signed it."
NOT_A_BADGE = "It is signed, but what it says is not a whole Open Badge of version 3."
NOT_A_KEY = "This is no public key that we can read. Paste it as JWK (JSON) or as PEM, RSA, P-256 or Ed25519."

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True)
class ImportedBadge:
    """What a credential says, and what the check of its signature showed; a wrong one is refused instead."""

    token: str
    title: str
    issuer: str
    awarded_on: date
    lapses_on: date | None
    made_out_to: str
    signature: Signature
    key_from: str | None  # ours, header, did or staff


def read(raw: bytes | str, *, now: datetime, key: str = "") -> ImportedBadge:
    """Read a credential out of a file or a pasted text, and check it; `key` is one that staff gave.

    Refuses what holds none, one whose signature is wrong, one that contradicts itself, and one not valid yet.
    """
    token = _token_in(raw)
    header, claims = _unchecked(token)
    given = key_of(key) if key.strip() else None
    found, key_from = (given, "staff") if given is not None else _key_for(header, claims)
    if found is not None:
        _verify(token, header, found)
    return _badge(token, claims, Signature.GOOD if found else Signature.UNCHECKED, key_from, now)


def key_of(text: str) -> PublicKey:
    """A public key as JWK or PEM; refuses anything else, and a private one."""
    try:
        if text.lstrip().startswith("{"):
            given = json.loads(text)
            keys = given.get("keys", [given]) if isinstance(given, dict) else []
            return _of_jwk(keys[0])
        loaded = load_pem_public_key(text.strip().encode())
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, UnsupportedAlgorithm, jwt.PyJWTError):
        raise Invalid(NOT_A_KEY, field="key") from None
    if not isinstance(loaded, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise Invalid(NOT_A_KEY, field="key")
    return loaded


def _token_in(raw: bytes | str) -> str:
    """The compact token in a text, a JSON file, or a picture with a badge baked into it."""
    if isinstance(raw, bytes):
        if len(raw) > LARGEST_BADGE:
            raise Invalid(NO_BADGE, field="file")
        raw = _in_png(raw) if raw.startswith(PNG_START) else raw.decode("utf-8", errors="replace")
    text = raw.strip()
    if "<" in text[:200] and (baked := IN_SVG.search(text)):
        text = baked[1]
    found = TOKEN.search(text) if text.startswith("{") else TOKEN.fullmatch(text)
    if found is None or len(found[0]) > LONGEST_TOKEN:
        raise Invalid(NO_BADGE, field="file")
    return found[0]


def _in_png(raw: bytes) -> str:
    """The text of a PNG's chunk for Open Badges (iTXt), packed or not; empty where there is none."""
    place = len(PNG_START)
    while place + 8 <= len(raw):
        length, kind = int.from_bytes(raw[place : place + 4], "big"), raw[place + 4 : place + 8]
        body = raw[place + 8 : place + 8 + length]
        keyword, _, rest = body.partition(b"\0")
        if kind == b"iTXt" and keyword in PNG_KEYWORDS and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            if rest[0] == 1:
                try:
                    text = zlib.decompressobj().decompress(text, LONGEST_TOKEN + 1)
                except zlib.error:
                    return ""
            return text.decode("utf-8", errors="replace")
        place += 12 + length
    return ""


def _unchecked(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Invalid(NO_BADGE, field="file") from None
    if header.get("alg") not in ("RS256", "ES256", "EdDSA") or "crit" in header:
        raise Invalid(
            "It is signed in a way that Open Badges do not allow, so nothing can be said about it.", field="file"
        )
    return header, claims


def _key_for(header: Mapping[str, Any], claims: Mapping[str, Any]) -> tuple[PublicKey | None, str | None]:
    """The key to check it with, and where it comes from; none where it would have to be fetched."""
    public_url = settings.current().public_url
    kid, issuer = str(header.get("kid", "")), str(claims.get("iss", ""))
    if issuer.startswith(f"{public_url}/") or kid.startswith(f"{public_url}/"):
        ours = signing_keys.find(settings.current().keys, kid.rpartition("/")[2])
        if ours is None:
            raise Invalid(WRONG, field="file")
        return ours.public, "ours"
    try:
        if issuer.startswith(("did:key:", "did:jwk:")):
            return _of_did(issuer), "did"
        if isinstance(header.get("jwk"), dict):
            return _of_jwk(header["jwk"]), "header"
        return None, None
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm, jwt.PyJWTError):
        raise Invalid(NOT_A_KEY.replace("This is", "What comes with the badge as its key is"), field="file") from None


def _of_did(issuer: str) -> PublicKey:
    """The key that a did:jwk or did:key (W3C CCG) is. Of the latter Ed25519 and P-256."""
    _, method, text = issuer.partition("#")[0].split(":", 2)
    if len(text) > LONGEST_DID:
        raise ValueError("longer than any key")
    if method == "jwk":
        return _of_jwk(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    if not text.startswith("z"):
        raise ValueError("not in base 58")
    number = 0
    for sign in text[1:]:
        number = number * 58 + BASE58.index(sign)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if raw.startswith(b"\xed\x01"):
        return ed25519.Ed25519PublicKey.from_public_bytes(raw[2:])
    if raw.startswith(b"\x80\x24"):
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:])
    raise ValueError("another kind of key")


def _of_jwk(jwk: Any) -> PublicKey:
    """A public key; refuses a private one, other kinds, and RSA keys out of all proportion."""
    if "d" in jwk or len(json.dumps(jwk)) > LONGEST_KEY:
        raise ValueError("a private key, or more than a key")
    readers = {"RSA": RSAAlgorithm.from_jwk, "EC": ECAlgorithm.from_jwk, "OKP": OKPAlgorithm.from_jwk}
    key = readers[jwk["kty"]](jwk)
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise TypeError("another kind of key")
    return key


def _verify(token: str, header: Mapping[str, Any], key: PublicKey) -> None:
    """Refuse a token that this key did not sign. The key says which algorithm it is for, not the token."""
    fitting = {rsa.RSAPublicKey: "RS256", ec.EllipticCurvePublicKey: "ES256", ed25519.Ed25519PublicKey: "EdDSA"}
    algorithm = next(name for kind, name in fitting.items() if isinstance(key, kind))
    is_of_size = not isinstance(key, rsa.RSAPublicKey) or 2048 <= key.key_size <= 8192
    is_of_curve = not isinstance(key, ec.EllipticCurvePublicKey) or isinstance(key.curve, ec.SECP256R1)
    try:
        if header["alg"] != algorithm or not (is_of_size and is_of_curve):
            raise jwt.InvalidKeyError
        jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            options={"verify_exp": False, "verify_nbf": False, "verify_aud": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError):
        raise Invalid(WRONG, field="file") from None


def _badge(
    token: str, claims: Mapping[str, Any], signature: Signature, key_from: str | None, now: datetime
) -> ImportedBadge:
    try:
        subject, issuer = claims["credentialSubject"], claims["issuer"]
        issuer_id = issuer if isinstance(issuer, str) else issuer["id"]
        issuer_name = issuer_id if isinstance(issuer, str) else issuer.get("name") or issuer_id
        starts = _instant(claims["validFrom"])
        ends = _instant(claims["validUntil"]) if claims.get("validUntil") else None
        is_badge = {"OpenBadgeCredential", "AchievementCredential"} & set(claims["type"])
        agrees = claims.get("iss", issuer_id) == issuer_id and claims.get("jti", claims.get("id")) == claims.get("id")
        if not is_badge or not agrees or claims.get("sub", subject.get("id")) != subject.get("id"):
            raise ValueError("contradicts itself")
        title, made_out_to = str(subject["achievement"]["name"]), _made_out_to(subject)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Invalid(NOT_A_BADGE, field="file") from None
    if starts > now:
        raise Invalid("This badge is not valid yet. Add it when its first day has come.", field="file")
    zone = settings.current().zone
    return ImportedBadge(
        token=token,
        title=one_line(title)[:200] or "Badge without a title",
        issuer=one_line(str(issuer_name))[:200] or "Issuer without a name",
        awarded_on=clock.on(starts, zone),
        lapses_on=clock.on(ends, zone) if ends else None,
        made_out_to=made_out_to,
        signature=signature,
        key_from=key_from,
    )


def _made_out_to(subject: Mapping[str, Any]) -> str:
    """Whom it names, in words: names and addresses that can be read, and what is hashed or only a number."""
    told = []
    for each in subject.get("identifier", ())[:10]:
        kind = str(each.get("identityType", "identifier"))
        told.append(f"{kind}, as a hash" if each.get("hashed") else f"{kind} {each.get('identityHash', '')}")
    if subject.get("id"):
        told.append(str(subject["id"]))
    return one_line("; ".join(told))[:LONGEST_MADE_OUT] or "nobody"


def _instant(text: Any) -> datetime:
    read_as = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return read_as.replace(tzinfo=UTC) if read_as.tzinfo is None else read_as.astimezone(UTC)
