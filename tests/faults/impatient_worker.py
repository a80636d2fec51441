"""A worker that waits one second for an answer of the mail server, so that a test of a server that hangs is short."""

from __future__ import annotations

import sys

from app.outbox import mail_transports
from wsgi import cli

if __name__ == "__main__":
    mail_transports.STEP_TIMEOUT = 1.0
    sys.argv = ["nightlight", "worker"]
    cli()
