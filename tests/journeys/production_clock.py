"""Starts a process of production under a clock that a file holds.

Production has no clock that can be set, and a journey crosses days. So its processes start here, where the one function
that reads the clock is replaced before the application is made; all else is the program that is installed. Nothing may
import this: it would hold the clock of who does.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from app import clock
from tests.journeys.running_server import CLOCK_OF_PRODUCTION
from wsgi import cli
from wsgi import create_app as create_app


def _held() -> datetime:
    return datetime.fromisoformat(Path(os.environ[CLOCK_OF_PRODUCTION]).read_text().strip()).astimezone(UTC)


clock.now = _held

if __name__ == "__main__":
    cli()
