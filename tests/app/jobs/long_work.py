"""Long work for the tests of long work; it runs in a child process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

Report = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]


def add_up(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Add numbers, telling after each how far it is."""
    total = 0
    for number in prepared["numbers"]:
        total += number
        report({"total": total})
    print("a solver's chatter must not be taken for an answer")  # noqa: T201 - what the test is about
    return {"total": total, "worker": os.getpid()}


def until_stopped(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Work until asked to stop, then hand over what there is."""
    turns = 0
    pause = threading.Event()
    while not should_stop():
        turns += 1
        report({"turns": turns})
        pause.wait(0.02)
    return {"turns": turns}


def fall_over(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Fail half-way."""
    report({"total": 1})
    raise ValueError("a fault in the work")


def die(prepared: dict[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """End without a word, as when the system runs out of memory."""
    os._exit(9)
