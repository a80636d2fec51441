"""A pack as the parts of a draft, and back: nothing is lost, and every fault has its part and field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.training.courses import every_kind, write_pack
from training import catalogue
from training.authoring import checking, pack_text
from training.authoring.checking import DraftFault
from training.authoring.models import PartKind
from training.authoring.pack_text import Text, Written
from training.pack import Pack
from training.pack_reader import read_pack


def written(texts: list[Text]) -> tuple[Written, ...]:
    """Parts as if they were kept."""
    numbers = count(1)

    def of(text: Text, parent: int | None) -> Iterator[Written]:
        number = next(numbers)
        yield Written(number, parent, text.kind, text.text)
        for each in text.within:
            yield from of(each, number)

    return tuple(part for text in texts for part in of(text, None))


@pytest.fixture
def small(tmp_path: Path) -> Pack:
    return read_pack(write_pack(tmp_path / "kindness"))


@pytest.mark.parametrize("pack", catalogue.shipped_packs()[:2], ids=lambda pack: str(pack.code))
def test_a_course_as_parts_is_the_same_course(pack: Pack) -> None:
    read = checking.checked(written(pack_text.texts_of(pack, with_change=True)))
    assert read.pack is not None
    assert read.pack.content_hash() == pack.content_hash()


def test_odd_texts_come_back_as_they_were(small: Pack) -> None:
    odd = [
        "no",
        "21:15",
        "- a",
        "a: b # c",
        "“é”\nzwei\n\n  drei",
        "\u2028x\u2029\x85y",
        "'",
        '"',
        "🦊",
        "null",
        "x\t",
        "---\nx",
    ]
    units = [unit for unit in small.units if unit.kind != "quiz"]
    quiz = every_kind()
    for number, text in enumerate(odd):
        question = quiz.questions[0].model_copy(update={"ask": text, "key": f"odd-{number}", "about": "why"})
        pack = small.model_copy(
            update={"units": (*units, quiz.model_copy(update={"questions": (question,), "draw": 1, "pass_mark": 1}))}
        )
        read = checking.checked(written(pack_text.texts_of(pack, with_change=True)))
        assert read.pack is not None, (text, read.faults)
        found = read.pack.unit(quiz.slug)
        assert found is not None
        assert found.questions[0].ask == text.strip()  # type: ignore[union-attr]  # a quiz


def spoilt(pack: Pack, kind: PartKind, number: int, **values: Any) -> tuple[DraftFault, ...]:
    """What is to be mended when one part of a kind has other values."""
    parts = written(pack_text.texts_of(pack, with_change=True))
    part = [part for part in parts if part.kind == kind][number]
    text = pack_text.text_with(kind, {**pack_text.values_in(kind, part.text), **values})
    replaced = Written(part.id, part.parent_id, kind, text)
    faults = checking.checked(tuple(replaced if each is part else each for each in parts)).faults
    return tuple(fault for fault in faults if fault.part == replaced)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        (PartKind.COURSE, {"summary": ""}, "summary"),
        (PartKind.COURSE, {"valid_for": {"months": "many", "source": "x"}}, "valid_for-months"),
        (PartKind.COURSE, {"refresher": ["nowhere", "quiz"]}, "refresher-0"),
        (PartKind.LESSON, {"title": ""}, "title"),
        (PartKind.LESSON, {"body": "# Too high\n"}, "body"),
        (PartKind.LESSON, {"content_note": None}, "content_note"),
        (PartKind.QUIZ, {"draw": 50}, "draw"),
        (PartKind.QUESTION, {"about": "nowhere"}, "about"),
        (PartKind.QUESTION, {"options": [{"text": "a", "feedback": "b"}] * 2}, "options"),
        (PartKind.STEP, {"ask": ""}, "ask"),
        (PartKind.ENDING, {"completes": "yes"}, "completes"),
    ],
)
def test_a_fault_names_its_part_and_field(small: Pack, kind: PartKind, values: dict[str, Any], field: str) -> None:
    assert field in [fault.field for fault in spoilt(small, kind, 0, **values)]


def test_a_fault_deep_in_a_part_names_its_field(small: Pack) -> None:
    parts = written(pack_text.texts_of(small, with_change=True))
    choices = pack_text.values_in(PartKind.STEP, next(each.text for each in parts if each.kind == PartKind.STEP))[
        "choices"
    ]
    faults = spoilt(small, PartKind.STEP, 0, choices=[choices[0], {**choices[1], "to": "nowhere", "feedback": ""}])
    assert [fault.field for fault in faults] == ["choices-1-feedback"]
    faults = spoilt(small, PartKind.STEP, 0, choices=[choices[0], {**choices[1], "to": "nowhere"}])
    assert "choices-1-to" in [fault.field for fault in faults]
