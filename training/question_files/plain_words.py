"""Words without markup. Questions, answers and feedback are plain text here, and pages show them escaped: whatever a
file holds, nothing in it can run.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from app import typed_text
from training.question_files.found import CannotTake

HAS_A_FILE = "It holds a picture, sound or another file, which a question here cannot have."
MEDIA = {"img", "audio", "video", "object", "embed", "iframe", "svg", "canvas", "picture", "applet", "map", "input"}
UNSEEN = {"script", "style", "head", "template", "noscript", "title"}
BLOCKS = {
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "hr",
}
FILE_OF_MOODLE = "@@PLUGINFILE@@"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in MEDIA:
            raise CannotTake(HAS_A_FILE)
        if tag in UNSEEN:
            self.unseen.append(tag)
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            self.unseen.remove(tag)
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def from_html(text: str) -> str:
    """The words that a reader of this HTML sees, a line for each block. Refuses pictures and other media."""
    if FILE_OF_MOODLE in text:
        raise CannotTake(HAS_A_FILE)
    parser = _Words()
    parser.feed(text)
    parser.close()
    return _tidy("".join(part if part == "\n" else re.sub(r"\s+", " ", part) for part in parser.parts))


def from_markdown(text: str) -> str:
    """The words of a text in Markdown."""
    return from_html(MarkdownIt("commonmark").render(text))


def plain(text: str) -> str:
    """The words of a text without markup."""
    return _tidy(text)


def _tidy(text: str) -> str:
    lines = [" ".join(CONTROL.sub("", line).split()) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """The same words on one line."""
    return typed_text.one_line(" ".join(text.split()))
