"""What this installation is told from outside, checked once at the start.

Everything is read from environment variables, so that a host can be replaced without copying files.
One process serves one organisation; `current()` is the settings it was started with.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production", "test")
SHORTEST_SECRET = 32  # characters; below it a signature could be guessed offline


class SettingsError(Exception):
    """The environment cannot be used; `problems` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Made by `from_environment`, or by hand in tests."""

    env: str
    database_url: str
    secret_key: str
    mail_url: str
    public_url: str
    zone: ZoneInfo
    host: str
    port: int
    keys: Path
    var: Path
    organisation: str

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def is_https(self) -> bool:
        """Whether readers reach us over HTTPS, which decides cookie flags and HSTS."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check every `NIGHTLIGHT_…` variable; raise `SettingsError` naming all that is wrong at once."""
        given = os.environ if environ is None else environ
        problems: list[str] = []
        env = given.get("NIGHTLIGHT_ENV", "production")
        if env not in ENVIRONMENTS:
            problems.append(f"NIGHTLIGHT_ENV is “{env}”; it must be one of {', '.join(ENVIRONMENTS)}.")
        strict = env == "production"

        def needed(name: str, fallback: str) -> str:
            value = given.get(name, "")
            if not value and strict:
                problems.append(f"{name} is not set; production needs it.")
            return value or fallback

        var = ROOT / "var"
        host = given.get("NIGHTLIGHT_HOST", "127.0.0.1")
        port_text = given.get("NIGHTLIGHT_PORT", "8000")
        port = int(port_text) if port_text.isascii() and port_text.isdigit() else -1
        if not 0 <= port <= 65535:
            problems.append(f"NIGHTLIGHT_PORT is “{port_text}”; it must be a number from 0 to 65535.")

        database_url = needed("NIGHTLIGHT_DATABASE_URL", f"sqlite:///{var / 'nightlight.db'}")
        if database_url.startswith(("postgres://", "postgresql://")):
            # Hosts hand out addresses without naming the driver; ours is psycopg.
            database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
        if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            problems.append("NIGHTLIGHT_DATABASE_URL must begin with sqlite:/// or postgresql://.")

        mail_url = needed("NIGHTLIGHT_MAIL_URL", f"file:{var / 'mail'}")
        if urlsplit(mail_url).scheme not in ("smtp", "smtps", "file"):
            problems.append("NIGHTLIGHT_MAIL_URL must begin with smtp://, smtps:// or file:.")

        public_url = needed("NIGHTLIGHT_PUBLIC_URL", f"http://{host}:{port}").rstrip("/")
        parts = urlsplit(public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            problems.append(
                "NIGHTLIGHT_PUBLIC_URL must be the full address people use, such as https://rota.example.org."
            )
        elif strict and parts.scheme != "https" and given.get("NIGHTLIGHT_PUBLIC_URL"):
            problems.append("NIGHTLIGHT_PUBLIC_URL must begin with https:// in production.")

        zone_name = given.get("NIGHTLIGHT_TIMEZONE", "Europe/London")
        zone = _zone(zone_name)
        if zone is None:
            problems.append(f"NIGHTLIGHT_TIMEZONE is “{zone_name}”, which is no known time zone.")

        secret_key = given.get("NIGHTLIGHT_SECRET_KEY", "")
        if strict and len(secret_key) < SHORTEST_SECRET:
            problems.append(f"NIGHTLIGHT_SECRET_KEY must be set to at least {SHORTEST_SECRET} random characters.")
        if problems:
            raise SettingsError(problems)
        return cls(
            env=env,
            database_url=database_url,
            secret_key=secret_key or _kept_secret(var),
            mail_url=mail_url,
            public_url=public_url,
            zone=zone or ZoneInfo("UTC"),
            host=host,
            port=port,
            keys=Path(given.get("NIGHTLIGHT_KEYS") or var / "keys"),
            var=var,
            organisation=given.get("NIGHTLIGHT_ORGANISATION", "Harbour Lane Community"),
        )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _kept_secret(var: Path) -> str:
    """A development secret, made once and kept, so that a restart signs nobody out."""
    path = var / "secret"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        # Written whole under a name of this process, then linked: of two starting at once one wins, and both read it.
        own = path.with_name(f"secret.{os.getpid()}")
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text()


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of this process."""
    global _current  # noqa: PLW0603  one process serves one organisation
    _current = settings


def current() -> Settings:
    """The settings this process was started with."""
    if _current is None:
        raise RuntimeError("create_app() has not been called yet, so there are no settings.")
    return _current
