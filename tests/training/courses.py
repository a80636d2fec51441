"""Courses for tests: the one that ships, and a small one that can be spoilt on purpose."""

from __future__ import annotations

import json
import random
from datetime import datetime
from functools import cache
from pathlib import Path

from app import db
from app.people.models import Person
from app.policies import yaml_lines
from tests.times import NOW
from training import catalogue, demonstration, learning
from training.pack import Lesson, Pack, Quiz
from training.pack_reader import read_pack

COURSE = """\
code: kindness
title: Being kind
summary: How to be kind.
shows: can be kind.
valid_for:
  months: 12
  source: Ours.
units:
  - why.md
  - story.yaml
  - quiz.yaml
"""
LESSON = """\
---
slug: why
title: Why kindness
minutes: 5
content_note: There is one hard word.
---

Kindness helps.

```hard Moss, 01:12 | Moss is rude.
You **absolute** turnip.
```
"""
STORY = """\
kind: scenario
slug: story
title: A story
minutes: 5
content_note: One hard word.
lead: Try it.
steps:
  - key: first
    title: First
    said:
      - who: Moss
        at: "01:12"
        text: Turnip.
        gentler: Moss is rude.
    ask: What now?
    hint: Be kind.
    choices:
      - key: kind
        text: Be kind
        lands: well
        feedback: Good.
        to: second
      - key: rude
        text: Be rude
        lands: think
        feedback: Hm.
        look_for: Kindness.
        to: sad
  - key: second
    title: Second
    ask: And now?
    hint: Stay kind.
    choices:
      - key: stay
        text: Stay kind
        lands: well
        feedback: Good again.
        to: glad
      - key: back
        text: Begin again
        lands: think
        feedback: Why not.
        to: first
endings:
  - key: glad
    title: Glad
    story: All is well.
    completes: true
  - key: sad
    title: Sad
    story: Not so well.
    completes: false
"""
QUIZ = """\
kind: quiz
slug: quiz
title: Questions
minutes: 5
lead: Two questions.
draw: 2
pass_mark: 2
questions:
  - kind: single
    key: one
    about: why
    ask: Kind?
    options:
      - text: "Yes, kind"
        right: true
        feedback: Yes.
      - text: "No, rude"
        feedback: Look again.
  - kind: true-false
    key: two
    about: why
    says: Kindness helps.
    is_true: true
    if_true: It does.
    if_false: It does, in truth.
  - kind: matching
    key: three
    about: why
    ask: Match.
    pairs:
      - this: A
        goes_with: a
        feedback: A and a.
      - this: B
        goes_with: b
        feedback: B and b.
"""
TYPED = """\
  - kind: ordering
    key: four
    about: why
    ask: In which order?
    steps:
      - Breathe
      - Read it again
      - Reply
    feedback: A reply that waited is kinder.
  - kind: short-text
    key: five
    about: why
    ask: Whom do you tell?
    accept:
      - the safeguarding lead
      - safeguarding lead
    allow_a_slip: true
    if_right: Yes, and within the hour.
    mistakes:
      - says: [the police, police]
        feedback: Not by yourself.
    otherwise: Look at the lesson again.
  - kind: number
    key: six
    about: why
    ask: Within how many hours?
    answer: 1.5
    tolerance: 0.5
    unit: hours
    if_right: Yes.
    if_too_low: There is a little more time.
    if_too_high: That is too late.
"""
EVERY_KIND = (
    QUIZ
    + """\
  - kind: multiple
    key: seven
    about: why
    ask: What helps?
    options:
      - text: Time
        right: true
        feedback: It does.
      - text: Listening
        right: true
        feedback: It does too.
      - text: Shouting
        feedback: It does not.
"""
    + TYPED
)
FILES = {"course.yaml": COURSE, "why.md": LESSON, "story.yaml": STORY, "quiz.yaml": QUIZ}


def write_pack(folder: Path, **spoilt: str) -> Path:
    """A small good pack in this folder; `course`, `why`, `story` and `quiz` replace a file."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(spoilt.get(name.partition(".")[0], text), encoding="utf-8")
    return folder


def every_kind() -> Quiz:
    """A quiz with a question of every kind."""
    return Quiz.model_validate_json(json.dumps(yaml_lines.read(EVERY_KIND).value))


@cache
def shipped() -> Pack:
    """The course that ships with Nightlight, read once: packs never change."""
    return read_pack(demonstration.SHIPPED)


def install_shipped(now: datetime = NOW) -> Pack:
    """Install the shipped course, committed."""
    pack = shipped()
    with db.writing():
        catalogue.install(pack, by=None, now=now)
    return pack


def install_small(folder: Path, *, now: datetime = NOW, **spoilt: str) -> Pack:
    """Install the small pack, committed; `spoilt` replaces a file, as in `write_pack`."""
    pack = read_pack(write_pack(folder, **spoilt))
    with db.writing():
        catalogue.install(pack, by=None, now=now)
    return pack


def pass_course(person: Person, *, now: datetime = NOW, code: str = "conflict") -> None:
    """Let somebody pass a course through the use cases, committed. It ends about an hour after `now`."""
    with db.writing():
        demonstration.take_course(person, code, now=now, chance=random.Random(1))


def do_exercises(person: Person, slug: str, *, now: datetime = NOW, code: str = "conflict") -> None:
    """Let somebody do every exercise of a lesson, within a transaction of the caller."""
    progress = learning.progress_in(person, code, now=NOW)
    lesson = progress.pack.unit(slug)
    assert isinstance(lesson, Lesson)
    demonstration.do_exercises(progress, lesson, person, now=now)


EXERCISES = """\
exercises:
  - kind: spot
    key: find-it
    ask: Which lines could a stranger use?
    hint: Look for a place.
    lines:
      - {who: bluecup, at: "21:04", text: I cannot sleep., feedback: This names nobody.}
      - {who: bluecup, at: "21:04", text: We all go to Larkmead School., right: true, feedback: A school is a place.}
      - {who: tin_robin, at: "21:06", text: You turnip., gentler: tin_robin is rude., feedback: Rude and no more.}
  - kind: sort
    key: sort-it
    ask: What would you do?
    boxes: [Leave it, Nudge, Tell the lead]
    items:
      - {text: A joke, goes_in: Leave it, feedback: A joke hurts nobody here.}
      - {text: A jibe, goes_in: Nudge, feedback: A word is enough.}
      - {text: A threat, goes_in: Tell the lead, feedback: This is for the lead.}
  - kind: order
    key: order-it
    ask: In which order?
    steps: [Listen, Thank them, Tell the lead]
    feedback: They come first.
  - kind: rewrite
    key: write-it
    ask: Write what you would say.
    text: Stop it.
    look_for: [It thanks them, It asks one thing]
    example: Thank you for saying so. Are you safe?
    because: It thanks, then it asks.
"""
LESSON_TO_DO = (
    LESSON.replace("content_note: There is one hard word.\n", f"content_note: There is one hard word.\n{EXERCISES}")
    + "".join(f"\n```do {key}\n```\n" for key in ("find-it", "sort-it", "order-it", "write-it"))
    + "\n```here safeguarding-lead, on-call\n```\n\n```drawing whom-to-tell\n```\n"
)
TO_KEEP = """\
## Whom to tell

1. Listen.
2. Tell the lead.

```here safeguarding-lead
```
"""
