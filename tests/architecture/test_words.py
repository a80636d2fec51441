"""The words: what the glossary retires is used nowhere, and what it lists is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

import pytest

from tests.architecture.source import ROOT, name_of

GLOSSARY = ROOT / "docs/glossary.md"
# Migrations are history: they say what tables were called.
SEARCHED = ("app", "progression", "training", "rota", "templates", "tests", "benchmarks", "docs")
SUFFIXES = (".py", ".md", ".html", ".txt", ".scss", ".js", ".yaml", ".toml")
SINGLE_FILES = ("wsgi.py", "run", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml")
# The text of courses is teaching, not code or documentation; built files are made from what is searched.
LEFT_OUT = ("training/courses/", "app/static/built/", "docs/glossary.md", "tests/architecture/test_words.py")

# Between the words of a name such as DraftBoard.
IN_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Other words that hold a retired one.
OTHER_WORDS = re.compile(r"letter-spacing|one-letter|ast\.walk", re.IGNORECASE)

CHARACTERS = "the characters of an alphabet"
# Where a retired word is right after all, and why.
RIGHT_HERE: dict[tuple[str, str], str] = {
    ("app/static/src/sass/_fonts.scss", "letters"): CHARACTERS,
    ("app/typed_text.py", "letter"): CHARACTERS,
    ("tests/app/test_typed_text.py", "letter"): CHARACTERS,
    ("app/static/src/sass/_markers.scss", "letter"): CHARACTERS,
    ("app/static/src/sass/_markers.scss", "letters"): CHARACTERS,
    ("app/static/src/sass/_motion-contrast-print.scss", "letters"): CHARACTERS,
    ("templates/kit/kit.html", "letter"): CHARACTERS,
    ("templates/layout/kit.html", "letter"): CHARACTERS,
    ("templates/layout/kit.html", "letters"): CHARACTERS,
    ("templates/training/verify.html", "letter"): CHARACTERS,
    ("tests/training/test_certificate_pdf.py", "letters"): CHARACTERS,
    ("training/certificate_codes.py", "letters"): CHARACTERS,
    ("app/printing/fonts.py", "letter"): CHARACTERS,
    ("app/printing/fonts.py", "letters"): CHARACTERS,
    ("training/forms.py", "letters"): CHARACTERS,
    ("progression/documents/texts/code-of-conduct.1.md", "whoever"): "a text that people have agreed to",
    ("progression/documents/texts/code-of-conduct.1.md", "whomever"): "a text that people have agreed to",
    ("rota/store/models.py", "stretch"): "the name that the table has in databases",
}


def retired_words() -> list[tuple[str, str | None]]:
    """Each retired word of the glossary, and the folder to which its search is limited, or None."""
    rows = GLOSSARY.read_text(encoding="utf-8").split("| retired | write instead |")[1]
    words = re.findall(r"^\| ([^|\[]+?)(?: \[(\w+)\])? \|", rows.split("\n", 2)[2], re.MULTILINE)
    return [(word, folder or None) for word, folder in words]


@cache
def all_searched() -> dict[str, str]:
    """The text of every file that people read, by its name, with the words of names in capitals apart."""
    paths = [path for name in SEARCHED for path in sorted((ROOT / name).rglob("*")) if path.suffix in SUFFIXES]
    paths += [ROOT / name for name in SINGLE_FILES]
    return {
        name_of(path): IN_CAPITALS.sub(" ", OTHER_WORDS.sub("", path.read_text(encoding="utf-8")))
        for path in paths
        if not name_of(path).startswith(LEFT_OUT)
    }


def searched(folder: str | None) -> Iterator[tuple[str, str]]:
    """The name and the text of every file that people read, or of those below one folder of code and of its tests."""
    for name, text in all_searched().items():
        if folder is None or name.startswith((f"{folder}/", f"tests/{folder}/")):
            yield name, text


def retired(word: str) -> re.Pattern[str]:
    """What finds a retired word in prose and in names, where an underscore separates words as a space does."""
    return re.compile(r"(?<![^\W_])" + word.replace("_", " ").replace(" ", r"[\s_]+") + r"(?![^\W_])", re.IGNORECASE)


def test_the_glossary_lists_retired_words() -> None:
    words = retired_words()
    assert ("nought", None) in words
    assert ("picture", "rota") in words


@pytest.mark.parametrize(("word", "folder"), retired_words(), ids=lambda value: str(value).replace(" ", "-"))
def test_a_retired_word_is_used_nowhere(word: str, folder: str | None) -> None:
    pattern = retired(word)
    found = {
        (name, text.count("\n", 0, match.start()) + 1)
        for name, text in searched(folder)
        for match in pattern.finditer(text)
    }
    assert [place for place in sorted(found) if (place[0], word) not in RIGHT_HERE] == []
    used_in = {name for name, _ in found}
    assert [name for name, right in RIGHT_HERE if right == word and name not in used_in] == [], "an exception to drop"


def test_every_name_that_the_glossary_gives_exists() -> None:
    """`package.module` or `package.module.Name`, as the tables write it."""
    missing = []
    for dotted in re.findall(r"`((?:app|progression|training|rota)\.[\w.]+)`", GLOSSARY.read_text(encoding="utf-8")):
        try:
            import_module(dotted)
        except ModuleNotFoundError:
            module, _, name = dotted.rpartition(".")
            if not hasattr(import_module(module), name):
                missing.append(dotted)
    assert missing == []
