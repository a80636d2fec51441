"""Live sessions, who leads them, who has a place or waits for one, who came, and what they said."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=2000), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("book_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "link IS NULL OR substr(link, 1, 8) = 'https://'", name=op.f("ck_live_session_link_is_https")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL) AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
            name=op.f("ck_live_session_cancelled_by_somebody_with_a_reason"),
        ),
        sa.CheckConstraint("(course_id IS NULL) = (unit IS NULL)", name=op.f("ck_live_session_unit_of_a_course")),
        sa.CheckConstraint("(link IS NULL) <> (place IS NULL)", name=op.f("ck_live_session_online_or_at_a_place")),
        sa.CheckConstraint("book_until <= starts_at", name=op.f("ck_live_session_booked_before_it_starts")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_session_ends_after_it_starts")),
        sa.CheckConstraint("places BETWEEN 1 AND 200", name=op.f("ck_live_session_known_places")),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["person.id"], name=op.f("fk_live_session_cancelled_by_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_live_session_course_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_live_session_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session")),
    )
    op.create_index("ix_live_session_course_id_unit", "live_session", ["course_id", "unit"], unique=False)
    op.create_index("ix_live_session_starts_at", "live_session", ["starts_at"], unique=False)

    op.create_table(
        "live_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_short_notice", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_ended", sa.String(), nullable=True),
        sa.CheckConstraint("(state = 'booked') = (place IS NOT NULL)", name=op.f("ck_live_booking_booked_has_a_place")),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_live_booking_ended_at_a_time")),
        sa.CheckConstraint(
            "(state = 'ended') = (why_ended IS NOT NULL)", name=op.f("ck_live_booking_ended_for_a_reason")
        ),
        sa.CheckConstraint("state <> 'booked' OR booked_at IS NOT NULL", name=op.f("ck_live_booking_booked_at_a_time")),
        sa.CheckConstraint("state IN ('waiting', 'booked', 'ended')", name=op.f("ck_live_booking_known_state")),
        sa.CheckConstraint("why_ended IN ('given-up', 'account-closed')", name=op.f("ck_live_booking_known_why_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_live_booking_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_live_booking_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_booking")),
        sa.UniqueConstraint("session_id", "place", name=op.f("uq_live_booking_session_id_place")),
    )
    op.create_index("ix_live_booking_person_id", "live_booking", ["person_id"], unique=False)
    op.create_index(
        "uq_live_booking_open",
        "live_booking",
        ["session_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "live_session_stage",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('user', 'peer', 'volunteer', 'staff')", name=op.f("ck_live_session_stage_known_stage")
        ),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_live_session_stage_session_id")),
        sa.PrimaryKeyConstraint("session_id", "stage", name=op.f("pk_live_session_stage")),
    )
    op.create_table(
        "live_session_trainer",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_live_session_trainer_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_live_session_trainer_session_id")),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_live_session_trainer")),
    )
    op.create_index("ix_live_session_trainer_person_id", "live_session_trainer", ["person_id"], unique=False)

    op.create_table(
        "live_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('came', 'in-part', 'did-not-come')", name=op.f("ck_live_attendance_known_outcome")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["live_booking.id"], name=op.f("fk_live_attendance_booking_id")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["person.id"], name=op.f("fk_live_attendance_marked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_attendance")),
    )
    op.create_index("ix_live_attendance_booking_id", "live_attendance", ["booking_id"], unique=False)

    op.create_table(
        "live_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_live_feedback_known_rating")),
        sa.ForeignKeyConstraint(["booking_id"], ["live_booking.id"], name=op.f("fk_live_feedback_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_feedback")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_live_feedback_booking_id")),
    )


def downgrade() -> None:
    op.drop_table("live_feedback")

    op.drop_table("live_attendance")

    op.drop_table("live_session_trainer")
    op.drop_table("live_session_stage")

    op.drop_table("live_booking")

    op.drop_table("live_session")
