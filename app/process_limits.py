"""Limits of child processes: what one may take of memory, time and disk, and how its parent sees that it took more."""

from __future__ import annotations

import os
import resource
import signal

# The signals that end a process which broke its limits, as `subprocess` gives them.
KILLED_FOR_SIZE = frozenset({-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV})


def limit(*, memory: int, processor_seconds: int, largest_file: int = 0) -> None:
    """Bound what this process may take, for good: bytes of address space, processor time, bytes of one file."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor_seconds),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def bare_environment() -> dict[str, str]:
    """The environment of a child that looks at a file from outside: it has no business with the secrets in ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
