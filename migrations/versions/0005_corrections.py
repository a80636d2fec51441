"""Changes of e-mail address, and corrections of private details."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _kinds_of_link(kinds: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("one_time_link") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_one_time_link_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_one_time_link_known_kind"), f"kind IN ({kinds})")


def upgrade() -> None:
    _kinds_of_link("'invitation', 'reset', 'address'")
    op.create_table(
        "address_change",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("old_email", sa.String(), nullable=False),
        sa.Column("new_email", sa.String(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["one_time_link.id"], name=op.f("fk_address_change_link_id")),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_address_change")),
    )
    op.create_table(
        "private_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_private_correction_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_private_correction_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_correction")),
    )
    op.create_index(op.f("ix_private_correction_person_id"), "private_correction", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_private_correction_person_id"), table_name="private_correction")
    op.drop_table("private_correction")
    op.drop_table("address_change")
    op.execute("DELETE FROM one_time_link WHERE kind = 'address'")
    _kinds_of_link("'invitation', 'reset'")
