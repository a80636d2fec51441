"""Live sessions as parts of drafts of courses."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BEFORE = (
    "'course', 'change', 'to-keep', 'lesson', 'quiz', 'scenario', 'reflection', 'agreement', 'practical', "
    "'exercise', 'question', 'step', 'ending'"
)
NOW = BEFORE.replace("'practical', ", "'practical', 'workshop', ")


def upgrade() -> None:
    _allow(NOW)


def downgrade() -> None:
    parts = "SELECT id FROM course_draft_part WHERE kind = 'workshop'"
    op.execute(f"DELETE FROM course_draft_earlier_text WHERE part_id IN ({parts})")  # noqa: S608  no value from outside
    op.execute("DELETE FROM course_draft_part WHERE kind = 'workshop'")
    _allow(BEFORE)


def _allow(kinds: str) -> None:
    # On SQLite the table is rebuilt, which drops its checks.
    is_rebuilt = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("course_draft_part") as table:
        if is_rebuilt:
            table.create_check_constraint(op.f("ck_course_draft_part_revision_from_one"), "revision > 0")
        else:
            table.drop_constraint(op.f("ck_course_draft_part_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_course_draft_part_known_kind"), f"kind IN ({kinds})")
