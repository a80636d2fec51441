"""Collecting what a file holds: each question taken, or named with its line and the reason."""

from __future__ import annotations

from collections.abc import Callable

from training.question_files.converting import converted
from training.question_files.found import MOST_QUESTIONS, CannotTake, MoodleQuestion, NotTaken, ReadFile, Taken


class Collected:
    """The questions found so far, in the order of the file; at most `MOST_QUESTIONS`."""

    def __init__(self) -> None:
        self._taken: list[Taken] = []
        self._not_taken: list[NotTaken] = []

    def add(self, line: int, find: Callable[[], MoodleQuestion | None], *, name: str) -> None:
        """Take the question that `find` returns, if any, or keep the reason for which it cannot be taken."""
        if self.is_full:
            return
        if len(self._taken) + len(self._not_taken) == MOST_QUESTIONS:
            reason = (
                f"The file has more than {MOST_QUESTIONS:,} questions. It and all after it are left: split the file."
            )
            self._not_taken.append(NotTaken(line, name, reason))
            return
        try:
            one = find()
            if one is not None:
                question, notes = converted(one, f"question-{len(self._taken) + 1}")
                self._taken.append(Taken(line, one.name or name, question, notes))
        except CannotTake as reason:
            self._not_taken.append(NotTaken(line, name, str(reason)))

    @property
    def is_full(self) -> bool:
        """Whether nothing more is looked at."""
        return len(self._taken) + len(self._not_taken) > MOST_QUESTIONS

    @property
    def read(self) -> ReadFile:
        """All of it."""
        return ReadFile(tuple(self._taken), tuple(self._not_taken))
