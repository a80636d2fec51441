"""People who leave: their last day, and accounts that closed when it was over."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

STATES = "state IN ('invited', 'active', 'suspended', 'removed')"
STATES_NOW = "state IN ('invited', 'active', 'suspended', 'left', 'removed')"
IS_OPEN = sa.text("taken_back_at IS NULL AND closed_at IS NULL")


def _states_of_person(states: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("person") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_person_known_state"), type_="check")
        table.create_check_constraint(op.f("ck_person_known_state"), states)


def upgrade() -> None:
    _states_of_person(STATES_NOW)
    op.create_table(
        "departure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_departure_person_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_departure_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_person_id"), "departure", ["person_id"])
    op.create_index(
        "ix_departure_one_open", "departure", ["person_id"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )


def downgrade() -> None:
    op.drop_table("departure")
    # The older code knows nobody who left. A suspended account can do nothing either.
    op.execute("UPDATE person SET state = 'suspended' WHERE state = 'left'")
    _states_of_person(STATES)
