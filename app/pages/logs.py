"""Structured logs without personal data: ids, codes and durations, one JSON object a line.

Everything that this process logs goes through here, also what libraries log.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

from app.tracebacks import without_values

log = structlog.get_logger()


def configure(*, readable: bool) -> None:
    """Send structured logs to standard error: as readable lines in development, as JSON elsewhere.

    In development only warnings and errors are logged, so that the printed sign-ins stay in view; and exceptions with
    their messages, which elsewhere are left out, because they repeat what was being handled.
    """
    json_formatter = structlog.processors.ExceptionRenderer(lambda raised: without_values(raised[1]))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if readable else json_formatter,
            structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if readable else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.root.removeHandler(FROM_LIBRARIES)
    if not readable:
        logging.root.addHandler(FROM_LIBRARIES)


class FromLibraries(logging.Handler):
    """Logs what libraries log: their words as they are written in their code, without the values put into them."""

    def emit(self, record: logging.LogRecord) -> None:
        log.warning("library", name=record.name, words=str(record.msg), exc_info=record.exc_info)


FROM_LIBRARIES = FromLibraries(logging.WARNING)


def _begin() -> None:
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=secrets.token_hex(6))


def _end(response: Response) -> Response:
    if request.endpoint != "static" and "began" in g:
        # The endpoint, never the URL: URLs hold one-time tokens and calendar secrets.
        person = g.get("person")
        log.info(
            "request",
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.began) * 1000),
            person=person.id if person else None,
        )
    return response


def install(app: Flask) -> None:
    """Log each request of this application."""
    app.before_request(_begin)
    app.after_request(_end)
