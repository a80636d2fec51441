"""PDFs have nothing in them that is not ours."""

from __future__ import annotations

import logging

import pytest

from app.printing import pdf
from app.settings import ROOT

SHEET = "certificates/transcript.css"


@pytest.mark.parametrize(
    "address", [(ROOT / "wsgi.py").as_uri(), "http://127.0.0.1:9/a.png", "ours:../wsgi.py", "ours:layout/page.html"]
)
def test_no_text_of_a_pdf_opens_a_file_or_an_address(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "weasyprint"):
        made = pdf._printer().printed(f'<html lang="en"><title>A</title><img alt="A" src="{address}">', SHEET, None)
    assert made.startswith(b"%PDF")
    assert f"a PDF asks for {address}, which it may not have" in caplog.text
