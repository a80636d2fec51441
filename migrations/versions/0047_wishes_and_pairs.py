"""Wishes, standing seats, and people who are kept apart or together."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.String(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_shift_wish_both_times_or_none")),
        sa.CheckConstraint(
            "channel_id IS NOT NULL OR days IS NOT NULL OR starts IS NOT NULL",
            name=op.f("ck_shift_wish_says_something"),
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_shift_wish_channel_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shift_wish_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_wish")),
    )
    op.create_index(op.f("ix_shift_wish_person_id"), "shift_wish", ["person_id"], unique=False)
    op.create_table(
        "partner_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("person_id <> partner_id", name=op.f("ck_partner_wish_somebody_else")),
        sa.ForeignKeyConstraint(["partner_id"], ["person.id"], name=op.f("fk_partner_wish_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_partner_wish_person_id")),
        sa.PrimaryKeyConstraint("person_id", "partner_id", name=op.f("pk_partner_wish")),
    )
    op.create_table(
        "standing_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "duty IN ('lead', 'moderator', 'host', 'on_call', 'shadow')", name=op.f("ck_standing_seat_known_duty")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_standing_seat_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_standing_seat_ends_after_it_starts")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_standing_seat_known_weekday")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_standing_seat_asked_by_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_standing_seat_channel_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_standing_seat_confirmed_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_standing_seat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_seat")),
        sa.UniqueConstraint(
            "person_id",
            "channel_id",
            "duty",
            "weekday",
            "starts",
            name=op.f("uq_standing_seat_person_id_channel_id_duty_weekday_starts"),
        ),
    )
    op.create_index(op.f("ix_standing_seat_person_id"), "standing_seat", ["person_id"], unique=False)
    op.create_table(
        "kept_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("is_together", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_kept_pair_lower_id_first")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_kept_pair_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_kept_pair_first_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_kept_pair_made_by_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_kept_pair_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_pair")),
    )
    op.create_index("ix_kept_pair_first_id", "kept_pair", ["first_id"], unique=False)
    op.create_index("ix_kept_pair_second_id", "kept_pair", ["second_id"], unique=False)
    op.create_table(
        "kept_pair_reason",
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["kept_pair.id"], name=op.f("fk_kept_pair_reason_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_kept_pair_reason")),
    )


def downgrade() -> None:
    for table in ("kept_pair_reason", "kept_pair", "standing_seat", "partner_wish", "shift_wish"):
        op.drop_table(table)
