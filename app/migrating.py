"""Running the database migrations, and checking whether the database and this code belong together."""

from __future__ import annotations

from enum import Enum
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app import db
from app.settings import ROOT


class Schema(Enum):
    """How a database stands to this code. The value is the sentence for the person who runs Nightlight."""

    CURRENT = "The database is up to date."
    EMPTY = "The database is empty. Run: nightlight db upgrade"
    OLDER = "The database is older than this version of Nightlight. Make a backup, then run: nightlight db upgrade"
    NEWER = (
        "The database was upgraded by a newer version of Nightlight, which this version cannot read. Start the newer "
        "version, or restore the backup that was made before the upgrade: nightlight restore FILE --replace"
    )


def alembic_config(engine: Engine | None = None) -> Config:
    """Alembic's configuration, without an ini file; `engine` is the database, by default the application's."""
    config = Config(attributes={"engine": engine or db.extension.engine})
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade(engine: Engine | None = None, *, to: str = "head") -> None:
    """Run every migration up to `to` that the database lacks."""
    command.upgrade(alembic_config(engine), to)


@cache
def revisions() -> tuple[str, ...]:
    """The numbers of all migrations of this code, the oldest first."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    return tuple(script.revision for script in reversed(list(scripts.walk_revisions())))


def revision_of(engine: Engine) -> str | None:
    """The number of the last migration that ran on a database, or None where none did."""
    with engine.connect() as connection:
        try:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        except SQLAlchemyError:
            connection.rollback()
            connection.execute(text("SELECT 1"))  # Raises when it was not the table that was missing.
            return None


def schema(engine: Engine | None = None) -> Schema:
    """How the database stands to this code. Raises when the database does not answer."""
    found, known = revision_of(engine or db.extension.engine), revisions()
    if found is None:
        return Schema.EMPTY
    if found not in known:
        return Schema.NEWER
    return Schema.CURRENT if found == known[-1] else Schema.OLDER


def is_up_to_date() -> bool:
    """Whether every migration of this code, and no other, has run on the database."""
    return schema() is Schema.CURRENT
