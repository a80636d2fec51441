"""The shipped pathway asks for Safeguarding essentials: where it is in use, people who were cleared get time for it.

An organisation that never wrote a pathway of its own uses the one that ships, and a new version of Nightlight brings a
new one. So that nobody who is cleared today is not cleared a moment later, the upgrade writes the shipped pathway as a
version with a grace period: those who are cleared when it runs have six weeks; everybody else needs the course at once.
A new installation, with nobody signed off, asks everybody at once and gets no version. A pathway that an organisation
wrote itself stays as it is.

The line in the audit trail and the seal of the version are written here, with the key, as `app.audit` writes them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from alembic import op

from app import clock, settings
from app.db import UtcDateTime
from app.trail import keys, seals

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).parents[2] / "progression" / "pathway.yaml"
WEEKS = 6
WHY = (
    "Written by the upgrade of Nightlight: the shipped pathway asks for Safeguarding essentials. Those cleared "
    "before have six weeks to take it."
)
VERSIONS = sa.table(
    "policy_version",
    sa.column("id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("holds_from", sa.Date()),
    sa.column("document", sa.JSON()),
    sa.column("why", sa.String()),
    sa.column("written_by_id", sa.Integer()),
    sa.column("written_at", UtcDateTime()),
)
LINES = sa.table(
    "audit_line",
    sa.column("id", sa.Integer()),
    sa.column("at", UtcDateTime()),
    sa.column("action", sa.String()),
    sa.column("by_id", sa.Integer()),
    sa.column("subject", sa.String()),
    sa.column("details", sa.JSON()),
    sa.column("previous_hash", sa.String()),
    sa.column("hash", sa.String()),
)
FIRST_HASH = "0" * 64
HEAD = sa.table(
    "audit_head",
    sa.column("id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("hash", sa.String()),
    sa.column("mac", sa.String()),
)


def upgrade() -> None:
    bind = op.get_bind()
    somebody_signed_off = bind.scalar(sa.text("SELECT 1 FROM evidence WHERE kind = 'sign-off' LIMIT 1"))
    has_own = bind.scalar(sa.text("SELECT 1 FROM policy_version WHERE kind = 'pathway' LIMIT 1"))
    if not somebody_signed_off or has_own:
        return
    now = clock.now()
    today = clock.on(now, settings.current().zone)
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    document["requirements"]["safeguarding"]["grace"] = {
        "cleared_at": now.isoformat(),
        "until": (today + timedelta(weeks=WEEKS)).isoformat(),
    }
    _write(document, today, now)


def downgrade() -> None:
    # The version stays: policies only grow. The older code does not know the grace period and refuses to read it, so
    # a backup of before the upgrade is what leads back.
    pass


def _write(document: dict[str, Any], holds_from: date, now: datetime) -> None:
    """Add the version, and its line with its seal at the end of the trail."""
    bind = op.get_bind()
    values = {"kind": "pathway", "holds_from": holds_from, "document": document, "why": WHY, "written_at": now}
    bind.execute(VERSIONS.insert().values(values))
    row = bind.execute(sa.select(VERSIONS).where(VERSIONS.c.kind == "pathway")).one()
    key = keys.current(settings.current().keys, now=now)
    name = f"policy_version:{row.id}"
    sealed = seals.sealed_values({each: value for each, value in row._mapping.items() if each != "id"})
    rows = {name: seals.seal(key, name, sealed)}
    new = [("policy.written", name, {"kind": "pathway", "holds_from": holds_from.isoformat(), "rows": rows})]
    head = bind.execute(sa.select(HEAD)).one_or_none()
    last = bind.execute(sa.select(LINES.c.id, LINES.c.hash).order_by(LINES.c.id.desc()).limit(1)).one_or_none()
    if head is not None and (last is None or last.id <= head.number) and _is_as_written(head):
        number, previous = head.number, head.hash
    else:
        # Somebody changed it: said in the trail, as `app.audit` says it.
        number, previous = (last.id, last.hash) if last else (0, FIRST_HASH)
        new = [("audit.head-replaced", "audit_head:1", {}), *new] if head or last else new
    for action, subject, details in new:
        number += 1
        written = key.mac("line", [number, now.isoformat(), action, None, subject, details, previous])
        line = {"id": number, "at": now, "action": action, "subject": subject, "details": details}
        bind.execute(LINES.insert().values(**line, by_id=None, previous_hash=previous, hash=written))
        previous = written
    at_the_end = {"number": number, "hash": previous, "mac": key.mac("head", [number, previous])}
    if head is None:
        bind.execute(HEAD.insert().values(id=1, **at_the_end))
    else:
        bind.execute(HEAD.update().where(HEAD.c.id == 1).values(**at_the_end))


def _is_as_written(head: sa.Row[Any]) -> bool:
    key = keys.of_hash(settings.current().keys, head.mac)
    return key is not None and key.matches(head.mac, "head", [head.number, head.hash])
