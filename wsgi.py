"""The front door: wires the core, then each domain. Nothing imports it."""

from flask import Flask

from app import cli as commands
from app import factory
from app.settings import Settings
from progression.domain import PROGRESSION
from rota.domain import ROTA
from training.domain import TRAINING


def create_app(settings: Settings | None = None) -> Flask:
    """The whole house on one page."""
    return factory.create(settings or Settings.from_environment(), domains=(PROGRESSION, TRAINING, ROTA))


def cli() -> None:
    """The `nightlight` command."""
    commands.run(create_app)
