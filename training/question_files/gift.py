"""Reading Moodle's GIFT: questions as plain text (docs.moodle.org/en/GIFT_format), as Moodle reads them.

A blank line ends a question, also within its braces. Of several braces the first pair holds the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from training.question_files.collecting import Collected
from training.question_files.found import (
    LONGEST_QUESTION,
    CannotTake,
    Kind,
    MoodleAnswer,
    MoodleQuestion,
    ReadFile,
)
from training.question_files.plain_words import from_html, from_markdown, one_line, plain

# Characters of the private use area stand for escaped ones while a question is taken apart.
ESCAPED = {character: chr(0xE000 + number) for number, character in enumerate(":#={}~n")}
MEANT = {stand_in: "\n" if character == "n" else character for character, stand_in in ESCAPED.items()}
BACKSLASH = "\ue010"
STAND_INS = re.compile("[\ue000-\ue010]")
ESCAPE = re.compile(r"\\([\\:#={}~n])")
WEIGHT = re.compile(r"%(-*[0-9]{1,2}\.?[0-9]*)%")
FORMAT = re.compile(r"\[(html|markdown|moodle|plain)\]")
TRUE, FALSE = {"T", "TRUE"}, {"F", "FALSE"}
CATEGORY = "$CATEGORY:"
BRACES = "Its braces do not match: the answers stand between { and }, and no blank line may be within."


@dataclass(frozen=True)
class _Text:
    """How the texts of one question are written."""

    form: str

    def read(self, text: str) -> str:
        """The words of a text, which may name a form of its own."""
        form, text = self.form, text.strip()
        if found := FORMAT.match(text):
            form, text = found[1], text[found.end() :]
        text = _unescaped(text).strip()
        match form:
            case "plain":
                return plain(text)
            case "markdown":
                return from_markdown(text)
            case "moodle":  # Moodle keeps the lines of such a text, and lets it hold HTML
                return from_html(text.replace("\n", "<br>"))
            case _:
                return from_html(text)


def read_gift(text: str) -> ReadFile:
    """The questions of a file in GIFT, and what was not taken, each with its line. Pure."""
    collected = Collected()
    for line, block in _blocks(text):
        collected.add(line, lambda line=line, block=block: _question(block, line), name=_name_in(block))  # type: ignore[misc]  # mypy cannot infer such a default
        if collected.is_full:
            break
    return collected.read


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The texts between blank lines, with the line in which each begins; comments are blanked out."""
    begins, lines = 0, list[str]()
    for number, line in enumerate([*text.removeprefix("\ufeff").splitlines(), ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            if lines:
                lines.append(" ")
            continue
        if stripped:
            begins = begins or number
            lines.append(line)
            continue
        if lines:
            yield begins, "\n".join(lines).strip()
        begins, lines = 0, []


def _escaped(text: str) -> str:
    return ESCAPE.sub(lambda found: BACKSLASH if found[1] == "\\" else ESCAPED[found[1]], STAND_INS.sub("", text))


def _unescaped(text: str) -> str:
    return STAND_INS.sub(lambda found: MEANT.get(found[0], "\\"), text)


def _name_in(block: str) -> str:
    """What the question calls itself, or how it begins."""
    text = _escaped(block)
    if text.startswith("::") and "::" in text[2:]:
        text = text[2:].partition("::")[0]
    return one_line(_unescaped(text.partition("{")[0] or text))[:80]


def _question(block: str, line: int) -> MoodleQuestion | None:
    """The question of a block; None where it is none."""
    if len(block) > LONGEST_QUESTION:
        raise CannotTake(f"It is longer than {LONGEST_QUESTION:,} characters.")
    text = _escaped(block)
    if text.startswith(CATEGORY):
        if "\n" in text:
            raise CannotTake("It follows a $CATEGORY line without a blank line between, so Moodle reads no question.")
        return None
    is_named = text.startswith("::") and "::" in text[2:]
    if is_named:
        text = text[2:].partition("::")[2].strip()
    begins, ends = text.find("{"), text.find("}")
    if begins < 0 and ends < 0:
        raise CannotTake("It has no answers, so Moodle shows it as a description. Lessons hold those here.")
    if begins < 0 or ends < begins:
        raise CannotTake(BRACES)
    inside, after = text[begins + 1 : ends].strip(), text[ends + 1 :]
    ask = f"{text[:begins]}{'_____' if after.strip() else ''}{after}"
    found = FORMAT.match(ask.strip())
    words = _Text(found[1] if found else "moodle")
    inside, _, general = _before_last(inside, "####")
    asked = words.read(ask)
    name = _name_in(block) if is_named else one_line(asked)[:80]
    return _typed(inside.strip(), words, line, name, asked, words.read(general))


def _before_last(text: str, mark: str) -> tuple[str, str, str]:
    before, found, after = text.rpartition(mark)
    return (before, found, after) if found else (text, "", "")


def _typed(inside: str, words: _Text, line: int, name: str, ask: str, general: str) -> MoodleQuestion:
    """The question by what its braces hold, in the order in which Moodle decides."""
    single = True
    answers: Iterable[MoodleAnswer]
    if not inside:
        raise CannotTake("It is an essay, which a person marks. Reflections hold those here.")
    if inside.startswith("#"):
        kind, answers = Kind.NUMBER, _figures(inside[1:], words)
    elif "~" in inside:
        kind, answers, single = Kind.CHOICE, _options(inside, words), "=" in inside
    elif "=" in inside and "->" in inside:
        kind, answers = Kind.MATCHING, _pairs(inside, words)
    elif inside.partition("#")[0].strip() in TRUE | FALSE:
        kind, answers = Kind.TRUE_FALSE, _true_false(inside, words)
    else:
        kind, answers = Kind.SHORT, _short(inside, words)
    return MoodleQuestion(kind, line, name, ask, tuple(answers), single=single, general_feedback=general)


def _weighed(answer: str, otherwise: float) -> tuple[float, str]:
    """The weight of an answer, as a share of the mark, and the rest of it."""
    found = WEIGHT.match(answer)
    if found is None:
        return otherwise, answer
    try:
        return float(found[1]) / 100, answer[found.end() :]
    except ValueError:
        return otherwise, answer


def _with_feedback(answer: str, words: _Text) -> tuple[str, str]:
    said, _, feedback = answer.partition("#")
    return words.read(said), words.read(feedback)


def _options(inside: str, words: _Text) -> Iterator[MoodleAnswer]:
    answers = inside.replace("=", "~=").split("~")
    for answer in answers if answers[0].strip() else answers[1:]:
        text = answer.strip()
        fraction, text = (1.0, text[1:]) if text.startswith("=") else _weighed(text, 0.0)
        said, feedback = _with_feedback(text, words)
        yield MoodleAnswer(said, fraction, feedback)


def _short(inside: str, words: _Text) -> Iterator[MoodleAnswer]:
    answers = inside.split("=")
    for answer in answers if answers[0].strip() else answers[1:]:
        fraction, text = _weighed(answer.strip(), 1.0)
        said, feedback = _with_feedback(text, words)
        yield MoodleAnswer(said, fraction, feedback)


def _pairs(inside: str, words: _Text) -> Iterator[MoodleAnswer]:
    answers = inside.split("=")
    for answer in answers if answers[0].strip() else answers[1:]:
        left, arrow, right = answer.partition("->")
        if not arrow:
            raise CannotTake(f"“{one_line(_unescaped(answer))[:60]}” has no -> between what belongs together.")
        yield MoodleAnswer(words.read(left), goes_with=plain(_unescaped(right)))


def _true_false(inside: str, words: _Text) -> tuple[MoodleAnswer, MoodleAnswer]:
    """The answers “true” and “false”; the feedback on the wrong one stands first."""
    said, _, rest = inside.partition("#")
    on_wrong, _, on_right = rest.partition("#")
    is_true = said.strip() in TRUE
    wrong, right = words.read(on_wrong), words.read(on_right)
    return (
        MoodleAnswer("true", float(is_true), right if is_true else wrong),
        MoodleAnswer("false", float(not is_true), wrong if is_true else right),
    )


def _figures(inside: str, words: _Text) -> Iterator[MoodleAnswer]:
    figures, tilde, on_wrong = inside.partition("~")
    answers = figures.split("=")
    for answer in answers if answers[0].strip() else answers[1:]:
        fraction, text = _weighed(answer.strip(), 1.0)
        said, _, feedback = text.partition("#")
        figure, tolerance = _span(_unescaped(said).strip())
        yield MoodleAnswer(figure, fraction, words.read(feedback), tolerance=tolerance)
    if tilde:
        yield MoodleAnswer("*", 0.0, words.read(on_wrong.partition("#")[2]))


def _span(said: str) -> tuple[str, str]:
    """A figure and its tolerance: 3, 3:0.5 or 1..5."""
    low, dots, high = said.partition("..")
    if dots and low.strip():
        try:
            least, most = Decimal(low.strip()), Decimal(high.strip())
            middle = (least + most) / 2
            return str(middle), str(most - middle)
        except InvalidOperation:
            return said, "0"
    figure, _, tolerance = said.partition(":")
    return figure.strip(), tolerance.strip() or "0"
