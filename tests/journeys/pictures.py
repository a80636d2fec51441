"""Takes the README's pictures from the demonstration into docs/images: `python -m tests.journeys.pictures`.

The demonstration is served with its worker, as an organisation runs it, so that no page says that none runs.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from app.people import passwords
from app.settings import ROOT
from tests.databases import Databases
from tests.journeys import browser as real
from tests.journeys.running_server import RunningServer, eventually
from tests.times import MONDAY

IMAGES = ROOT / "docs" / "images"
MORNING = datetime.combine(MONDAY, time(10), tzinfo=UTC)
"""When they are taken: on this day, and the night after it, somebody is on call."""

# Name of the picture, who looks, at which page, and how large the window is in CSS pixels.
PICTURES = (
    ("planner", "coordinator", f"/rota/2?week={MONDAY + timedelta(weeks=1)}", 1280, 1000),
    ("journey", "peer", "/journey", 390, 900),
)


def take(browser: Browser, address: str, name: str, who: str, path: str, width: int, height: int) -> None:
    """Take a screenshot of the top of one page."""
    context = real.window(browser, width=width, dark=False)
    page = context.new_page()
    real.sign_in(page, address, f"{who}@demo.test", passwords.DEMONSTRATION)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address + path)
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


def wait_until_all_is_well(browser: Browser, address: str) -> None:
    """Wait until no page says that something is wrong: then all e-mails of loading are out."""
    context = real.window(browser)
    page = context.new_page()
    real.sign_in(page, address, "coordinator@demo.test", passwords.DEMONSTRATION)

    def is_well() -> bool | None:
        page.reload()
        return not page.get_by_label("Trouble with Nightlight itself").count() or None

    eventually(is_well, "a page without an alarm")
    context.close()


def main() -> None:
    """Take all pictures again."""
    with tempfile.TemporaryDirectory() as folder, Databases(Path(folder)).sqlite() as database_url:
        server = RunningServer(Path(folder), database_url, now=MORNING)
        server.command("demo", "--on", MONDAY.isoformat())
        server.start()
        try:
            eventually(lambda: next(server.sent(), None), "the worker to send what waits")
            with sync_playwright() as driver:
                browser = real.launch(driver)
                wait_until_all_is_well(browser, server.address)
                for name, who, path, width, height in PICTURES:
                    take(browser, server.address, name, who, path, width, height)
                    click.echo(f"docs/images/{name}.png")
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
