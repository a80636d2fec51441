"""Markdown that people write in the browser, as safe HTML.

The dialect is CommonMark without raw HTML, pictures and code: headings of two sizes (`##` and `###`), paragraphs,
lists, quotations, lines, strong and emphasised words, and links to https addresses. Text in any script keeps its own
direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br"}
_CLASS_OF = {"h2": "nl-h2", "h3": "nl-h3", "a": "govuk-link", "blockquote": "nl-quote"}
_TAKE_A_DIRECTION = {"p", "h2", "h3", "ul", "ol", "li", "blockquote"}


def html(text: str) -> Markup:
    """The text as safe HTML. What the dialect does not have is shown as it was typed, never run."""
    parser = _parser()
    tokens = parser.parse(text)
    for token in _flattened(tokens):
        if token.nesting == 1 and token.tag in _CLASS_OF:
            token.attrSet("class", _CLASS_OF[token.tag])
        if token.nesting == 1 and token.tag in _TAKE_A_DIRECTION:
            token.attrSet("dir", "auto")
    made = parser.renderer.render(tokens, parser.options, {})
    return Markup(  # noqa: S704  cleaned by nh3 to the few tags above
        nh3.clean(
            made,
            tags=_TAGS,
            attributes={"a": {"href"}, **{tag: {"dir"} for tag in _TAKE_A_DIRECTION}, "ol": {"dir", "start"}},
            allowed_classes={tag: {name} for tag, name in _CLASS_OF.items()},
            url_schemes={"https"},
            link_rel="noopener",
        )
    )


def faults(text: str) -> Iterator[str]:
    """Where the text leaves the dialect: a sentence for each place, with its line and how to mend it."""
    tokens = _parser().parse(text)
    if not any(token.content.strip() for token in tokens if token.type == "inline"):
        yield "There are no words in it yet."
    line = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open" and token.tag not in ("h2", "h3"):
            yield f"Line {line}: a heading begins with ## or ###. The title is already the first heading."
        yield from _faults_within(token.children or (), line)


def _faults_within(tokens: Sequence[Token], line: int) -> Iterator[str]:
    for token in tokens:
        href = str(token.attrGet("href") or "")
        if token.type == "link_open" and not href.startswith("https://"):
            yield f"Line {line}: the link “{href[:80]}” must begin with https://."


def _parser() -> MarkdownIt:
    """Without code and pictures their marks stay as they were typed, so that nothing written is ever hidden."""
    return MarkdownIt("commonmark", {"html": False}).disable(["code", "fence", "image", "backticks", "html_block"])


def _flattened(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flattened(token.children or [])
