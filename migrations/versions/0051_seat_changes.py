"""Changes of published seats that need somebody's consent, with what the rules said when they were made."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

KINDS = "kind IN ('published', 'claimed', 'dropped', 'released', 'withdrawn')"
KINDS_NOW = "kind IN ('published', 'claimed', 'dropped', 'released', 'withdrawn', 'exchanged')"
STATES = "state IN ('open', 'accepted', 'applied', 'refused', 'withdrawn', 'overtaken', 'expired')"


def _kinds_of_version(kinds: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("rota_version") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_rota_version_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_rota_version_known_kind"), kinds)


def _change() -> None:
    op.create_table(
        "seat_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("overtaken_seat_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('cover', 'swap', 'ring', 'planned')", name=op.f("ck_seat_change_known_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_seat_change_known_state")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_seat_change_approved_by_id")),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_seat_change_asker_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_seat_change_ended_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_seat_change_made_by_id")),
        sa.ForeignKeyConstraint(["overtaken_seat_id"], ["seat.id"], name=op.f("fk_seat_change_overtaken_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_change")),
    )
    op.create_index(op.f("ix_seat_change_asker_id"), "seat_change", ["asker_id"])
    op.create_index(
        "ix_seat_change_expires_at_pending",
        "seat_change",
        ["expires_at"],
        sqlite_where=sa.text("state IN ('open', 'accepted')"),
        postgresql_where=sa.text("state IN ('open', 'accepted')"),
    )


def upgrade() -> None:
    _kinds_of_version(KINDS_NOW)
    _change()
    op.create_table(
        "seat_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("expects_assignment_id", sa.Integer(), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("override_words", sa.String(), nullable=True),
        sa.CheckConstraint(
            "from_person_id IS NULL OR expects_assignment_id IS NOT NULL", name=op.f("ck_seat_move_holder_is_expected")
        ),
        sa.ForeignKeyConstraint(["change_id"], ["seat_change.id"], name=op.f("fk_seat_move_change_id")),
        sa.ForeignKeyConstraint(
            ["expects_assignment_id"], ["assignment.id"], name=op.f("fk_seat_move_expects_assignment_id")
        ),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"], name=op.f("fk_seat_move_from_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_move_seat_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_seat_move_to_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_move")),
    )
    op.create_index(op.f("ix_seat_move_change_id"), "seat_move", ["change_id"])
    op.create_index(op.f("ix_seat_move_seat_id"), "seat_move", ["seat_id"])
    op.create_table(
        "seat_change_party",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_seat_change_party_known_answer")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_seat_change_party_answered_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["seat_change.id"], name=op.f("fk_seat_change_party_change_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_change_party_person_id")),
        sa.PrimaryKeyConstraint("change_id", "person_id", name=op.f("pk_seat_change_party")),
    )
    op.create_index(op.f("ix_seat_change_party_person_id"), "seat_change_party", ["person_id"])
    op.create_table(
        "seat_change_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["seat_change.id"], name=op.f("fk_seat_change_receipt_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_change_receipt")),
        sa.UniqueConstraint("change_id", name=op.f("uq_seat_change_receipt_change_id")),
    )
    append_only("seat_change_receipt")


def downgrade() -> None:
    for table in ("seat_change_receipt", "seat_change_party", "seat_move", "seat_change"):
        op.drop_table(table)
    # The older code knows no exchanges; a claim gave a seat to somebody as well.
    op.execute("UPDATE rota_version SET kind = 'claimed' WHERE kind = 'exchanged'")
    _kinds_of_version(KINDS)
