"""People are asked about parts of shifts, and who took one can be noted as not having come."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

OPEN_SEAT = "closed_at IS NULL AND offer_id IS NULL"
OPEN = "closed_at IS NULL"


def _open_index(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "seat_asking", [column], unique=True, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.drop_index("uq_seat_asking_seat_id_open", table_name="seat_asking")
    with op.batch_alter_table("seat_asking") as table:
        table.add_column(sa.Column("offer_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_seat_asking_offer_id"), "seat_change", ["offer_id"], ["id"])
    _open_index("uq_seat_asking_seat_id_open", "seat_id", OPEN_SEAT)
    _open_index("uq_seat_asking_offer_id_open", "offer_id", OPEN)
    op.create_table(
        "part_did_not_come",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("times_said", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("times_said > 0", name=op.f("ck_part_did_not_come_said_once_at_least")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_part_did_not_come_an_answer_has_its_time")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["seat_part.id"], name=op.f("fk_part_did_not_come_part_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_part_did_not_come_said_by_id")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_part_did_not_come")),
    )


def downgrade() -> None:
    op.drop_table("part_did_not_come")
    about_parts = sa.text(
        "DELETE FROM seat_ask WHERE asking_id IN (SELECT id FROM seat_asking WHERE offer_id IS NOT NULL)"
    )
    op.execute(about_parts)
    op.execute(sa.text("DELETE FROM seat_asking WHERE offer_id IS NOT NULL"))
    op.drop_index("uq_seat_asking_offer_id_open", table_name="seat_asking")
    op.drop_index("uq_seat_asking_seat_id_open", table_name="seat_asking")
    with op.batch_alter_table("seat_asking") as table:
        table.drop_constraint(op.f("fk_seat_asking_offer_id"), type_="foreignkey")
        table.drop_column("offer_id")
    _open_index("uq_seat_asking_seat_id_open", "seat_id", OPEN)
