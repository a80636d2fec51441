"""The PDF of a certificate: a tagged PDF/A-3 with the signed credential attached.

PDF/A-3a is both archival and tagged for screen readers. The decoration is a page background, which stays out of the
tags; the QR code has a title, which becomes its alternative text. We do not claim certified conformance.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.settings import ROOT
from training import badges
from training.certificate_fonts import FAMILIES, FONTS, font_path, is_plain

FOLDER = ROOT / "templates" / "certificates"
GROUND = "certificate-ground.svg"
VARIANT = "pdf/a-3a"
# Files are only fetched under this scheme, so that no text on a certificate can open another file or address.
SCHEME = "certificate:"
# How wide a name may be in each size, in characters of which Chinese ones and emoji count twice.
SIZES = ((18, "short"), (36, "middling"), (80, "long"), (120, "longest"))


@dataclass(frozen=True)
class Print:
    """Everything on the certificate."""

    organisation: str
    printed_name: str
    title: str
    shows: str
    awarded_on: date
    valid_until: date
    minutes: int
    version_number: int
    code: str  # spaced, for reading
    verify_url: str
    token: str


def render(facts: Print) -> bytes:
    """The certificate as a PDF. Takes about a tenth of a second: keep it outside any transaction."""
    renderer = _renderer()
    code = segno.make(facts.verify_url, error="m", micro=False).svg_inline(
        scale=1,
        border=0,
        omitsize=True,
        dark="#16183c",
        title="Code to check this certificate",
        svgclass="qr",
    )
    html = renderer.template.render(
        facts=facts,
        learning_time=learning_time(facts.minutes),
        name_size=name_size(facts.printed_name),
        is_plain=is_plain(facts.printed_name),
        code=Markup(code),  # noqa: S704  drawn by segno from an address of our own
    )
    # Pango and the font configuration are shared by the whole process and not thread-safe.
    with renderer.lock:
        return renderer.print(html, facts.token)


def learning_time(minutes: int) -> str:
    """“43 min”, “3 h 20 min”"""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def name_size(name: str) -> str:
    """The CSS class whose type size fits a name of this width: on two lines, and the widest on six."""
    width = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in name)
    return next((size for most, size in SIZES if width <= most), "widest")


class _Renderer:
    """The template, style sheet and fonts, loaded once a process."""

    def __init__(self) -> None:
        # WeasyPrint takes two seconds to import, so only a process that renders a certificate does.
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
            """Serves our own files and nothing else."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                name = url.removeprefix(SCHEME)
                if not url.startswith(SCHEME) or name not in (*FONTS, GROUND):
                    raise ValueError(f"a certificate asks for {url}, which it may not have")
                path = FOLDER / GROUND if name == GROUND else font_path(name)
                kind = "image/svg+xml" if name == GROUND else "font/ttf"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

        templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
        self.template = templates.get_template("certificate.html")
        self.lock = threading.Lock()
        self._weasyprint = weasyprint
        self._fetcher = Fetcher(allow_redirects=False)
        with _no_other_fonts():
            self._fonts = FontConfiguration()
        sheet = templates.get_template("certificate.css").render(
            fonts=FONTS, families=FAMILIES, scheme=SCHEME, ground=GROUND
        )
        self._sheet = weasyprint.CSS(string=sheet, font_config=self._fonts, url_fetcher=self._fetcher)

    def print(self, html: str, token: str) -> bytes:
        document = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        credential = self._weasyprint.Attachment(
            string=badges.enveloped(token),
            name="credential.json",
            description="The signed Open Badges 3.0 credential of this certificate",
            relationship="Data",
        )
        made: bytes = document.write_pdf(
            stylesheets=[self._sheet], font_config=self._fonts, pdf_variant=VARIANT, attachments=[credential]
        )
        return made


@contextmanager
def _no_other_fonts() -> Iterator[None]:
    """Keep fonts of the machine out: one for coloured emoji would draw them, and every digit, in its own way."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FOLDER / "no-fonts.conf")
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@lru_cache(maxsize=1)
def _renderer() -> _Renderer:
    return _Renderer()
