"""Who was asked to take which empty seat and what they answered, and who may be asked at night.

The offers that were queued before become the only wave of a closed asking each, so that nobody is asked a second time.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat_asking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["begun_by_id"], ["person.id"], name=op.f("fk_seat_asking_begun_by_id")),
        sa.ForeignKeyConstraint(["change_id"], ["assignment_change.id"], name=op.f("fk_seat_asking_change_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_asking_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_asking")),
    )
    for column in ("change_id", "closed_at", "seat_id"):
        op.create_index(f"ix_seat_asking_{column}", "seat_asking", [column], unique=False)
    op.create_index(
        "uq_seat_asking_seat_id_open",
        "seat_asking",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "seat_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_seat_ask_known_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_seat_ask_answered_at_some_time")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_seat_ask_asked_by_id")),
        sa.ForeignKeyConstraint(["asking_id"], ["seat_asking.id"], name=op.f("fk_seat_ask_asking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_ask_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_ask")),
        sa.UniqueConstraint("asking_id", "person_id", name=op.f("uq_seat_ask_asking_id_person_id")),
    )
    op.create_index("ix_seat_ask_person_id", "seat_ask", ["person_id"], unique=False)
    op.create_table(
        "asked_at_night",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_at_night_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_asked_at_night")),
    )
    _keep_what_was_asked()


def _keep_what_was_asked() -> None:
    """Move the offers of the outbox into the new tables: each change that emptied a seat is one closed asking."""
    database = op.get_bind()
    rows = database.execute(
        sa.text("SELECT person_id, facts, enqueued_at FROM outbox WHERE kind = 'seat-offered' ORDER BY id")
    ).all()
    askings: dict[int, int] = {}
    for person_id, kept, enqueued_at in rows:
        facts = json.loads(kept) if isinstance(kept, str) else kept
        for change_id, seat_id in zip(facts["change_ids"], facts["seat_ids"], strict=True):
            values = {"seat": seat_id, "change": change_id, "at": enqueued_at, "person": person_id}
            if change_id not in askings:
                askings[change_id] = database.execute(
                    sa.text(
                        "INSERT INTO seat_asking (seat_id, change_id, begun_at, wave, asked_at, closed_at)"
                        " VALUES (:seat, :change, :at, 1, :at, :at) RETURNING id"
                    ),
                    values,
                ).scalar_one()
            database.execute(
                sa.text(
                    "INSERT INTO seat_ask (asking_id, person_id, wave, asked_at) VALUES (:asking, :person, 1, :at)"
                    " ON CONFLICT DO NOTHING"
                ),
                {**values, "asking": askings[change_id]},
            )


def downgrade() -> None:
    for table in ("asked_at_night", "seat_ask", "seat_asking"):
        op.drop_table(table)
