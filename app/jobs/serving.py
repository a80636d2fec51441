"""Running the web server and a worker as children of one process: all of them end together, whatever ends first."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.settings import ROOT, Settings

POLL_SECONDS = 0.25
PORT_SECONDS = 20.0  # for the requests of a server that has just been killed to end
STOP_SECONDS = 240.0  # for an e-mail in hand: longer than both phases of a conversation with the mail server
PR_SET_PDEATHSIG = 1  # prctl(2), Linux


def wait_for_port(host: str, port: int) -> bool:
    """Whether the port is free, now or within twenty seconds."""
    until = time.monotonic() + PORT_SECONDS
    while not (is_free := _is_free(host, port)) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    return is_free


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def start_children(settings: Settings) -> list[subprocess.Popen[bytes]]:
    """Start the web server and the worker. Both are told to stop when this process dies, even by SIGKILL."""
    web = [
        str(Path(sys.executable).with_name("gunicorn")),
        "--bind",
        f"{settings.host}:{settings.port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "error",  # its warnings repeat what it could not read of a request, perhaps with a one-time token
        "wsgi:create_app()",
    ]
    worker = [str(Path(sys.executable).with_name("nightlight")), "worker"]
    parent = os.getpid()
    # No thread runs yet, so it is safe to run Python between fork and exec.
    return [
        subprocess.Popen(command, cwd=ROOT, preexec_fn=lambda: _stop_with(parent))  # noqa: PLW1509  see above
        for command in (web, worker)
    ]


def _stop_with(parent: int) -> None:
    """Have the kernel send this process SIGTERM when its parent ends. Other systems than Linux have no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before the kernel knew
            os._exit(1)


def supervise(children: list[subprocess.Popen[bytes]], should_stop: Callable[[], bool]) -> int:
    """Stop all children when one ends or we are told to stop; return the exit status, 0 only if we were told to.

    Each may finish what it has in hand; one that has not ended after four minutes is killed.
    """
    while not should_stop() and all(child.poll() is None for child in children):
        time.sleep(POLL_SECONDS)
    was_told = should_stop()
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0 if was_told else 1
