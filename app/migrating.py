"""Bringing a database to the newest shape, and saying which shape it has."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import db
from app.settings import ROOT


def alembic_config() -> Config:
    """Where the migrations are; no ini file needed."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def upgrade() -> None:
    """Run every migration this database has not had yet."""
    command.upgrade(alembic_config(), "head")


def is_up_to_date() -> bool:
    """Whether the database has had every migration of this code."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with db.extension.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
