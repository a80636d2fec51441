"""Days on which channels have other hours, which bank holidays they keep, and shifts that were added by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KINDS = "kind IN ('closed', 'event', 'as-sunday', 'as-usual')"
WHOLE_DAY = sa.text("starts IS NULL")


def upgrade() -> None:
    op.create_table(
        "special_day",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("channel_id", sa.Integer(), sa.ForeignKey("channel.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("starts", sa.Time()),
        sa.Column("ends", sa.Time()),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("is_bank_holiday", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.CheckConstraint(KINDS, name="known_kind"),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_times_or_none"),
        sa.CheckConstraint("starts IS NULL OR kind = 'closed'", name="only_closures_have_hours"),
    )
    op.create_index(op.f("ix_special_day_day"), "special_day", ["day"])
    op.create_index(
        "uq_special_day_channel_id_day_whole",
        "special_day",
        ["channel_id", "day", "is_bank_holiday"],
        unique=True,
        sqlite_where=WHOLE_DAY,
        postgresql_where=WHOLE_DAY,
    )
    number = sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False)
    _rules("holiday_rules", number, sa.CheckConstraint("id = 1", name="one_row"))
    channel = sa.ForeignKey("channel.id")
    _rules(
        "channel_holiday_rules", sa.Column("channel_id", sa.Integer(), channel, primary_key=True, autoincrement=False)
    )

    op.create_table(
        "one_off_shift",
        sa.Column("shift_id", sa.Integer(), sa.ForeignKey("shift.id"), primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("person.id")),
    )


def _rules(table: str, key: sa.Column[int], *checks: sa.CheckConstraint) -> None:
    op.create_table(
        table,
        key,
        sa.Column("nations", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.CheckConstraint(KINDS, name="known_kind"),
        *checks,
    )


def downgrade() -> None:
    op.drop_table("one_off_shift")
    op.drop_table("channel_holiday_rules")
    op.drop_table("holiday_rules")
    op.drop_table("special_day")
