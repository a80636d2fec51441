"""The audit trail with a key: its head, a closing line below what was written without one, seals of what is there."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from app import clock, settings
from app.db import UtcDateTime
from app.trail import keys, seals
from migrations.triggers import guard_against_replace

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ONLY_GROWING = ("audit_line", "policy_version", "evidence", "course_version", "completion", "assignment_change")
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
HEAD = sa.table(
    "audit_head",
    sa.column("id", sa.Integer()),
    sa.column("number", sa.Integer()),
    sa.column("hash", sa.String()),
    sa.column("mac", sa.String()),
)
FIRST_HASH = "0" * 64
# The sealed tables as they were then: the key, and the columns under the seal with their types.
SEALED: dict[str, tuple[str, dict[str, sa.types.TypeEngine[Any]]]] = {
    "certificate": (
        "id",
        {
            "completion_id": sa.Integer(),
            "person_id": sa.Integer(),
            "code": sa.String(),
            "printed_name": sa.String(),
            "token": sa.String(),
            "status_list": sa.Integer(),
            "status_index": sa.Integer(),
            "issued_at": UtcDateTime(),
            "replaced_at": UtcDateTime(),
        },
    ),
    "completion": (
        "id",
        {
            "enrolment_id": sa.Integer(),
            "person_id": sa.Integer(),
            "course_version_id": sa.Integer(),
            "completed_at": UtcDateTime(),
            "valid_until": sa.Date(),
            "evidence_id": sa.Integer(),
        },
    ),
    "course_version": (
        "id",
        {
            "course_id": sa.Integer(),
            "number": sa.Integer(),
            "title": sa.String(),
            "content_hash": sa.String(),
            "document": sa.JSON(),
            "installed_at": UtcDateTime(),
            "installed_by_id": sa.Integer(),
        },
    ),
    "evidence": (
        "id",
        {
            "person_id": sa.Integer(),
            "kind": sa.String(),
            "key": sa.String(),
            "happened_at": UtcDateTime(),
            "recorded_at": UtcDateTime(),
            "valid_until": sa.Date(),
            "by_person_id": sa.Integer(),
            "withdraws_id": sa.Integer(),
            "facts": sa.JSON(),
            "note_hash": sa.String(),
            "once": sa.String(),
        },
    ),
    "password": ("person_id", {"hashed": sa.String(), "set_at": UtcDateTime()}),
    "person": ("id", {"state": sa.String()}),
    "policy_version": (
        "id",
        {
            "kind": sa.String(),
            "holds_from": sa.Date(),
            "document": sa.JSON(),
            "why": sa.String(),
            "written_by_id": sa.Integer(),
            "written_at": UtcDateTime(),
        },
    ),
    "role_grant": (
        "id",
        {
            "person_id": sa.Integer(),
            "role": sa.String(),
            "starts_on": sa.Date(),
            "ends_on": sa.Date(),
            "granted_by_id": sa.Integer(),
            "granted_at": UtcDateTime(),
        },
    ),
}
ROWS_A_LINE = 500


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "security_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sign-in-failed', 'password-refused', 'link-refused', 'denied', 'throttled')",
            name=op.f("ck_security_event_known_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
        sa.UniqueConstraint("key", name=op.f("uq_security_event_key")),
    )
    op.create_index(op.f("ix_security_event_at"), "security_event", ["at"], unique=False)
    op.create_index(op.f("ix_security_event_person_id"), "security_event", ["person_id"], unique=False)
    for table in ONLY_GROWING:
        guard_against_replace(table)
    _begin_with_the_key()


def downgrade() -> None:
    # The lines stay as they are. The version before this one calls every line that was written with the key changed.
    op.drop_index(op.f("ix_security_event_person_id"), table_name="security_event")
    op.drop_index(op.f("ix_security_event_at"), table_name="security_event")
    op.drop_table("security_event")
    op.drop_table("audit_head")


def _begin_with_the_key() -> None:
    """Close what was written without a key by a first line with it, and seal the rows that are there already."""
    bind = op.get_bind()
    newest = sa.select(LINES.c.id, LINES.c.hash).order_by(LINES.c.id.desc())
    last = bind.execute(newest.limit(1)).one_or_none()
    number, previous = (last.id, last.hash) if last else (0, FIRST_HASH)
    sealed_rows = list(_rows())
    if number == 0 and not sealed_rows:
        return
    now = clock.now()
    key = keys.current(settings.current().keys, now=now)
    for action, details in _lines(number, sealed_rows, key):
        number += 1
        content = [number, now.isoformat(), action, None, "audit_head:1", details, previous]
        written = key.mac("line", content)
        values = {"id": number, "at": now, "action": action, "by_id": None, "subject": "audit_head:1"}
        bind.execute(LINES.insert().values(**values, details=details, previous_hash=previous, hash=written))
        previous = written
    mac = key.mac("head", [number, previous])
    bind.execute(HEAD.insert().values(id=1, number=number, hash=previous, mac=mac))


def _lines(
    last_number: int, sealed_rows: list[tuple[str, dict[str, Any]]], key: keys.AuditKey
) -> Iterator[tuple[str, dict[str, Any]]]:
    keyed_until = op.get_bind().scalar(sa.select(sa.func.max(LINES.c.id)).where(LINES.c.hash.contains(":"))) or 0
    if keyed_until < last_number:
        yield "audit.keyed", {"first": keyed_until + 1, "last": last_number}
    for first in range(0, len(sealed_rows), ROWS_A_LINE):
        chunk = sealed_rows[first : first + ROWS_A_LINE]
        yield "audit.rows-sealed", {"rows": {name: seals.seal(key, name, values) for name, values in chunk}}


def _rows() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, (key, columns) in SEALED.items():
        table = sa.table(name, sa.column(key, sa.Integer()), *(sa.column(each, kind) for each, kind in columns.items()))
        for row in op.get_bind().execute(sa.select(table).order_by(table.c[key])):
            values = {each: row._mapping[each] for each in columns}
            yield f"{name}:{row._mapping[key]}", seals.sealed_values(values)
