"""Functions that the tests of long tasks run in a child process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

Report = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]


def add_up(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Add numbers, reporting progress after each."""
    total = 0
    for number in prepared["numbers"]:
        total += number
        report({"total": total})
    print("a solver's chatter must not be taken for an answer")  # noqa: T201 - what the test is about
    return {"total": total, "worker": os.getpid()}


def until_stopped(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Work until asked to stop, then return the result so far."""
    turns = 0
    pause = threading.Event()
    while not should_stop():
        turns += 1
        report({"turns": turns})
        pause.wait(0.02)
    return {"turns": turns}


def fail(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Raise an exception half-way."""
    report({"total": 1})
    raise ValueError("a fault in the work")


def crash(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Exit without an output, as when the system runs out of memory."""
    os._exit(9)
