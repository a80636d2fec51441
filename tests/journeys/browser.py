"""A real browser for the tests: start it, examine a page with axe, and follow its links."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, Response

from app.settings import ROOT

# Parts of the browser's own window, which nobody looks at. The lists of its address bar are pages of their own, and to
# build them for every new window takes thrice the time that the window itself takes. Chromium heeds one list only, so
# what Playwright switches off is in it too.
NOT_NEEDED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(NOT_NEEDED)}",
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe is asked for.
EVERY_RULE: dict[str, object] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
}
OF_COLOURS: dict[str, object] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, object]], ...] = (
    ("light", EVERY_RULE),
    ("dark", OF_COLOURS),  # nothing but colours differs
)
PHONE, DESKTOP = 320, 1280  # CSS pixels; 320 is also a desktop zoomed to 400%

# axe cannot measure text on a gradient, so each gradient is replaced by its brightest colour, the worst case.
FLATTENED = """
:root { --nl-flat-pool: #f9e0b0; }
@media (prefers-color-scheme: dark) { :root { --nl-flat-pool: #352b2e; } }
.nl-sheet { background: var(--nl-flat-pool) !important; }
.nl-sheet::before { display: none !important; }
.nl-card--lit { background: var(--nl-lit-2) !important; }
.nl-changes ins { background: var(--nl-lit-2) !important; }
*, *::before, *::after { transition: none !important; }
"""
EXAMINE = """async ([rules]) => {
  // What passes is not described, which takes time and is not read here.
  const found = await axe.run(document, {...rules, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id} (${rule.help}): ${node.target.join(" ")} ${(node.any[0] || {message: ""}).message}`));
}"""
FLATTEN = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
OVERFLOWING = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium on PATH, or the one that the variable CHROMIUM names."""
    path = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if path is None:
        raise RuntimeError("There is no Chromium here. Install it, or name one in CHROMIUM.")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


@dataclass
class Watched:
    """The faults that the browser has reported for a page."""

    faults: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Keep an error message of the console."""
        # The browser reports every 4xx response here too; `fetched` decides about those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def fetched(self, response: Response) -> None:
        """Keep a failed request for anything but the page itself."""
        if not response.request.is_navigation_request() and response.status >= 400:
            self.faults.append(f"{response.status} for {response.url}")


def window(
    browser: Browser, *, width: int = DESKTOP, dark: bool = False, scripts: bool = True, touch: bool = False
) -> BrowserContext:
    """Open a browser window with cookies of its own, like another person's device."""
    return browser.new_context(
        has_touch=touch,
        viewport={"width": width, "height": 844 if width < 600 else 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        locale="en-GB",
        reduced_motion="reduce",
        ignore_https_errors=True,  # the certificate of a server on loopback is signed by the test itself
    )


def watch(page: Page) -> Watched:
    """Collect the faults of a page from now on."""
    watched = Watched()
    page.on("console", watched.heard)
    page.on("pageerror", lambda error: watched.faults.append(str(error)))
    page.on("response", watched.fetched)
    return watched


def faults_of(page: Page, rules: dict[str, object] = EVERY_RULE) -> list[str]:
    """Return what axe finds on the page as it is now by these rules, and whether it scrolls sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(FLATTEN, FLATTENED)
        page.evaluate(AXE.read_text(encoding="utf-8") + "\n; undefined")
    found: list[str] = page.evaluate(EXAMINE, [rules])
    too_wide: int = page.evaluate(OVERFLOWING)
    if too_wide > 0:
        found.append(f"the page is {too_wide} px wider than the window")
    return found


def faults_in_every_view(page: Page) -> list[str]:
    """Return the faults of a page on a narrow phone and on a desktop, each in light and in dark mode.

    Dark mode changes nothing but colours, so only what depends on them is examined in it again.
    """
    found = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme, rules in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"at {width} px, {scheme}: {fault}" for fault in faults_of(page, rules)]
    return found


def follow_links(page: Page, address: str, seen: set[str]) -> Iterator[str]:
    """Open one page of each kind that can be reached by links from the current one, and yield its path.

    Two pages are of one kind when their addresses differ only in numbers. Kinds in `seen` are left out, new ones added.
    """
    waiting = _paths_linked(page)
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        page.goto(address + path)
        yield path
        waiting += [linked for linked in _paths_linked(page) if kind_of(linked) not in seen]


def kind_of(path: str) -> str:
    """Return an address without its numbers and the values of its query; samples of notices are one kind."""
    parts = urlsplit(re.sub(r"(?<=^/admin/notices/)[a-z-]+", "0", path))
    asked = sorted({pair.partition("=")[0] for pair in parts.query.split("&")} - {""})
    return re.sub(r"\d+|\b[0-9a-f-]{16,}\b", "#", parts.path) + ("?" + "&".join(asked) if asked else "")


def _paths_linked(page: Page) -> list[str]:
    """Return the paths of the pages of this site that the page links to, in order."""
    host = urlsplit(page.url).netloc
    addresses: list[str] = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(link => link.href)")
    paths = {}
    for linked in addresses:
        parts = urlsplit(linked)
        if parts.netloc == host and parts.scheme in ("http", "https") and "." not in parts.path.rpartition("/")[2]:
            paths[parts.path + (f"?{parts.query}" if parts.query else "")] = True
    return list(paths)


def press(target: Locator) -> None:
    """Click a link or button that loads a page, and wait until that page is there.

    A click alone returns while the old page, or half of the new one, can still be read.
    """
    with target.page.expect_navigation():
        target.click()


def tap(target: Locator) -> None:
    """Tap a link or button that loads a page, as a thumb does, and wait until that page is there."""
    with target.page.expect_navigation():
        target.tap()


def wait_for_the_proposal(page: Page) -> None:
    """Wait until the page of a rota, which follows its proposal, has loaded itself again because the proposal is over.

    A test that loads it instead may do so in the very moment in which the page does.
    """
    page.locator("[data-watch*='/progress.json']").wait_for(state="detached")
    page.get_by_role("button", name="Propose again").wait_for()
    page.wait_for_load_state()


def unfold(summary: Locator) -> None:
    """Open the details below a summary, and wait until they can be read."""
    summary.click()
    summary.page.locator("details[open]").filter(has=summary).wait_for()


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Sign in through the sign-in page."""
    page.goto(address + "/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)
    press(page.get_by_role("button", name="Sign in"))
