"""Takes the README's pictures from the demonstration into docs/images: `python -m tests.journeys.pictures`."""

from __future__ import annotations

import click
from playwright.sync_api import Browser, sync_playwright

from app.people import passwords
from app.settings import ROOT
from tests.journeys import browser as real
from tests.journeys.gallery import demonstration_server

IMAGES = ROOT / "docs" / "images"

# Name of the picture, who looks, at which page, and how large the window is in CSS pixels.
PICTURES = (
    ("planner", "coordinator", "/rota/2", 1280, 900),
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


def main() -> None:
    """Take all pictures again."""
    with demonstration_server() as address, sync_playwright() as driver:
        browser = real.launch(driver)
        for name, who, path, width, height in PICTURES:
            take(browser, address, name, who, path, width, height)
            click.echo(f"docs/images/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
