"""Printing PDFs for people to keep: WeasyPrint with our own fonts, and nothing that is not ours.

They are tagged PDF/A-3a: archival, and readable by screen readers. We do not claim certified conformance.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.settings import ROOT
from training.certificate_fonts import FAMILIES, FONTS, font_path

FOLDER = ROOT / "templates" / "certificates"
GROUND = "certificate-ground.svg"
VARIANT = "pdf/a-3a"
# Files are only fetched under this scheme, so that no text in a PDF can open another file or address.
SCHEME = "certificate:"


def printed(template: str, sheet: str, *, credential: str | None = None, **facts: Any) -> bytes:
    """The PDF of a template with its style sheet, with a signed credential attached where there is one.

    It takes about a tenth of a second, and two for the first: keep it outside any transaction.
    """
    printer = _printer()
    html = printer.templates.get_template(template).render(**facts)
    # Pango and the font configuration are shared by the whole process and not thread-safe.
    with printer.lock:
        return printer.printed(html, sheet, credential)


class _Printer:
    """The templates, style sheets and fonts, loaded once a process."""

    def __init__(self) -> None:
        # WeasyPrint takes two seconds to import, so only a process that prints does.
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
            """Serves our own files and nothing else."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                name = url.removeprefix(SCHEME)
                if not url.startswith(SCHEME) or name not in (*FONTS, GROUND):
                    raise ValueError(f"a PDF asks for {url}, which it may not have")
                path = FOLDER / GROUND if name == GROUND else font_path(name)
                kind = "image/svg+xml" if name == GROUND else "font/ttf"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

        self.templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
        self.lock = threading.Lock()
        self._weasyprint = weasyprint
        self._fetcher = Fetcher(allow_redirects=False)
        with _no_other_fonts():
            self._fonts = FontConfiguration()
        # Once only: two files under one name of a font print wrong glyphs.
        self._faces = self._sheet("fonts.css")
        self._sheets = {name: self._sheet(name) for name in ("certificate.css", "transcript.css")}

    def printed(self, html: str, sheet: str, credential: str | None) -> bytes:
        attachments = []
        if credential is not None:
            attachments.append(
                self._weasyprint.Attachment(
                    string=credential,
                    name="credential.json",
                    description="The signed Open Badges 3.0 credential of this certificate",
                    relationship="Data",
                )
            )
        document = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        made: bytes = document.write_pdf(
            stylesheets=[self._faces, self._sheets[sheet]],
            font_config=self._fonts,
            pdf_variant=VARIANT,
            attachments=attachments,
        )
        return made

    def _sheet(self, name: str) -> Any:
        text = self.templates.get_template(name).render(fonts=FONTS, families=FAMILIES, scheme=SCHEME, ground=GROUND)
        return self._weasyprint.CSS(string=text, font_config=self._fonts, url_fetcher=self._fetcher)


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
def _printer() -> _Printer:
    return _Printer()
