"""Fixtures of the journeys: a served application and a real browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from werkzeug.serving import make_server

from app import clock, db
from app.people import sessions
from app.people.models import Person
from app.people.request_session import cookie_name
from tests.journeys import browser as real

Window = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = real.launch(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address at which a thread of this process serves the test's application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="server")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def window_of(chromium: Browser, address: str) -> Iterator[Window]:
    """Opens a browser window for a person, signed in: window_of(person, width=320, dark=True)."""
    opened: list[BrowserContext] = []

    def open_window(person: Person | None = None, **how: object) -> BrowserContext:
        context = real.window(chromium, **how)  # type: ignore[arg-type]  # width, dark, scripts as window() takes them
        if person is not None:
            with db.writing():
                token = sessions.start(person, device="Chromium in a test", now=clock.now())
            context.add_cookies([{"name": cookie_name(), "value": token, "url": address}])
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
