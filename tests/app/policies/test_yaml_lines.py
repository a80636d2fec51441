"""YAML with the line of each value: what is read, and what is refused with its line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policies.yaml_lines import YamlFault, read

DOCUMENT = """\
hours:
  most: 8
  from: 21:15
channels:
  - board
  - 2027-02-28
"""


def test_plain_data_is_read_and_times_and_dates_stay_text() -> None:
    assert read(DOCUMENT).value == {
        "hours": {"most": 8, "from": "21:15"},
        "channels": ["board", "2027-02-28"],
    }


def test_each_value_has_its_line_and_an_absent_one_that_of_what_surrounds_it() -> None:
    placed = read(DOCUMENT, first_line=10)
    assert placed.line_of(("hours", "from")) == 12
    assert placed.line_of(("channels", 1)) == 15
    assert placed.line_of(("hours", "least")) == 10
    assert placed.line_of(("nothing",)) == 10


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "written twice"),
        ("a: &x [1]\nb: *x\n", 2, "alias"),
        ("a: &a [1]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", 2, "alias"),
        ("a: 1\nb: " + "[" * 900, 2, "deeper than 20"),
        ("a: 1\nb:\n" + "".join(f"{' ' * n}- \n" for n in range(1, 900)), 22, "deeper than 20"),
        ('a: 1\nb: "\\uD800"\n', 2, "half of a pair"),
        ('a: 1\n"\\0": 1\n', 2, "half of a pair"),
        ("a: .inf\n", 1, "larger than any figure"),
        ("a: .nan\n", 1, "larger than any figure"),
        ("a: " + "9" * 400, 1, "larger than any figure"),
        ("a: " + "9" * 5000, 1, "cannot be read"),
        ("a: 1" + ":59" * 900 + ".5", 1, "cannot be read"),
        ("a: 2027-13-40", 1, "cannot be read"),
        ("a: !!python/name:os.system\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        ("a: [1\n", 2, "bracket is opened"),
        ("a: 1\n? [b]\n: 2\n", 2, "plain word"),
    ],
)
def test_anything_else_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(YamlFault, match=words) as refused:
        read(text)
    assert refused.value.line == line


def test_an_empty_text_is_no_value() -> None:
    assert read("# nothing yet\n").value is None


@settings(max_examples=150)
@given(st.text(alphabet="[]{}:,-*&!|>%@`'\"?#\n\t 019.eE_axN~\\", max_size=60))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    with contextlib.suppress(YamlFault):
        read(text)
