"""Course packs: taken whole, or not at all with every fault named where it stands."""

# ruff: noqa: E501  # A table with one fault a line is read at a glance; broken over lines it is not.

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.courses import COURSE, LESSON, QUIZ, STORY, write_pack
from training.pack_reader import PackHasFaults, read_pack


def faults(folder: Path) -> list[str]:
    with pytest.raises(PackHasFaults) as refused:
        read_pack(folder)
    return [str(fault) for fault in refused.value.faults]


def test_a_good_pack_is_taken_whole(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path))
    assert [unit.slug for unit in pack.units] == ["why", "story", "quiz"]
    assert pack.minutes_of(is_refresher=False) == 15


@pytest.mark.parametrize(
    ("file", "good", "bad", "fault"),
    [
        ("course", "code: kindness", "code: Kind Ness", "course.yaml, line 1: “code” must be lower-case words joined by hyphens"),
        ("course", "title: Being kind\n", "", "course.yaml, line 1: “title” is missing."),
        ("course", "title: Being", "titel: Being", "course.yaml, line 2: “titel” is not a word we know here; did you mean “title”?"),
        ("course", "months: 12", "months: twelve", "course.yaml, line 6: “months” must be a whole number."),
        ("course", "months: 12", "months: 0", "course.yaml, line 6: “months” must be at least 1."),
        ("course", "title: Being kind", "title: yes", "course.yaml, line 2: “title” must be text; put it in quotation marks."),
        ("course", "title: Being kind", "title: አበበ", "course.yaml, line 2: certificates cannot print አ, በ: none of their fonts has it."),
        ("course", "- why.md", "- ../why.md", "course.yaml, line 9: “../why.md” must be the name of a file in the same folder."),
        ("course", "- why.md", "- what.md", "course.yaml, line 9: there is no file “what.md” in the folder."),
        ("course", "title: Being kind", "title: a\ntitle: b", "course.yaml, line 3: “title” is written twice"),
        ("course", "title: Being kind", "title: &a x\nextra: *a", "course.yaml, line 3: this is used again"),
        ("course", "title: Being kind", "title: [", "this is not valid YAML"),
        ("course", "title: Being kind", "title: !!python/name:os.system x", "the tag “tag:yaml.org,2002:python/name:os.system”"),
        ("course", "  - story.yaml\n  - quiz.yaml\n", "", "course.yaml, line 8: a course needs a quiz or a scenario"),
        ("why", "minutes: 5", "minutes: 5\nbody: x", "why.md, line 5: “body” does not belong in a lesson's head."),
        ("why", "content_note: There is one hard word.\n", "", "why.md, line 2: this lesson quotes hard words"),
        ("why", "Kindness helps.", "# Kindness", "why.md, line 8: headings in a lesson begin with ##"),
        ("why", "Kindness helps.", "\n\n![a](https://x.test/a.png)", "why.md, line 10: pictures are not taken"),
        ("why", "Kindness helps.", "[a](javascript:alert)", None),
        ("why", "Kindness helps.", "[a](http://x.test)", "why.md, line 8: the link “http://x.test” must begin with https://"),
        ("why", "```hard Moss, 01:12 | Moss is rude.", "```hard Moss", "why.md, line 10: after a bar ( | ) it must say"),
        ("why", "```hard Moss, 01:12 | Moss is rude.", "```shout Moss", "why.md, line 10: “shout” after the three marks is not known"),
        ("why", "---\nslug", "slug", "why.md, line 1: a lesson begins with a head between two lines of ---."),
        ("story", "to: sad", "to: nowhere", "story.yaml, line 28: this choice leads to “nowhere”, which is neither a step nor an ending."),
        ("story", "to: sad", "to: glad", "story.yaml, line 49: no choice leads to ending “sad”"),
        ("story", "to: second", "to: glad", "story.yaml, line 29: no choice leads to step “second”"),
        ("story", "to: glad", "to: second", "story.yaml, line 45: no choice leads to ending “glad”"),
        ("story", "completes: true", "completes: false", "story.yaml, line 44: no ending completes the unit"),
        ("story", "lands: well", "lands: think", "has no choice that lands well"),
        ("story", "key: second", "key: first", "story.yaml, line 29: “first” is used twice"),
        ("story", "content_note: One hard word.\n", "", "somebody says hard words here, so the scenario needs a content_note"),
        ("story", 'at: "01:12"', "at: 25:00", "story.yaml, line 12: “at” must be a time such as 01:12"),
        ("story", "lands: well", "lands: badly", "story.yaml, line 20: “lands” must be 'well' or 'think'."),
        ("quiz", "right: true\n", "right: false\n", "question “one” needs exactly one right answer, and has 0."),
        ("quiz", "feedback: Look again.", "feedback: ''", "quiz.yaml, line 18: “feedback” is empty."),
        ("quiz", "        feedback: Look again.\n", "", "quiz.yaml, line 17: “feedback” is missing."),
        ("quiz", "draw: 2", "draw: 4", "quiz.yaml, line 6: 4 questions are to be drawn, but there are only 3."),
        ("quiz", "pass_mark: 2", "pass_mark: 3", "quiz.yaml, line 7: the pass mark is 3 of 2: nobody could reach it."),
        ("quiz", "key: two", "key: one", "quiz.yaml, line 20: two questions are called “one”."),
        ("quiz", "goes_with: b", "goes_with: a", "offers the same thing on the right twice"),
        ("quiz", "about: why", "about: whence", "quiz.yaml, line 11: question “one” is about “whence”, but no lesson has that slug."),
        ("quiz", "kind: single", "kind: essay", "“kind” must be single, multiple, true-false, matching, ordering, short-text or number."),
        ("quiz", "kind: quiz", "kind: riddle", "quiz.yaml, line 1: “kind” must be one of quiz, scenario, reflection, agreement, practical, workshop."),
        ("quiz", 'text: "No, rude"', 'text: "Yes, kind"', "question “one” offers the same answer twice."),
    ],
)  # fmt: skip
def test_each_fault_is_named_where_it_stands(tmp_path: Path, file: str, good: str, bad: str, fault: str | None) -> None:
    text = {"course": COURSE, "why": LESSON, "story": STORY, "quiz": QUIZ}[file]
    assert good in text
    folder = write_pack(tmp_path, **{file: text.replace(good, bad, 1)})
    if fault is None:
        # The parser itself takes no such link: it stays words.
        assert read_pack(folder).title == "Being kind"
        return
    found = faults(folder)
    assert any(fault in one for one in found), found


