"""Reading Moodle XML (docs.moodle.org/en/Moodle_XML_format), as Moodle reads it.

The file is read with defusedxml: one that declares entities, or names anything outside itself, is refused.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml import sax as defused_sax

from app.refusals import Invalid
from training.question_files.collecting import Collected
from training.question_files.found import (
    LONGEST_QUESTION,
    CannotTake,
    Kind,
    MoodleAnswer,
    MoodleQuestion,
    ReadFile,
)
from training.question_files.plain_words import HAS_A_FILE, from_html, from_markdown, one_line, plain

DAMAGED = "This is not a whole XML file: it cannot be read in line {line}. Export it from Moodle again."
OTHER_XML = "This is XML, but not of questions: Moodle’s own begins with <quiz>."
HOSTILE = "This file declares entities or names other files, which no question file needs. It is not read."
DEEPEST, MOST_ELEMENTS = 40, 200_000
NOT_HERE = {
    "essay": "It is an essay, which a person marks. Reflections hold those here.",
    "description": "It is a description without answers. Lessons hold those here.",
    "multianswer": "It has several answers within its text (cloze), which a question here cannot have.",
    "cloze": "It has several answers within its text (cloze), which a question here cannot have.",
    "calculated": "Its figures are drawn by chance for everybody, which a question here cannot be.",
    "calculatedsimple": "Its figures are drawn by chance for everybody, which a question here cannot be.",
    "calculatedmulti": "Its figures are drawn by chance for everybody, which a question here cannot be.",
    "ddwtos": "It is answered by dragging words into a text, which a question here cannot be.",
    "ddimageortext": "It is answered by dragging onto a picture, which a question here cannot be.",
    "ddmarker": "It is answered by dragging onto a picture, which a question here cannot be.",
    "gapselect": "It is answered by choosing words within a text, which a question here cannot be.",
    "randomsamatch": "It is made of other questions by chance, which a question here cannot be.",
    "random": "It stands for another question chosen by chance; the draw of a quiz does that here.",
}


@dataclass
class Node:
    """One element: its name, attributes and words, what lies in it, and the line in which it begins."""

    name: str
    attributes: Mapping[str, str]
    line: int
    words: list[str] = field(default_factory=list)
    within: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own words."""
        return "".join(self.words).strip()

    def all(self, name: str) -> list[Node]:
        """What lies directly in it under a name."""
        return [each for each in self.within if each.name == name]

    def first(self, name: str) -> Node | None:
        """The first of them."""
        return next(iter(self.all(name)), None)

    def said(self, name: str) -> str:
        """The words of the first of them, or none."""
        found = self.first(name)
        return found.text if found else ""


