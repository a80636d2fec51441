"""Run long work in a child process: it computes, reports progress, and can be asked to stop.

The protocol is JSON lines. On standard input the first line is the prepared input; the line "stop" may follow. Lines
on standard output hold progress, output or failure. When the parent dies the child's input ends, and the child exits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import Any

from app.settings import ROOT
from app.tracebacks import without_values

PROGRESS_SECONDS = 1.0


class ChildFailed(Exception):
    """The child exited without an output; `detail` is for the log."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def run_in_child(
    work: str, prepared: dict[str, Any], on_progress: Callable[[dict[str, Any] | None], bool]
) -> dict[str, Any]:
    """Run `work` ("module:function") on `prepared` in a child process and return its output.

    `on_progress(progress)` is called about once a second with the newest progress (None when there is none); when it
    returns True the child is asked to stop, and its best output so far is still returned. If it raises, the child is
    killed and the error is raised again.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "app.jobs.child", work],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    messages = _Messages()
    reader = threading.Thread(target=messages.read, args=(child.stdout,), daemon=True)
    reader.start()
    try:
        child.stdin.write(json.dumps(prepared) + "\n")
        child.stdin.flush()
        asked_to_stop = False
        while not messages.ended.wait(PROGRESS_SECONDS):
            if on_progress(messages.take_progress()) and not asked_to_stop:
                asked_to_stop = True
                child.stdin.write("stop\n")
                child.stdin.flush()
    except BrokenPipeError:
        messages.ended.wait()
    except BaseException:
        child.kill()
        raise
    finally:
        # Closing its input ends a child that is still running, so no child outlives its parent.
        with suppress(BrokenPipeError):
            child.stdin.close()
        reader.join()
        child.stdout.close()
        child.wait()
    if messages.output is None:
        raise ChildFailed(messages.failure or f"the child exited with status {child.returncode}")
    return messages.output


class _Messages:
    """What the parent has received from the child so far."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.output: dict[str, Any] | None = None
        self.failure: str | None = None
        self._progress: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def read(self, lines: Iterable[str]) -> None:
        for line in lines:
            message = json.loads(line)
            if "progress" in message:
                with self._lock:
                    self._progress = message["progress"]
            elif "output" in message:
                self.output = message["output"]
            else:
                self.failure = message["failure"]
        self.ended.set()

    def take_progress(self) -> dict[str, Any] | None:
        with self._lock:
            progress, self._progress = self._progress, None
        return progress


def _main(work: str) -> None:
    """Run in the child: read the input, do the work, write the output."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # Output that a solver prints goes to the log, not between our lines.
    prepared = json.loads(sys.stdin.readline())
    stop = threading.Event()
    write_lock = threading.Lock()
    finished = threading.Event()

    def write(message: dict[str, Any]) -> None:
        with write_lock:
            out.write(json.dumps(message) + "\n")

    def watch_input() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                stop.set()
        if not finished.is_set():
            os._exit(1)  # The parent is gone, so nobody needs the result.

    threading.Thread(target=watch_input, daemon=True).start()
    module, _, name = work.partition(":")
    started = time.monotonic()
    try:
        function = getattr(import_module(module), name)
        output = function(prepared, lambda progress: write({"progress": progress}), stop.is_set)
    except Exception as error:
        # Not raised, because the message that Python would print may hold what was being handled.
        write({"failure": f"after {time.monotonic() - started:.1f} s: {without_values(error)}"})
        sys.exit(1)
    finished.set()
    write({"output": output})


if __name__ == "__main__":
    _main(sys.argv[1])
