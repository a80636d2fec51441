"""What an installation needs before its first night, as each domain brings it: one step for each thing to set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ScalarSelect

from app.people.rights import Permission


class StepState(StrEnum):
    """Where a step stands. Whether an open one is next is for the page to say."""

    DONE = "done"
    OPEN = "open"
    WAITING = "waiting"  # somebody or something is at it
    TROUBLE = "trouble"


Facts = Mapping[str, Any]
"""What the steps ask the database, by the name that each gave to its question; all of it is read in one query."""
Questions = Callable[[datetime], Mapping[str, ScalarSelect[Any]]]


def no_questions(_now: datetime) -> Mapping[str, ScalarSelect[Any]]:
    """What a step asks that knows without the database."""
    return {}


@dataclass(frozen=True)
class Standing:
    """Where a step stands now, with a sentence about it, which ends with the moment `at` where there is one."""

    state: StepState
    words: str
    at: datetime | None = None


@dataclass(frozen=True)
class FirstStep:
    """One thing to set up. `asks` names what `standing` needs of the database, and `standing` is a pure function of it.

    `path` is the page that does it, for people with `permission`; `role` names whom else to ask.
    """

    key: str  # unique among all steps, kept with marks: never rename one
    title: str
    about: str  # a sentence: what is done there, and why
    minutes: int  # of a person's time, about
    order: int
    button: str
    path: str
    permission: Permission
    standing: Callable[[Facts, datetime], Standing]
    asks: Questions = no_questions
    role: str = "administrator"


def done(words: str, at: datetime | None = None) -> Standing:
    """It is as it should be."""
    return Standing(StepState.DONE, words, at)


def to_do(words: str, at: datetime | None = None) -> Standing:
    """Nobody has done it yet."""
    return Standing(StepState.OPEN, words, at)


def waiting(words: str, at: datetime | None = None) -> Standing:
    """Something is under way."""
    return Standing(StepState.WAITING, words, at)


def trouble(words: str, at: datetime | None = None) -> Standing:
    """It was tried, or was right, and is not now."""
    return Standing(StepState.TROUBLE, words, at)
