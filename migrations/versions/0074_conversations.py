"""What people write to each other through Nightlight, and the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

TO = "'coordinator', 'trainer', 'assessor', 'admin', 'lead', 'writer'"


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("written_to", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.CheckConstraint(f"written_to IN ({TO})", name=op.f("ck_conversation_known_written_to")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_conversation_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("once", name=op.f("uq_conversation_once")),
    )
    op.create_index(op.f("ix_conversation_by_id"), "conversation", ["by_id"])
    op.create_index(op.f("ix_conversation_last_at"), "conversation", ["last_at"])
    op.create_table(
        "conversation_member",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_member_conversation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conversation_member_person_id")),
        sa.PrimaryKeyConstraint("conversation_id", "person_id", name=op.f("pk_conversation_member")),
    )
    op.create_index(op.f("ix_conversation_member_person_id"), "conversation_member", ["person_id"])
    op.create_table(
        "conversation_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_conversation_words_by_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_words_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_words")),
        sa.UniqueConstraint("once", name=op.f("uq_conversation_words_once")),
    )
    op.create_index(op.f("ix_conversation_words_conversation_id"), "conversation_words", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("conversation_words")
    op.drop_table("conversation_member")
    op.drop_table("conversation")
