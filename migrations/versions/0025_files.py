"""The store of files that people give, and the note of its last check."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WORKS = "work IN ('backup', 'restore')"
WORKS_NOW = "work IN ('backup', 'restore', 'files')"


def _works(works: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("upkeep") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_upkeep_known_work"), type_="check")
        table.create_check_constraint(op.f("ck_upkeep_known_work"), works)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('pdf', 'png', 'jpeg', 'jwt', 'zip')", name=op.f("ck_stored_file_known_kind")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["person.id"], name=op.f("fk_stored_file_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"])
    _works(WORKS_NOW)


def downgrade() -> None:
    op.execute("DELETE FROM upkeep WHERE work = 'files'")
    _works(WORKS)
    op.drop_index("ix_stored_file_sha256", table_name="stored_file")
    op.drop_table("stored_file")
