"""Structured logs without personal data: ids, codes and durations, one JSON object a line."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict

# PostgreSQL repeats the values of a refused row below its message: "DETAIL:  Key (email)=(…) already exists."
VALUES_OF_A_ROW = re.compile(
    r"\n(?:DETAIL|CONTEXT|HINT): .*?(?=\n\[SQL: |\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)

log = structlog.get_logger()


def configure(*, readable: bool) -> None:
    """Send structured logs to standard error: as readable lines in development, as JSON elsewhere.

    In development only warnings and errors are logged, so that the printed sign-ins stay in view.
    """
    renderer = structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_values_of_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if readable else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_values_of_rows(_logger: object, _method: str, event: EventDict) -> EventDict:
    if "exception" in event:
        event["exception"] = VALUES_OF_A_ROW.sub("", event["exception"])
    return event


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