def test_a_story_that_would_go_round_for_ever_is_refused(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, story=STORY.replace("to: glad", "to: second").replace("to: first", "to: second"))
    assert "story.yaml, line 29: from step “second” no ending can be reached: the story would go round for ever." in (
        faults(folder)
    )


def test_a_list_is_not_called_short_because_something_in_it_is_wrong(tmp_path: Path) -> None:
    found = faults(write_pack(tmp_path, story=STORY.replace("lands: well", "lands: badly", 1)))
    assert found == ["story.yaml, line 20: “lands” must be 'well' or 'think'."]


def test_all_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path,
        course=COURSE.replace("- why.md", "- what.md"),
        story=STORY.replace("to: sad", "to: nowhere"),
        quiz=QUIZ.replace("draw: 2", "draw: 4"),
    )
    assert {one.partition(",")[0] for one in faults(folder)} == {"course.yaml", "story.yaml", "quiz.yaml"}


def test_text_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "quiz.yaml").write_bytes(QUIZ.encode().replace(b"Two questions.", b"Two \xe9."))
    assert faults(folder) == ["quiz.yaml, line 5: this is not UTF-8 text. Save the file as UTF-8."]


def test_a_file_that_only_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "why.md").rename(tmp_path / "why.md")
    (folder / "why.md").symlink_to(tmp_path / "why.md")
    assert "must be the name of a file in the same folder" in faults(folder)[0]


def test_a_time_without_quotation_marks_is_still_a_time(tmp_path: Path) -> None:
    pack = read_pack(write_pack(tmp_path, story=STORY.replace('"01:12"', "21:15")))
    story = pack.unit("story")
    assert story is not None
    assert story.kind == "scenario"
    assert story.steps[0].said[0].at == "21:15"


def test_a_few_lines_cannot_unfold_to_gigabytes(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert "alias" in faults(write_pack(tmp_path, course="\n".join(lines)))[0]
