"""The keys that sign certificates, as files in the key folder, outside the database.

Each key is a PEM file, readable by its owner alone, with its public half in a JWK file of the same name. The name holds
the time it was made and its key id. The newest key signs; all stay published for ever, so that certificates signed with
an old key can still be checked.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from app.settings import make_private_folder

FOLDER = "certificates"
BITS = 2048  # what RS256 verifiers must accept; Open Badges 3.0 asks for no more


@dataclass(frozen=True)
class PublicKey:
    """The public half of a key, and its id (the RFC 7638 thumbprint)."""

    kid: str
    public: RSAPublicKey

    def jwk(self, name: str | None = None) -> dict[str, str]:
        """The key as a JWK, without private parts, under its id or another name."""
        return {**_public_numbers(self.public), "alg": "RS256", "use": "sig", "kid": name or self.kid}


@dataclass(frozen=True)
class SigningKey:
    """A private key, and its id."""

    kid: str
    private: RSAPrivateKey

    @property
    def published(self) -> PublicKey:
        """Its public half."""
        return PublicKey(self.kid, self.private.public_key())


def current(keys: Path, *, now: datetime) -> SigningKey:
    """The key that signs now; made if there is none.

    Of two processes that find no key at the same moment, one makes it and the other waits for it.
    """
    files = _files(keys)
    if not files:
        with _locked(keys):
            files = _files(keys) or [_make(keys, now)]
    key = _load(str(files[-1]))
    if not files[-1].with_suffix(".jwk").exists():
        # A key copied in by hand, or from a partial backup. It must be published before it signs.
        with _locked(keys):
            _publish(files[-1].with_suffix(".jwk"), key)
    return key


def all_keys(keys: Path) -> list[PublicKey]:
    """Every key that ever signed, oldest first, including keys whose private half was removed since."""
    return [_load_public(str(path)) for path in sorted((keys / FOLDER).glob("*.jwk"))]


def find(keys: Path, kid: str) -> PublicKey | None:
    """Our key with this id, or None. The id is compared with those we hold, never used as a path."""
    return next((key for key in all_keys(keys) if key.kid == kid), None)


def add(keys: Path, *, now: datetime) -> SigningKey:
    """Make a new key, which signs from now on; those before it stay published."""
    with _locked(keys):
        return _load(str(_make(keys, now)))


def _files(keys: Path) -> list[Path]:
    # The names begin with the time the key was made, so the last is the newest.
    return sorted((keys / FOLDER).glob("*.pem"))


def _make(keys: Path, now: datetime) -> Path:
    private = generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = _thumbprint(private.public_key())
    path = keys / FOLDER / f"{now:%Y%m%dT%H%M%S%f}-{kid}.pem"
    # The public half first: a key that is not published must never sign.
    _publish(path.with_suffix(".jwk"), SigningKey(kid, private))
    _keep(path, pem)
    return path


def _publish(path: Path, key: SigningKey) -> None:
    _keep(path, json.dumps(key.published.jwk(), indent=2).encode())


def _keep(path: Path, content: bytes) -> None:
    """Write a file atomically and durably: a certificate must not outlive its key."""
    unfinished = path.with_name(path.name + ".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(keys: Path) -> Iterator[None]:
    """Lock the key folder against other processes."""
    folder = keys / FOLDER
    make_private_folder(folder)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=64)
def _load(path: str) -> SigningKey:
    # Cached, because reading a key for each certificate would take longer than signing it.
    private = serialization.load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(private, RSAPrivateKey):
        raise ValueError(f"{path} is not an RSA key; certificates are signed with RS256")
    return SigningKey(_thumbprint(private.public_key()), private)


@lru_cache(maxsize=64)
def _load_public(path: str) -> PublicKey:
    public = RSAAlgorithm.from_jwk(Path(path).read_text())
    if not isinstance(public, RSAPublicKey):
        raise ValueError(f"{path} holds more than a public key")
    return PublicKey(_thumbprint(public), public)


def _public_numbers(public: RSAPublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    return {"kty": "RSA", "n": _base64(numbers.n), "e": _base64(numbers.e)}


def _thumbprint(public: RSAPublicKey) -> str:
    """RFC 7638: the hash of the required members, in order of their names."""
    canonical = json.dumps(_public_numbers(public), sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
