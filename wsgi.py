"""The entry point: creates the application from the core and the domains. Nothing imports it."""

import gc

gc.disable()  # Loading leaves no garbage, and looking for it takes a quarter of the time to start.

from flask import Flask

from app import cli as commands
from app import factory
from app.settings import Settings
from progression.domain import PROGRESSION
from rota.domain import ROTA
from training.domain import TRAINING

gc.freeze()  # What is loaded stays for the life of the process, so it is not looked through again.
gc.enable()


def create_app(settings: Settings | None = None) -> Flask:
    """Create the application; settings come from the environment unless given."""
    return factory.create(settings or Settings.from_environment(), domains=(PROGRESSION, TRAINING, ROTA))


def cli() -> None:
    """Run the `nightlight` command."""
    commands.run(create_app)
