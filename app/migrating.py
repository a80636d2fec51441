"""Running the database migrations, and checking whether all have run."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import db
from app.settings import ROOT


def alembic_config() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade() -> None:
    """Run every migration that this database lacks."""
    command.upgrade(alembic_config(), "head")


def is_up_to_date() -> bool:
    """Whether every migration of this code has run on the database."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with db.extension.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
