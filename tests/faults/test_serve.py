"""`nightlight serve` killed, or one of its processes: nothing is left behind, and the next one starts."""

from __future__ import annotations

import os
import signal

from app.jobs import serving
from tests.app.outbox.scripted_server import free_port
from tests.faults.processes import Processes, is_alive, until


def test_when_serve_is_killed_its_children_end_and_the_next_one_starts(processes: Processes) -> None:
    port = free_port()
    first = processes.serve(port)
    children = first.children()
    assert len(children) == 2
    first.kill()
    second = processes.serve(port)  # It waits for the port, as a service manager starts it at once.
    until(lambda: not any(is_alive(pid) for pid in children), "the end of the killed server's children")
    second.stop()
    assert serving.wait_for_port("127.0.0.1", port)


def test_when_a_child_of_serve_dies_the_others_end_and_serve_says_that_it_failed(processes: Processes) -> None:
    port = free_port()
    served = processes.serve(port)
    web, worker = served.children()
    os.kill(worker, signal.SIGKILL)
    assert served.wait_for_end() == 1
    assert not is_alive(web)
    assert serving.wait_for_port("127.0.0.1", port)


def test_serve_that_is_told_to_stop_ends_well(processes: Processes) -> None:
    port = free_port()
    served = processes.serve(port)
    children = served.children()
    served.ask_to_stop()
    assert served.wait_for_end() == 0
    assert not any(is_alive(pid) for pid in children)
