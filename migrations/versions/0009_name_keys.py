"""The key by which display names are compared, with a unique index, so that no database's own rules decide.

Of people whose names were read as the same before, all but the first get a key with their number; their next change of
name has to differ.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SPACES = re.compile(r"\s+")
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]"
)


def upgrade() -> None:
    # Nullable, because the previous version still adds people during an upgrade.
    op.add_column("person", sa.Column("name_key", sa.String(), nullable=True))
    person = sa.table("person", sa.column("id"), sa.column("display_name"), sa.column("name_key"))
    connection = op.get_bind()
    taken: set[str] = set()
    for row in connection.execute(sa.select(person).order_by(person.c.id)).all():
        key = _key(row.display_name)
        if not key or key in taken:
            key = f"{key} ({row.id})"
        taken.add(key)
        connection.execute(person.update().where(person.c.id == row.id).values(name_key=key))
    op.create_index(op.f("ix_person_name_key"), "person", ["name_key"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_person_name_key"), "person")
    op.drop_column("person", "name_key")


def _key(name: str) -> str:
    """As `app.typed_text.compare_key` computed it when this was written."""
    key = unicodedata.normalize("NFC", UNSEEN.sub("", name))
    for _ in range(2):
        key = unicodedata.normalize("NFKC", key).casefold()
        key = UNSEEN.sub("", key)
    return SPACES.sub(" ", unicodedata.normalize("NFKC", key)).strip()
