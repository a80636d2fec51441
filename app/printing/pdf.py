"""Printing PDFs for people to keep: WeasyPrint with our own fonts, and nothing that is not ours.

They are tagged PDF/A-3a: archival, and readable by screen readers. We do not claim certified conformance.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.printing.fonts import FAMILIES, FONTS, font_path
from app.settings import ROOT

FOLDER = ROOT / "templates"
FACES, NO_FONTS = "printing/fonts.css", "printing/no-fonts.conf"
VARIANT = "pdf/a-3a"
# Files are only fetched under this scheme, so that no text in a PDF can open another file or address.
SCHEME = "ours:"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF: what it holds, its name, and what it is in a few words."""

    content: str
    name: str
    description: str


def printed(template: str, sheet: str, *, attached: Attached | None = None, **facts: Any) -> bytes:
    """The PDF of a template with its style sheet, both by their place in `templates/`.

    It takes about a tenth of a second, and two for the first: keep it outside any transaction.
    """
    printer = _printer()
    html = printer.templates.get_template(template).render(**facts)
    # Pango and the font configuration are shared by the whole process and not thread-safe.
    with printer.lock:
        return printer.printed(html, sheet, attached)


class _Printer:
    """The templates, style sheets and fonts, loaded once a process."""

    def __init__(self) -> None:
        # WeasyPrint takes two seconds to import, so only a process that prints does.
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        pictures = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*.svg")}

        class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
            """Serves our own files and nothing else."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                name = url.removeprefix(SCHEME)
                if not url.startswith(SCHEME) or name not in (*FONTS, *pictures):
                    raise ValueError(f"a PDF asks for {url}, which it may not have")
                path = pictures.get(name) or font_path(name)
                kind = "image/svg+xml" if name in pictures else "font/ttf"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

        self.templates = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
        self.lock = threading.Lock()
        self._weasyprint = weasyprint
        self._fetcher = Fetcher(allow_redirects=False)
        with _no_other_fonts():
            self._fonts = FontConfiguration()
        # Once only: two files under one name of a font print wrong glyphs.
        self._faces = self._read(FACES)
        self._sheets: dict[str, Any] = {}

    def printed(self, html: str, sheet: str, attached: Attached | None) -> bytes:
        attachments = []
        if attached is not None:
            attachments.append(
                self._weasyprint.Attachment(
                    string=attached.content,
                    name=attached.name,
                    description=attached.description,
                    relationship="Data",
                )
            )
        document = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        made: bytes = document.write_pdf(
            stylesheets=[self._faces, self._sheet(sheet)],
            font_config=self._fonts,
            pdf_variant=VARIANT,
            attachments=attachments,
        )
        return made

    def _sheet(self, name: str) -> Any:
        if name not in self._sheets:
            self._sheets[name] = self._read(name)
        return self._sheets[name]

    def _read(self, name: str) -> Any:
        text = self.templates.get_template(name).render(fonts=FONTS, families=FAMILIES, scheme=SCHEME)
        return self._weasyprint.CSS(string=text, font_config=self._fonts, url_fetcher=self._fetcher)


@contextmanager
def _no_other_fonts() -> Iterator[None]:
    """Keep fonts of the machine out: one for coloured emoji would draw them, and every digit, in its own way."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FOLDER / NO_FONTS)
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