class _Tree(ContentHandler):
    """Builds nodes, each with its line, within bounds."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  the interface of SAX
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS:
            raise Invalid("This file has more parts within parts than we take.", field="file")
        node = Node(name, dict(attrs.items()), self._locator.getLineNumber() or 1)  # type: ignore[attr-defined]  # the stubs do not say it
        if self._open:
            self._open[-1].within.append(node)
        else:
            self.root = node
        self._open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802  as above
        self._open.pop()

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].words.append(content)


def read_moodle_xml(raw: bytes) -> ReadFile:
    """The questions of a file in Moodle XML, and what was not taken, each with its line. Pure.

    Refuses what is no whole XML, what is no question file, and what declares entities or names other files.
    """
    collected = Collected()
    for node in _tree(raw).all("question"):
        kind = node.attributes.get("type", "").strip()
        if kind != "category":
            collected.add(node.line, lambda node=node, kind=kind: _question(node, kind), name=_name_of(node))  # type: ignore[misc]  # mypy cannot infer such a default
    return collected.read


def _tree(raw: bytes) -> Node:
    handler = _Tree()
    try:
        defused_sax.parse(io.BytesIO(raw), handler, forbid_dtd=True)
    except DefusedXmlException:
        raise Invalid(HOSTILE, field="file") from None
    except (SAXException, ValueError, LookupError) as error:
        line = getattr(error, "getLineNumber", lambda: 1)()
        raise Invalid(DAMAGED.format(line=line or 1), field="file") from None
    if handler.root is None or handler.root.name != "quiz":
        raise Invalid(OTHER_XML, field="file")
    return handler.root


def _name_of(node: Node) -> str:
    name, asked = node.first("name"), node.first("questiontext")
    return one_line(((name and name.said("text")) or (asked and asked.said("text")) or "without a name")[:80])


def _question(node: Node, kind: str) -> MoodleQuestion:
    if _has_file(node) or node.said("image") or node.said("image_base64"):
        raise CannotTake(HAS_A_FILE)
    if reason := NOT_HERE.get(kind):
        raise CannotTake(reason)
    if kind not in READERS:
        raise CannotTake(f"A question of the kind “{one_line(kind)[:40]}” cannot be taken here.")
    if _size(node) > LONGEST_QUESTION:
        raise CannotTake(f"It is longer than {LONGEST_QUESTION:,} characters.")
    form = _form(node.first("questiontext"), "html")
    ours, read = READERS[kind]
    answers = tuple(read(node, form))
    return MoodleQuestion(
        ours,
        node.line,
        _name_of(node),
        _words(node.first("questiontext"), form),
        answers,
        single=node.said("single").lower() not in ("false", "0") if node.first("single") else True,
        minds_capitals=node.said("usecase") in ("1", "true"),
        general_feedback=_words(node.first("generalfeedback"), form) or _words(node.first("correctfeedback"), form),
        units=tuple(each.said("unit_name") for units in node.all("units") for each in units.all("unit")),
    )


def _has_file(node: Node) -> bool:
    return any(each.name == "file" or _has_file(each) for each in node.within)


def _size(node: Node) -> int:
    return len(node.text) + sum(map(_size, node.within))


def _form(node: Node | None, otherwise: str) -> str:
    return (node.attributes.get("format", "").strip() if node else "") or otherwise


def _words(node: Node | None, form: str) -> str:
    """The words of an element with a <text>; without a form of its own it is written as the question is."""
    if node is None:
        return ""
    text = node.said("text")
    match _form(node, form):
        case "plain_text":
            return plain(text)
        case "markdown":
            return from_markdown(text)
        case "moodle_auto_format":
            return from_html(text.replace("\n", "<br>"))
        case _:
            return from_html(text)


def _fraction(node: Node) -> float:
    said = node.attributes.get("fraction", "0")
    try:
        return float(said) / 100
    except ValueError:
        raise CannotTake(f"The mark for an answer is not a figure: “{one_line(said)[:40]}”.") from None


def _options(node: Node, form: str) -> list[MoodleAnswer]:
    return [
        MoodleAnswer(_words(each, form), _fraction(each), _words(each.first("feedback"), form))
        for each in node.all("answer")
    ]


def _typed(node: Node, form: str) -> list[MoodleAnswer]:
    """Answers that are typed: their words are plain, whatever the form."""
    return [
        MoodleAnswer(
            plain(each.said("text")) or each.text,
            _fraction(each),
            _words(each.first("feedback"), form),
            tolerance=each.said("tolerance") or "0",
        )
        for each in node.all("answer")
    ]


def _true_false(node: Node, form: str) -> list[MoodleAnswer]:
    """“True” first. Old files have the words of another language: then the first is true."""
    found = node.all("answer")
    if len(found) != 2:
        raise CannotTake("It needs the two answers “true” and “false”.")
    if found[0].said("text") == "false":
        found = found[::-1]
    return [MoodleAnswer(each.said("text"), _fraction(each), _words(each.first("feedback"), form)) for each in found]


def _pairs(node: Node, form: str) -> list[MoodleAnswer]:
    return [
        MoodleAnswer(_words(each, form), goes_with=plain((each.first("answer") or each).said("text")))
        for each in node.all("subquestion")
    ]


READERS: Mapping[str, tuple[Kind, Callable[[Node, str], list[MoodleAnswer]]]] = {
    "multichoice": (Kind.CHOICE, _options),
    "truefalse": (Kind.TRUE_FALSE, _true_false),
    "shortanswer": (Kind.SHORT, _typed),
    "numerical": (Kind.NUMBER, _typed),
    "matching": (Kind.MATCHING, _pairs),
    "match": (Kind.MATCHING, _pairs),
    "ordering": (Kind.ORDERING, _options),
}
