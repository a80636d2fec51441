"""Rendering a lesson's Markdown as safe HTML.

The dialect is CommonMark with tables, without raw HTML and pictures, and with three fenced parts of our own:

    ```said Wren, 01:40          something somebody wrote, shown as a message
    ```hard bluecup, 01:14 | bluecup calls tin_robin a name.
                                 the same with hard words; readers who skip them see the sentence after the bar
    ```aside What if they carry on?   a part that opens on request

and with three blocks of one line, which stand by themselves and place something that is kept elsewhere:

    ```do which-lines            an exercise of the lesson, by its key
    ```here safeguarding-lead, on-call      what the organisation says of these slots
    ```drawing whom-to-tell      a drawing
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from app.organisation.slots import SLOTS
from training.drawings import DRAWINGS

FENCES = ("said", "hard", "aside")
BLOCKS = ("do", "here", "drawing")
LEFT_OUT = "Left out, as you asked."

# Only what the dialect can produce: a pack is written by a trainer, but it is still untrusted input.
_TAGS = {
    *(
        "p",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "blockquote",
        "figure",
        "footer",
        "b",
        "hr",
        "br",
        "code",
    ),
    *("details", "summary", "span", "div", "table", "thead", "tbody", "tr", "th", "td"),
}
_CLASSES = {
    "h2": {"nl-h2"},
    "h3": {"nl-h3"},
    "ol": {"nl-moves"},
    "a": {"govuk-link"},
    "figure": {"nl-said"},
    "blockquote": {"nl-quote"},
    "details": {"govuk-details"},
    "summary": {"govuk-details__summary"},
    "span": {"govuk-details__summary-text"},
    "div": {"govuk-details__text"},
    "p": {"nl-soft"},
    "table": {"govuk-table"},
    "th": {"govuk-table__header"},
    "td": {"govuk-table__cell"},
    "tr": {"govuk-table__row"},
}
_CLASS_OF = {
    "heading_open": {"h2": "nl-h2", "h3": "nl-h3"},
    "ordered_list_open": {"ol": "nl-moves"},
    "link_open": {"a": "govuk-link"},
    "blockquote_open": {"blockquote": "nl-quote"},
    "table_open": {"table": "govuk-table"},
    "th_open": {"th": "govuk-table__header"},
    "td_open": {"td": "govuk-table__cell"},
    "tr_open": {"tr": "govuk-table__row"},
}


@dataclass(frozen=True)
class Block:
    """A block of one line: what it places, by name, and its line within the body, from 1."""

    kind: str
    names: tuple[str, ...]
    line: int

    @property
    def name(self) -> str:
        """The first name: the only one, but in a block of slots."""
        return self.names[0] if self.names else ""


def html(body: str, *, skip_hard_words: bool = False) -> Markup:
    """The text as safe HTML, without its blocks; with `skip_hard_words`, hard quotes give way to their summary."""
    return _clean(_parser().render(body, {"skip_hard_words": skip_hard_words}))


def parts(body: str, *, skip_hard_words: bool = False) -> list[Markup | Block]:
    """The text in pieces: safe HTML, and the blocks between."""
    parser, env = _parser(), {"skip_hard_words": skip_hard_words}
    found: list[Markup | Block] = []
    piece: list[Token] = []

    def end_piece() -> None:
        if piece:
            found.append(_clean(parser.renderer.render(piece, parser.options, env)))
            piece.clear()

    for token in parser.parse(body, env):
        if _is_block(token) and token.level == 0:
            end_piece()
            found.append(_block_of(token))
        else:
            piece.append(token)
    end_piece()
    return found


def blocks(body: str) -> Iterator[Block]:
    """The blocks of the text, in order."""
    return (_block_of(token) for token in _parser().parse(body) if _is_block(token) and token.level == 0)


def fence_kinds(body: str) -> Iterator[tuple[int, str]]:
    """The line, from 1, and the kind of every fenced part and block of the text."""
    return (((token.map or [0])[0] + 1, _fence_of(token)[0]) for token in _fences(body))


def _clean(made: str) -> Markup:
    return Markup(  # noqa: S704  cleaned by nh3 to the few tags above
        nh3.clean(
            made,
            tags=_TAGS,
            attributes={"*": set(), "a": {"href"}},
            allowed_classes=_CLASSES,
            url_schemes={"https"},
            link_rel="noopener",
        )
    )


def has_hard_words(body: str) -> bool:
    """Whether the lesson holds quotes that a reader may want to skip."""
    return any(_fence_of(token)[0] == "hard" for token in _fences(body))


def faults(body: str, *, within: bool = False) -> Iterator[tuple[int, str]]:
    """Where a lesson's Markdown leaves our dialect: the line within the body, from 1, and a sentence.

    `within` says that the text stands inside a fenced part, which takes no blocks.
    """
    tokens = _parser().parse(body)
    if not any(token.content.strip() for token in tokens if token.type == "inline"):
        yield 1, "the lesson has no words."
    for token in tokens:
        line = (token.map or [0])[0] + 1
        if token.type == "heading_open" and token.tag not in ("h2", "h3"):
            yield (
                line,
                "headings in a lesson begin with ## or ###; the lesson's title is already the first heading.",
            )
        elif token.type == "code_block":
            yield line, "four spaces at the start make this a code block; take them away."
        elif _is_block(token):
            yield from ((line, sentence) for sentence in _block_faults(token, within=within or token.level > 0))
        elif token.type == "fence":
            yield from ((line, sentence) for sentence in _fence_faults(token))
        for inner in token.children or ():
            if inner.type == "image":
                yield line, "pictures are not taken in lessons yet."
            elif inner.type == "link_open" and not _is_good_link(str(inner.attrGet("href") or "")):
                yield line, f"the link “{inner.attrGet('href')}” must begin with https:// or with a single /."


def _fence_faults(token: Token) -> Iterator[str]:
    kind, about, gist = _fence_of(token)
    if kind not in FENCES:
        known = ", ".join((*FENCES, *BLOCKS))
        yield f"“{kind or 'nothing'}” after the three marks is not known; there are {known}."
        return
    if not about:
        yield f"after “{kind}” it must say {'the question' if kind == 'aside' else 'who wrote it'}."
    if kind == "hard" and not gist:
        yield "after a bar ( | ) it must say in a sentence what the hard words come to, for who skips them."
    if not token.content.strip():
        yield f"this “{kind}” is empty."
    for line, sentence in faults(token.content, within=True) if token.content.strip() else ():
        yield f"in line {line} of this “{kind}”: {sentence}"


def _block_faults(token: Token, *, within: bool) -> Iterator[str]:
    block = _block_of(token)
    if within:
        yield f"a “{block.kind}” stands by itself, not in a list, a quotation or another part."
    if token.content.strip():
        yield f"a “{block.kind}” is one line: take away what stands between its marks."
    if not block.names:
        yield f"after “{block.kind}” it must say which."
    known = {"here": SLOTS, "drawing": DRAWINGS}.get(block.kind)
    if known is not None:
        for name in block.names:
            if name not in known:
                yield f"there is no {_WHAT[block.kind]} “{name}”; there are {', '.join(sorted(known))}."
    if block.kind != "here" and len(block.names) > 1:
        yield f"a “{block.kind}” takes one name."


_WHAT = {"here": "slot", "drawing": "drawing"}


def _is_good_link(href: str) -> bool:
    return href.startswith("https://") or (href.startswith("/") and not href.startswith("//"))


def _fences(body: str) -> Iterator[Token]:
    return (token for token in _parser().parse(body) if token.type == "fence")


def _is_block(token: Token) -> bool:
    return token.type == "fence" and _fence_of(token)[0] in BLOCKS


def _block_of(token: Token) -> Block:
    kind, _, rest = token.info.strip().partition(" ")
    names = tuple(name.strip() for name in rest.split(",") if name.strip())
    return Block(kind, names, (token.map or [0])[0] + 1)


def _fence_of(token: Token) -> tuple[str, str, str]:
    """The kind of a fence, its heading, and its summary."""
    kind, _, rest = token.info.strip().partition(" ")
    about, _, gist = rest.partition("|")
    return kind, about.strip(), gist.strip()


class _Renderer(RendererHTML):
    """Renders our fences."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        kind, about, gist = _fence_of(tokens[idx])
        if kind in BLOCKS:
            return ""
        inner = _parser().render(tokens[idx].content)
        if kind == "hard" and env.get("skip_hard_words"):
            return (
                f'<figure class="nl-said"><footer>{escape(about)}</footer><p>{escape(gist)}</p>'
                f'<p class="nl-soft">{LEFT_OUT}</p></figure>'
            )
        if kind in ("said", "hard"):
            return (
                f'<figure class="nl-said"><footer>{escape(about)}</footer>'
                f'<blockquote class="nl-quote">{inner}</blockquote></figure>'
            )
        return (
            '<details class="govuk-details"><summary class="govuk-details__summary">'
            f'<span class="govuk-details__summary-text">{escape(about)}</span></summary>'
            f'<div class="govuk-details__text">{inner}</div></details>'
        )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")

    def add_classes(state: Any) -> None:
        for token in _flattened(state.tokens):
            if css_class := _CLASS_OF.get(token.type, {}).get(token.tag):
                token.attrSet("class", css_class)

    parser.core.ruler.push("add_classes", add_classes)
    return parser


def _flattened(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flattened(token.children or [])
