"""What is in force of the organisation now: the newest version that was written, over what the environment says.

Each process keeps it for two seconds and looks on a connection of its own, so that pages take no more queries because
of it. Within one request it never changes (`held`). The process that writes a version looks again at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import NullPool, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import db, settings
from app.organisation import help_lines
from app.organisation.help_lines import HelpLine
from app.organisation.models import SelfDescription
from app.settings import Settings

LOOK_EVERY = 2.0  # seconds
ZONE_LOCK = 7_061_746_006  # number of the advisory lock held while the zone or what depends on it is written
EMERGENCY_NUMBER = "999"
CHANGED = "organisation changed"


@dataclass(frozen=True)
class Details:
    """One version of what the organisation says of itself; `version` 0 and nothing else before the first."""

    version: int = 0
    name: str | None = None
    zone_name: str | None = None
    contact: str | None = None
    emergency_number: str | None = None
    help_lines: str | None = None
    support_people: str | None = None
    safeguarding_lead: str | None = None
    safeguarding_lead_number: str | None = None
    safeguarding_deputy: str | None = None
    safeguarding_deputy_number: str | None = None
    safeguarding_out_of_hours: str | None = None
    report_form: str | None = None
    nation: str | None = None
    local_help: str | None = None

    @property
    def number_in_danger(self) -> str:
        """The number to ring when a life is in danger."""
        return self.emergency_number or EMERGENCY_NUMBER

    @property
    def lines(self) -> list[HelpLine]:
        """The help lines that pages show."""
        return help_lines.read(self.help_lines if self.help_lines is not None else help_lines.SHIPPED)

    @property
    def names_safeguarding(self) -> bool:
        """Whether pages can say who leads safeguarding and how to reach them."""
        return bool(self.safeguarding_lead and self.safeguarding_lead_number)

    def over(self, started: Settings) -> Settings:
        """The settings of this process with what was written on pages in the place of the environment's."""
        if not self.version:
            return started
        return replace(
            started,
            organisation=self.name or started.organisation,
            zone=ZoneInfo(self.zone_name) if self.zone_name else started.zone,
            contact=started.contact if self.contact is None else self.contact,
        )


COLUMNS = tuple(name for name in Details.__dataclass_fields__ if name != "version")
_newest = (
    select(SelfDescription.id.label("version"), *(getattr(SelfDescription, name) for name in COLUMNS))
    .order_by(SelfDescription.id.desc())
    .limit(1)
)


class InForce:
    """What one process knows. Threads may share it: at worst two of them look at the same moment."""

    def __init__(self, database_url: str, *, connect_args: Mapping[str, object]) -> None:
        self._engine = create_engine(
            database_url, poolclass=NullPool, hide_parameters=True, connect_args=dict(connect_args)
        )
        self._looked_at = float("-inf")
        self._details: Details | None = None
        self._over: tuple[Settings, Details, Settings] | None = None

    def details(self, *, may_not_know: bool = False) -> Details:
        """The newest version, looked for at most every two seconds.

        While the database does not answer it is the last one that is known. Who asks before anything is known fails as
        the database does, except where it `may_not_know`: a page that says so needs a name all the same.
        """
        if time.monotonic() - self._looked_at >= LOOK_EVERY and not self._is_empty():
            try:
                with self._engine.connect() as connection:
                    row = connection.execute(_newest).one_or_none()
                self._details = Details(**row._mapping) if row is not None else Details()
            except SQLAlchemyError as error:
                if self._details is None and db.is_unavailable(error) and not may_not_know:
                    raise
            self._looked_at = time.monotonic()
        return self._details or Details()

    def _is_empty(self) -> bool:
        """Whether there is no database file yet: looking into it would make one, where a restore wants none."""
        file = settings.started_with().sqlite_file
        return file is not None and (not file.is_file() or file.stat().st_size == 0)

    def over(self, details: Details, started: Settings) -> Settings:
        """The settings in force, made again only when something changed."""
        if self._over is None or self._over[0] is not started or self._over[1] is not details:
            self._over = (started, details, details.over(started))
        return self._over[2]

    def forget(self) -> None:
        """Look again at the next question."""
        self._looked_at = float("-inf")


_of_process: InForce | None = None
_held: ContextVar[list[Details] | None] = ContextVar("details held for a request", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Let the answer stay the same throughout the block: for one request."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def details() -> Details:
    """What the organisation says of itself."""
    if _of_process is None:
        return Details()
    kept = _held.get()
    if kept is None:
        return _of_process.details()
    if not kept:
        kept.append(_of_process.details(may_not_know=True))
    return kept[0]


def look_again() -> None:
    """Have this process and this request look again: after a change here, or on the page that changes it."""
    if _of_process is not None:
        _of_process.forget()
    if kept := _held.get():
        kept.clear()


def hold_zone_still() -> None:
    """Keep the time zone from changing until this transaction ends, and read it again.

    What makes rows that must move with the zone, such as shifts, calls this first.
    """
    db.advisory_lock(ZONE_LOCK)
    look_again()


def _over(started: Settings) -> Settings:
    return started if _of_process is None else _of_process.over(details(), started)


@event.listens_for(Session, "after_commit")
def _look_again_after_a_change(session: Session) -> None:
    if session.info.pop(CHANGED, False):
        look_again()


def use(known: InForce) -> None:
    """Lay what administrators wrote over the settings of this process."""
    global _of_process  # noqa: PLW0603  one process serves one organisation
    _of_process = known
    settings.lay_over(_over)
