"""The settings of this installation, read from environment variables and checked once at start-up.

There is no settings file, so a host can be replaced without copying files. One process serves one organisation.
`started_with()` returns the settings of its environment, `current()` the same with what administrators wrote on the
organisation's page in the place of its name, time zone and contact (`app.organisation.in_force`).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.refusals import Invalid
from app.typed_text import name_line

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production", "test")
LONGEST_ORGANISATION = 80  # characters; the name stands in subjects of e-mails and on certificates
CONTACT = r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,185}|\+?[0-9][0-9 ]{4,20}|https://[^\s<>\"]{1,200}"
# 25 characters, a + and the 32 of a token are what fits before an @ (RFC 5321, 4.5.3.1.1).
BOUNCE_ADDRESS = r"[a-zA-Z0-9._-]{1,25}@[a-zA-Z0-9.-]{1,185}"
SIGNING = r"whsec_[A-Za-z0-9+/]{32,128}={0,2}"  # as Standard Webhooks writes it
MIN_SECRET_LENGTH = 32  # characters; a shorter key could be guessed offline from a signature
MIN_SECRET_VARIETY = (
    10  # different characters; of 32 random hexadecimal digits, fewer are different once in 10,000 times
)
DEFAULT_ORGANISATION = "Harbour Lane Community"  # of the demonstration; `nightlight doctor` refuses it in production


class SettingsError(Exception):
    """The environment is not valid; `problems` holds one sentence about each problem."""

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
    heartbeat_url: str = ""  # called each minute while all is well, so that its silence raises the alarm elsewhere
    backups: Path | None = None  # the folder for backups that administrators ask for; None: they cannot
    files_at: Path | None = None  # the folder of the file store; None: beside the key folder
    contact: str = ""  # an e-mail address, a telephone number or an https address for questions; empty: none is shown
    bounce_address: str = ""  # where e-mails that cannot be delivered come back to; empty: to the sender of each
    bounces_at: str = ""  # the mailbox in which they arrive; empty: none is read
    bounce_secret: str = ""  # signs what a mail provider reports over the web; empty: nothing is taken

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @property
    def is_https(self) -> bool:
        """Whether the public address is HTTPS, which decides cookie flags and HSTS."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check every `NIGHTLIGHT_…` variable; raise `SettingsError` with all problems at once."""
        reader = _EnvironmentReader(os.environ if environ is None else environ)
        var = ROOT / "var"
        host, port = reader.value("NIGHTLIGHT_HOST", "127.0.0.1"), reader.port()
        database_url = reader.database_url(f"sqlite:///{var / 'nightlight.db'}")
        mail_url = reader.mail_url(f"file:{var / 'mail'}")
        public_url = reader.public_url(f"http://{host}:{max(port, 0)}")
        zone, secret_key, heartbeat_url = reader.zone(), reader.secret_key(), reader.heartbeat_url()
        organisation = reader.organisation()
        contact = reader.contact()
        bounce_address, bounces_at, bounce_secret = reader.bounce_address(), reader.bounces_at(), reader.bounce_secret()
        if reader.problems:
            raise SettingsError(reader.problems)
        return cls(
            env=reader.env,
            database_url=database_url,
            secret_key=secret_key or _development_secret(var),
            mail_url=mail_url,
            public_url=public_url,
            zone=zone,
            host=host,
            port=port,
            keys=Path(reader.value("NIGHTLIGHT_KEYS", "") or var / "keys"),
            var=var,
            organisation=organisation,
            heartbeat_url=heartbeat_url,
            backups=reader.folder("NIGHTLIGHT_BACKUPS", None if reader.is_production else var / "backups"),
            files_at=reader.folder("NIGHTLIGHT_FILES", None),
            contact=contact,
            bounce_address=bounce_address,
            bounces_at=bounces_at,
            bounce_secret=bounce_secret,
        )

    @property
    def files(self) -> Path:
        """The folder of the files that people gave."""
        return self.files_at or self.keys.parent / "files"

    @property
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database, or None for PostgreSQL."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///").partition("?")[0])


