"""The table of notices in docs/notices.md is what the code declares."""

from __future__ import annotations

from flask import Flask

from app.outbox import notice
from app.outbox.table import table
from tests.architecture.source import ROOT


def test_the_page_of_notices_is_what_the_code_says(app: Flask) -> None:
    """If this fails: nightlight notices > docs/notices.md"""
    assert (ROOT / "docs" / "notices.md").read_text(encoding="utf-8") == table()


def test_every_notice_says_who_when_and_why_in_plain_sentences(app: Flask) -> None:
    for kind in notice.kinds:
        assert kind.to[0].islower(), kind.kind
        for words in (kind.when, kind.why):
            assert not words[0].islower(), kind.kind
            assert words.endswith("."), kind.kind
