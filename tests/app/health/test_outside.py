"""The heartbeat to an address outside: called while all is well, and silent when it is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask import Flask

from app import clock
from app.health import host, outside
from app.health.troubles import Trouble, watches
from app.jobs import worker
from tests.times import NOW


class Watcher:
    """A service outside, on loopback, that notes the paths it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        watcher = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.asked.append(self.path)
                self.send_response(302 if self.path == "/elsewhere" else 404 if self.path == "/unknown" else 200)
                self.send_header("Location", "/ping")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    thread = threading.Thread(target=watcher.server.serve_forever)
    thread.start()
    yield watcher
    watcher.server.shutdown()
    thread.join()
    watcher.server.server_close()


def test_the_address_is_asked_with_its_query_and_its_date_comes_back(watcher: Watcher) -> None:
    date = outside.call(f"{watcher.url}/ping?key=1")
    assert watcher.asked == ["/ping?key=1"]
    assert host.clock_against_answer(clock.real_now(), date) == []
    (trouble,) = host.clock_against_answer(clock.real_now() + timedelta(minutes=2), date)
    assert trouble.kind == "clock"


def test_a_redirect_is_not_followed_and_a_failure_names_no_address(watcher: Watcher) -> None:
    for url, code in (
        (f"{watcher.url}/elsewhere", "status 302"),
        (f"{watcher.url}/unknown", "status 404"),
        ("http://127.0.0.1:1/secret", "ConnectionRefusedError"),
        ("https://127.0.0.1:1/secret", "ConnectionRefusedError"),
    ):
        with pytest.raises(outside.NotReached) as failure:
            outside.call(url)
        assert str(failure.value) == code
    assert watcher.asked == ["/elsewhere", "/unknown"]


def test_a_worker_calls_once_a_minute_while_all_is_well_and_falls_silent_when_it_is_not(
    app: Flask, watcher: Watcher
) -> None:
    calling = worker.Outside()
    calling.call_if_well(f"{watcher.url}/ping", [])
    calling.call_if_well(f"{watcher.url}/ping", [])
    assert watcher.asked == ["/ping"]
    assert [trouble.kind for trouble in calling.troubles] == ["clock"]  # the test's own clock is held months away

    silent = worker.Outside()
    silent.call_if_well(f"{watcher.url}/ping", [Trouble("mail", "E-mails do not get out.")])
    assert watcher.asked == ["/ping"]
    silent.call_if_well(f"{watcher.url}/ping", [Trouble("on-call", "Nobody is on call.", stops_service=False)])
    assert watcher.asked == ["/ping", "/ping"]
    with watches.override(()):
        worker.send_heartbeat()  # without an address nothing is called
    assert clock.now() == NOW
