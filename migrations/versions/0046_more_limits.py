"""More of what people ask for at most and at least: by week, by month, weekends, and days in a row."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BEFORE = {"most_hours_a_week": (1, 60, "hours_within_a_week"), "most_nights": (0, 31, "nights_within_a_rota")}
NEW = {
    "most_shifts_a_week": (1, 14),
    "most_nights_a_week": (0, 7),
    "most_hours_a_month": (1, 240),
    "most_shifts_a_month": (1, 62),
    "most_nights_a_month": (0, 31),
    "most_weekends": (0, 9),
    "least_shifts": (1, 62),
    "shortest_run": (2, 7),
    "shortest_break": (1, 14),
}
ALL = {name: (least, most) for name, (least, most, _check) in BEFORE.items()} | NEW

IN_ORDER = ["most_hours_a_week", *list(NEW)[:5], "most_nights", *list(NEW)[5:]]


def upgrade() -> None:
    with op.batch_alter_table("person_limits") as table:
        for check in [*(check for *_bounds, check in BEFORE.values()), "says_something"]:
            table.drop_constraint(op.f(f"ck_person_limits_{check}"), type_="check")
        for name in NEW:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        for name, (least, most) in ALL.items():
            table.create_check_constraint(
                op.f(f"ck_person_limits_bounds_of_{name}"), f"{name} BETWEEN {least} AND {most}"
            )
        something = " OR ".join(f"{name} IS NOT NULL" for name in IN_ORDER)
        table.create_check_constraint(op.f("ck_person_limits_says_something"), something)


def downgrade() -> None:
    op.execute("DELETE FROM person_limits WHERE most_hours_a_week IS NULL AND most_nights IS NULL")
    with op.batch_alter_table("person_limits") as table:
        for check in [*(f"bounds_of_{name}" for name in ALL), "says_something"]:
            table.drop_constraint(op.f(f"ck_person_limits_{check}"), type_="check")
        for name in NEW:
            table.drop_column(name)
        for name, (least, most, check) in BEFORE.items():
            table.create_check_constraint(op.f(f"ck_person_limits_{check}"), f"{name} BETWEEN {least} AND {most}")
        something = " OR ".join(f"{name} IS NOT NULL" for name in BEFORE)
        table.create_check_constraint(op.f("ck_person_limits_says_something"), something)
