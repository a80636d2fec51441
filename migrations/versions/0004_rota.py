"""The rota: channels, patterns, shifts, seats, assignments, drafts, availability and calendar feeds."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('board', 'chat', 'on-call')", name=op.f("ck_channel_known_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("name", name=op.f("uq_channel_name")),
    )
    op.create_table(
        "availability_dated",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('can', 'cannot', 'leave')", name=op.f("ck_availability_dated_known_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_availability_dated_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_availability_dated_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_dated")),
    )
    op.create_index(
        "ix_availability_dated_person_id_ends_at", "availability_dated", ["person_id", "ends_at"], unique=False
    )
    op.create_table(
        "availability_weekly",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_weekly_known_weekday")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_availability_weekly_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_weekly")),
        sa.UniqueConstraint(
            "person_id", "weekday", "starts", name=op.f("uq_availability_weekly_person_id_weekday_starts")
        ),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(
        "uq_calendar_feed_person_id_open",
        "calendar_feed",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "cover_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("zone_name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_cover_pattern_channel_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_cover_pattern_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_pattern")),
        sa.UniqueConstraint("channel_id", "starts_on", name=op.f("uq_cover_pattern_channel_id_starts_on")),
    )
    op.create_table(
        "rota",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_rota_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_rota_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name=op.f("ck_draft_known_state")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_draft_rota_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["person.id"], name=op.f("fk_draft_started_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("rota_id", "number", name=op.f("uq_draft_rota_id_number")),
    )
    op.create_index(
        "uq_draft_rota_id_open",
        "draft",
        ["rota_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "pattern_stretch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["pattern_id"], ["cover_pattern.id"], name=op.f("fk_pattern_stretch_pattern_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_stretch")),
    )
    op.create_index(op.f("ix_pattern_stretch_pattern_id"), "pattern_stretch", ["pattern_id"], unique=False)
    op.create_table(
        "rota_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("line_for_everyone", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('published', 'claimed', 'dropped', 'released')", name=op.f("ck_rota_version_known_kind")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_rota_version_by_id")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_version_rota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_version")),
        sa.UniqueConstraint("rota_id", "number", name=op.f("uq_rota_version_rota_id_number")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_shift_channel_id")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_shift_rota_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("channel_id", "starts_at", name=op.f("uq_shift_channel_id_starts_at")),
    )
    op.create_index(op.f("ix_shift_rota_id"), "shift", ["rota_id"], unique=False)
    op.create_index("ix_shift_starts_at_ends_at", "shift", ["starts_at", "ends_at"], unique=False)
    op.create_table(
        "cover_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "duty IN ('lead', 'moderator', 'host', 'on_call', 'shadow')", name=op.f("ck_cover_line_known_duty")
        ),
        sa.CheckConstraint(
            "0 <= minimum AND minimum <= wanted AND wanted <= most", name=op.f("ck_cover_line_numbers_rise")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_cover_line_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_line")),
        sa.UniqueConstraint("shift_id", "duty", name=op.f("uq_cover_line_shift_id_duty")),
    )
    op.create_table(
        "pattern_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stretch_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "duty IN ('lead', 'moderator', 'host', 'on_call', 'shadow')", name=op.f("ck_pattern_line_known_duty")
        ),
        sa.CheckConstraint(
            "0 <= minimum AND minimum <= wanted AND wanted <= most", name=op.f("ck_pattern_line_numbers_rise")
        ),
        sa.ForeignKeyConstraint(["stretch_id"], ["pattern_stretch.id"], name=op.f("fk_pattern_line_stretch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_line")),
        sa.UniqueConstraint("stretch_id", "duty", name=op.f("uq_pattern_line_stretch_id_duty")),
    )
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["cover_line.id"], name=op.f("fk_seat_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("line_id", "number", name=op.f("uq_seat_line_id_number")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_assignment_seat_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rota_version.id"], name=op.f("fk_assignment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_person_id_ended_at", "assignment", ["person_id", "ended_at"], unique=False)
    op.create_index(
        "uq_assignment_seat_id_held",
        "assignment",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "assignment_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_person_id IS NOT NULL OR to_person_id IS NOT NULL", name=op.f("ck_assignment_change_somebody_moves")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_assignment_change_by_id")),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"], name=op.f("fk_assignment_change_from_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_assignment_change_seat_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_assignment_change_to_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rota_version.id"], name=op.f("fk_assignment_change_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_change")),
        sa.UniqueConstraint("version_id", "seat_id", name=op.f("uq_assignment_change_version_id_seat_id")),
    )
    op.create_index(op.f("ix_assignment_change_seat_id"), "assignment_change", ["seat_id"], unique=False)
    op.create_table(
        "draft_change",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("to_person_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("override_words", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_draft_change_by_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_change_draft_id")),
        sa.ForeignKeyConstraint(["from_person_id"], ["person.id"], name=op.f("fk_draft_change_from_person_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_draft_change_seat_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["person.id"], name=op.f("fk_draft_change_to_person_id")),
        sa.PrimaryKeyConstraint("draft_id", "seat_id", name=op.f("pk_draft_change")),
    )
    op.create_table(
        "override_reason",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["assignment_change.id"], name=op.f("fk_override_reason_change_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_override_reason")),
    )
    append_only("assignment_change")


def downgrade() -> None:
    drop_append_only("assignment_change")
    op.drop_table("override_reason")
    op.drop_table("draft_change")
    op.drop_index(op.f("ix_assignment_change_seat_id"), table_name="assignment_change")
    op.drop_table("assignment_change")
    op.drop_index(
        "uq_assignment_seat_id_held",
        table_name="assignment",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_assignment_person_id_ended_at", table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("seat")
    op.drop_table("pattern_line")
    op.drop_table("cover_line")
    op.drop_index("ix_shift_starts_at_ends_at", table_name="shift")
    op.drop_index(op.f("ix_shift_rota_id"), table_name="shift")
    op.drop_table("shift")
    op.drop_table("rota_version")
    op.drop_index(op.f("ix_pattern_stretch_pattern_id"), table_name="pattern_stretch")
    op.drop_table("pattern_stretch")
    op.drop_index(
        "uq_draft_rota_id_open",
        table_name="draft",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("draft")
    op.drop_table("rota")
    op.drop_table("cover_pattern")
    op.drop_index(
        "uq_calendar_feed_person_id_open",
        table_name="calendar_feed",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("calendar_feed")
    op.drop_table("availability_weekly")
    op.drop_index("ix_availability_dated_person_id_ends_at", table_name="availability_dated")
    op.drop_table("availability_dated")
    op.drop_table("channel")
