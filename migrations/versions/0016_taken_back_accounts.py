"""Accounts that were taken back, and people of whom only “over 18” is known."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = "state IN ('invited', 'active', 'suspended')"
STATES_NOW = "state IN ('invited', 'active', 'suspended', 'removed')"


def _states_of_person(states: str) -> None:
    # On SQLite the table is rebuilt, which drops the old check.
    with op.batch_alter_table("person") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_person_known_state"), type_="check")
        table.create_check_constraint(op.f("ck_person_known_state"), states)


def upgrade() -> None:
    _states_of_person(STATES_NOW)
    op.add_column("person_private", sa.Column("born_by", sa.Date(), nullable=True))


def downgrade() -> None:
    # The older code knows no removed account. A suspended one can do nothing either.
    op.execute("UPDATE person SET state = 'suspended' WHERE state = 'removed'")
    _states_of_person(STATES)
    with op.batch_alter_table("person_private") as table:
        table.drop_column("born_by")