class _EnvironmentReader:
    """Reads and checks one variable at a time, and collects a sentence about each problem."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.env = self.value("NIGHTLIGHT_ENV", "production")
        self.is_production = self.env == "production"
        if self.env not in ENVIRONMENTS:
            self.problems.append(f"NIGHTLIGHT_ENV is “{self.env}”; it must be one of {', '.join(ENVIRONMENTS)}.")

    def value(self, name: str, default: str) -> str:
        return self.environ.get(name, default)

    def required_in_production(self, name: str, default: str) -> str:
        value = self.environ.get(name, "")
        if not value and self.is_production:
            self.problems.append(f"{name} is not set; production needs it.")
        return value or default

    def port(self) -> int:
        text = self.value("NIGHTLIGHT_PORT", "8000")
        port = int(text) if text.isascii() and text.isdigit() else -1
        if not 0 <= port <= 65535:
            self.problems.append(f"NIGHTLIGHT_PORT is “{text}”; it must be a number from 0 to 65535.")
        return port

    def folder(self, name: str, default: Path | None) -> Path | None:
        folder = self.value(name, "").strip()
        return Path(folder) if folder else default

    def contact(self) -> str:
        text = self.value("NIGHTLIGHT_CONTACT", "").strip()
        if text and not re.fullmatch(CONTACT, text):
            self.problems.append(
                "NIGHTLIGHT_CONTACT must be an e-mail address, a telephone number, or an address that begins https://."
            )
        return text

    def database_url(self, default: str) -> str:
        url = self.required_in_production("NIGHTLIGHT_DATABASE_URL", default)
        if url.startswith(("postgres://", "postgresql://")):
            # Hosting services give URLs without a driver name; ours is psycopg.
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems.append("NIGHTLIGHT_DATABASE_URL must begin with sqlite:/// or postgresql://.")
        return url

    def mail_url(self, default: str) -> str:
        url = self.required_in_production("NIGHTLIGHT_MAIL_URL", default)
        parts = _split(url)
        if parts is None or parts.scheme not in ("smtp", "smtps", "file"):
            self.problems.append("NIGHTLIGHT_MAIL_URL must begin with smtp://, smtps:// or file:.")
        return url

    def bounce_address(self) -> str:
        address = self.value("NIGHTLIGHT_BOUNCE_ADDRESS", "").strip()
        if address and not re.fullmatch(BOUNCE_ADDRESS, address):
            self.problems.append(
                "NIGHTLIGHT_BOUNCE_ADDRESS must be an e-mail address with at most 25 characters before the @ and "
                "without a +, such as bounces@rota.example.org."
            )
        return address

    def bounces_at(self) -> str:
        url = self.value("NIGHTLIGHT_BOUNCES", "").strip()
        parts = _split(url)
        if url and (parts is None or parts.scheme not in ("imap", "imaps", "maildir") or not url.partition(":")[2]):
            self.problems.append("NIGHTLIGHT_BOUNCES must begin with imaps://, imap:// or maildir:.")
        return url

    def bounce_secret(self) -> str:
        secret = self.value("NIGHTLIGHT_BOUNCE_SECRET", "").strip()
        if secret and not re.fullmatch(SIGNING, secret):
            self.problems.append(
                "NIGHTLIGHT_BOUNCE_SECRET must be whsec_ and then at least 32 characters of base64. "
                'Make one with: python3 -c "import base64, secrets; '
                "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
            )
        return secret

    def public_url(self, default: str) -> str:
        url = self.required_in_production("NIGHTLIGHT_PUBLIC_URL", default).rstrip("/")
        parts = _split(url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            self.problems.append(
                "NIGHTLIGHT_PUBLIC_URL must be the full address people use, such as https://rota.example.org."
            )
        elif parts.path or parts.query or parts.fragment:
            self.problems.append(
                f"NIGHTLIGHT_PUBLIC_URL must end after the host: “{parts.scheme}://{parts.netloc}”. "
                "Nightlight needs a host name of its own, because links and cookies hold for a whole host."
            )
        elif self.is_production and parts.scheme != "https" and self.value("NIGHTLIGHT_PUBLIC_URL", ""):
            self.problems.append("NIGHTLIGHT_PUBLIC_URL must begin with https:// in production.")
        return url

    def organisation(self) -> str:
        try:
            return name_line(
                self.value("NIGHTLIGHT_ORGANISATION", "").strip() or DEFAULT_ORGANISATION,
                what="NIGHTLIGHT_ORGANISATION",
                longest=LONGEST_ORGANISATION,
            )
        except Invalid as refusal:
            self.problems.extend(refusal.sentences)
            return ""

    def zone(self) -> ZoneInfo:
        name = self.value("NIGHTLIGHT_TIMEZONE", "Europe/London")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            self.problems.append(f"NIGHTLIGHT_TIMEZONE is “{name}”, which is not a known time zone.")
            return ZoneInfo("UTC")

    def secret_key(self) -> str:
        key = self.value("NIGHTLIGHT_SECRET_KEY", "")
        if self.is_production and len(key) < MIN_SECRET_LENGTH:
            self.problems.append(
                f"NIGHTLIGHT_SECRET_KEY must be set to at least {MIN_SECRET_LENGTH} random characters."
            )
        elif self.is_production and len(set(key)) < MIN_SECRET_VARIETY:
            self.problems.append(
                "NIGHTLIGHT_SECRET_KEY repeats a few characters, so it could be guessed. "
                'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return key

    def heartbeat_url(self) -> str:
        url = self.value("NIGHTLIGHT_HEARTBEAT_URL", "").strip()
        parts = _split(url)
        if url and (parts is None or parts.scheme not in ("http", "https") or not parts.hostname):
            self.problems.append(
                "NIGHTLIGHT_HEARTBEAT_URL must be a full address that begins with https:// or http://."
            )
        return url


def _split(url: str) -> SplitResult | None:
    """The parts of an address, or None where its host or port cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, because it is only checked when it is read
    except ValueError:
        return None
    return parts


def _development_secret(var: Path) -> str:
    """A secret for development, created once and stored, so that a restart signs nobody out."""
    path = var / "secret"
    if not path.exists():
        make_private_folder(var)
        # Written under a name of this process, then linked: of two that start at once one wins, and both read it.
        own = path.with_name(f"secret.{os.getpid()}")
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_text()


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone. One that exists is left as it is."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Set the settings of this process."""
    global _current  # noqa: PLW0603  one process serves one organisation
    _current = settings


def started_with() -> Settings:
    """The settings this process was started with, for what must work without a database."""
    if _current is None:
        raise RuntimeError("create_app() has not been called yet, so there are no settings.")
    return _current


_over: Callable[[Settings], Settings] = lambda started: started  # noqa: E731  replaced once, at start


def lay_over(in_force: Callable[[Settings], Settings]) -> None:
    """Say what makes the settings in force of those that the process was started with."""
    global _over  # noqa: PLW0603  one process serves one organisation
    _over = in_force


def current() -> Settings:
    """The settings in force."""
    return _over(started_with())
