"""Parts of seats that others take, and the hours that are offered."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

KINDS = "kind IN ('cover', 'swap', 'ring', 'planned')"
KINDS_NOW = "kind IN ('cover', 'swap', 'ring', 'planned', 'part')"
STATES = "state IN ('open', 'accepted', 'applied', 'refused', 'withdrawn', 'overtaken', 'expired')"
EXPECTED = "from_person_id IS NULL OR expects_assignment_id IS NOT NULL"
HOURS = "(part_starts_at IS NULL) = (part_ends_at IS NULL)"
HOURS_IN_ORDER = "part_ends_at > part_starts_at"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _kinds_of_change(kinds: str) -> None:
    # On SQLite the table is rebuilt, which drops the old checks.
    with op.batch_alter_table("seat_change") as table:
        if _is_sqlite():
            table.create_check_constraint(op.f("ck_seat_change_known_state"), STATES)
        else:
            table.drop_constraint(op.f("ck_seat_change_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_seat_change_known_kind"), kinds)


def upgrade() -> None:
    _kinds_of_change(KINDS_NOW)
    with op.batch_alter_table("seat_move") as table:
        table.add_column(sa.Column("part_starts_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("part_ends_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_seat_move_part_has_both_ends"), HOURS)
        table.create_check_constraint(op.f("ck_seat_move_part_ends_after_it_starts"), HOURS_IN_ORDER)
        if _is_sqlite():
            table.create_check_constraint(op.f("ck_seat_move_holder_is_expected"), EXPECTED)
    op.create_table(
        "seat_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_seat_part_ends_after_it_starts")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name=op.f("ck_seat_part_ended_for_a_reason")),
        sa.CheckConstraint(
            "ended_why IN ('given-back', 'away', 'not-cleared', 'seat-changed')",
            name=op.f("ck_seat_part_known_ended_why"),
        ),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_seat_part_assignment_id")),
        sa.ForeignKeyConstraint(["change_id"], ["seat_change.id"], name=op.f("fk_seat_part_change_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_part_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_part")),
    )
    op.create_index(op.f("ix_seat_part_assignment_id"), "seat_part", ["assignment_id"])
    op.create_index(op.f("ix_seat_part_change_id"), "seat_part", ["change_id"])
    op.create_index("ix_seat_part_person_id_ended_at", "seat_part", ["person_id", "ended_at"])
    op.create_index(
        "uq_seat_part_assignment_id_starts_at_held",
        "seat_part",
        ["assignment_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("seat_part")
    with op.batch_alter_table("seat_move") as table:
        table.drop_constraint(op.f("ck_seat_move_part_has_both_ends"), type_="check")
        table.drop_constraint(op.f("ck_seat_move_part_ends_after_it_starts"), type_="check")
        table.drop_column("part_starts_at")
        table.drop_column("part_ends_at")
    # The older code knows no parts: whoever has the seat has all of it.
    ids = "SELECT id FROM seat_change WHERE kind = 'part'"
    for table_name in ("seat_change_party", "seat_move"):
        op.execute(f"DELETE FROM {table_name} WHERE change_id IN ({ids})")  # noqa: S608 -- no value of anybody's
    op.execute("UPDATE seat_change SET kind = 'cover' WHERE kind = 'part'")
    _kinds_of_change(KINDS)
