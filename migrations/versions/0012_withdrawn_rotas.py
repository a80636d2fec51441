"""Channels that close, rotas that are withdrawn, and people who were taken off a seat of a draft."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = "kind IN ('published', 'claimed', 'dropped', 'released')"
KINDS_NOW = "kind IN ('published', 'claimed', 'dropped', 'released', 'withdrawn')"


def _kinds_of_version(kinds: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("rota_version") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_rota_version_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_rota_version_known_kind"), kinds)


def upgrade() -> None:
    op.add_column("channel", sa.Column("closes_on", sa.Date(), nullable=True))
    op.add_column("rota", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("shift") as table:
        table.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("uq_shift_channel_id_starts_at"), type_="unique")
    op.create_index(
        "uq_shift_channel_id_starts_at_kept",
        "shift",
        ["channel_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    _kinds_of_version(KINDS_NOW)
    op.create_table(
        "draft_taken_off",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_taken_off_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_taken_off_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_draft_taken_off_seat_id")),
        sa.PrimaryKeyConstraint("draft_id", "seat_id", "person_id", name=op.f("pk_draft_taken_off")),
    )


def downgrade() -> None:
    op.drop_table("draft_taken_off")
    # The older code knows no withdrawn rota; its versions become releases, which took people off seats as well.
    op.execute("UPDATE rota_version SET kind = 'released' WHERE kind = 'withdrawn'")
    _kinds_of_version(KINDS)
    op.drop_index(
        "uq_shift_channel_id_starts_at_kept",
        table_name="shift",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    with op.batch_alter_table("shift") as table:
        table.create_unique_constraint(op.f("uq_shift_channel_id_starts_at"), ["channel_id", "starts_at"])
        table.drop_column("withdrawn_at")
    op.drop_column("rota", "withdrawn_at")
    op.drop_column("channel", "closes_on")
