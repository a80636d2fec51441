"""Takes screenshots of every page for every demonstration sign-in: `python -m tests.journeys.gallery`.

They go to var/screens, a folder for each sign-in, and show a new database with the demonstration.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from app import clock, db, demonstration
from app.people import passwords
from app.settings import ROOT, Settings
from tests.databases import Databases
from tests.journeys import browser as real
from tests.times import NOW
from wsgi import create_app

SCREENS = ROOT / "var" / "screens"


@contextmanager
def demonstration_server() -> Iterator[str]:
    """Serve a new database with the demonstration; yield the address."""
    with tempfile.TemporaryDirectory() as folder, Databases(Path(folder)).sqlite() as database_url:
        app = create_app(
            replace(
                Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "g" * 48}),
                database_url=database_url,
                mail_url=f"file:{folder}/mail",
                keys=Path(folder) / "keys",
                var=Path(folder) / "var",
            )
        )
        clock.set_to(NOW)
        with app.app_context():
            demonstration.load(monday=None, now=NOW, say=lambda words: None)
            db.session.remove()
        with _served(app) as address:
            yield address


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def take_screenshots(browser: Browser, address: str, name: str, width: int, dark: bool, matching: str) -> None:
    """Take a screenshot of every page that a sign-in reaches by links, and print the faults of each."""
    context = real.window(browser, width=width, dark=dark)
    page = context.new_page()
    watched = real.watch(page)
    page.goto(address + "/sign-in")
    if name != "nobody":
        real.sign_in(page, address, f"{name}@demo.test", passwords.DEMONSTRATION)
    for path in ["/" if name != "nobody" else "/sign-in", *real.follow_links(page, address, set())]:
        if not re.search(matching, path):
            continue
        page.goto(address + path)
        words = re.sub(r"\W+", "-", path).strip("-") or "today"
        picture = SCREENS / name / f"{words[:80]}-{width}-{'dark' if dark else 'light'}.png"
        # A window as tall as the page; otherwise the menu at the foot of a phone would be in the middle of the picture.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
        page.screenshot(path=picture)
        page.set_viewport_size({"width": width, "height": 900})
        for fault in [*real.faults_of(page), *watched.faults]:
            click.echo(f"{name} {path} at {width} {'dark' if dark else 'light'}: {fault}")
        watched.faults.clear()
    context.close()


@click.command()
@click.option("--width", "widths", multiple=True, type=int, default=(390, 1280), help="CSS pixels; may be repeated.")
@click.option("--dark", is_flag=True, help="In dark mode instead of light.")
@click.option("--as", "names", multiple=True, default=("nobody", *demonstration.SIGN_INS), help="Only these sign-ins.")
@click.option("--matching", default="", help="Only pages whose path matches this pattern.")
def main(widths: tuple[int, ...], dark: bool, names: tuple[str, ...], matching: str) -> None:
    """Take screenshots of every page for every demonstration sign-in into var/screens."""
    for name in names:
        shutil.rmtree(SCREENS / name, ignore_errors=True)
        (SCREENS / name).mkdir(parents=True)
    with demonstration_server() as address, sync_playwright() as driver:
        browser = real.launch(driver)
        for name in names:
            for width in widths:
                take_screenshots(browser, address, name, width, dark, matching)
            click.echo(f"{name}: {len(list((SCREENS / name).iterdir()))} screenshots")
        browser.close()


if __name__ == "__main__":
    main()
