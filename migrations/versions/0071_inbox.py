"""Messages: a line for each notice, as its reader sees it on a page.

What was sent before stays out of it: the words of those e-mails were never kept, and what they told of is over or
stands on its own page. What waits now gets its line when it is sent.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox_line",
        sa.Column("outbox_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("button", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_inbox_line_outbox_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_line_person_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_inbox_line")),
    )
    op.create_index("ix_inbox_line_person_told", "inbox_line", ["person_id", "told_at"])
    op.create_index(op.f("ix_inbox_line_told_at"), "inbox_line", ["told_at"])
    op.create_index(
        "ix_inbox_line_unread",
        "inbox_line",
        ["person_id"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("inbox_line")
