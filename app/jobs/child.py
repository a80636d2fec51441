"""A child process for long work: it computes, says how far it is, and can be asked to stop.

Parent and child speak JSON lines: the first line in is the work; "stop" may follow. Lines out are progress,
output or failure. When the parent dies, the child's input ends, and the child ends with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from app.settings import ROOT

SECONDS_BETWEEN_BEATS = 1.0


class ChildFailed(Exception):
    """The child ended without an output; `detail` is for the log."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def run_in_child(work: str, prepared: dict[str, Any], beat: Callable[[dict[str, Any] | None], bool]) -> dict[str, Any]:
    """Run `work` ("module:function") on `prepared` in a child process and return its output.

    `beat(progress)` is called about once a second with the newest progress (None when there is no news); when it
    returns True the child is asked to stop, and its best output so far is still returned. If `beat` raises, the
    child is killed and the error goes on up.
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
    heard = _Heard()
    listener = threading.Thread(target=heard.listen, args=(child.stdout,), daemon=True)
    listener.start()
    try:
        child.stdin.write(json.dumps(prepared) + "\n")
        child.stdin.flush()
        asked_to_stop = False
        while not heard.over.wait(SECONDS_BETWEEN_BEATS):
            if beat(heard.take_news()) and not asked_to_stop:
                asked_to_stop = True
                child.stdin.write("stop\n")
                child.stdin.flush()
    except BrokenPipeError:
        heard.over.wait()
    except BaseException:
        child.kill()
        raise
    finally:
        # Closing its input ends a child that still runs; nothing of ours outlives us.
        with suppress(BrokenPipeError):
            child.stdin.close()
        listener.join()
        child.stdout.close()
        child.wait()
    if heard.output is None:
        raise ChildFailed(heard.failure or f"the child ended with status {child.returncode}")
    return heard.output


class _Heard:
    """What the parent has heard from the child so far."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.output: dict[str, Any] | None = None
        self.failure: str | None = None
        self._news: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def listen(self, lines: Any) -> None:
        for line in lines:
            said = json.loads(line)
            if "progress" in said:
                with self._lock:
                    self._news = said["progress"]
            elif "output" in said:
                self.output = said["output"]
            else:
                self.failure = said["failure"]
        self.over.set()

    def take_news(self) -> dict[str, Any] | None:
        with self._lock:
            news, self._news = self._news, None
        return news


def _main(work: str) -> None:
    """The child's life: read the work, do it, say what came of it."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # Whatever a solver prints goes to the log, not between our lines.
    prepared = json.loads(sys.stdin.readline())
    stop = threading.Event()
    talking = threading.Lock()
    finished = threading.Event()

    def say(message: dict[str, Any]) -> None:
        with talking:
            out.write(json.dumps(message) + "\n")

    def obey() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                stop.set()
        if not finished.is_set():
            os._exit(1)  # The parent is gone; there is nobody left to tell.

    threading.Thread(target=obey, daemon=True).start()
    module, _, name = work.partition(":")
    started = time.monotonic()
    try:
        function = getattr(import_module(module), name)
        output = function(prepared, lambda progress: say({"progress": progress}), stop.is_set)
    except Exception as fault:
        say({"failure": f"{type(fault).__name__} after {time.monotonic() - started:.1f} s: {fault}"})
        raise
    finished.set()
    say({"output": output})


if __name__ == "__main__":
    _main(sys.argv[1])
