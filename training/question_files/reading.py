"""Reading a question file that somebody gives, in a child process with limits (`child`)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Annotated

from pydantic import Field, TypeAdapter

from app.process_limits import KILLED_FOR_SIZE, bare_environment
from app.refusals import Invalid
from app.settings import ROOT
from training.pack import Question
from training.question_files.found import LARGEST_FILE, NotTaken, ReadFile, Taken

SECONDS = 20
EMPTY = "There is nothing in this file. Please choose it again."
TOO_LARGE = f"This file is larger than {LARGEST_FILE // 1_000_000} MB. Export fewer questions at once."
TOO_MUCH = "Reading this file takes more time or memory than we give it. Export fewer questions at once."
NOT_UTF_8 = "This is neither Moodle XML nor GIFT as text in UTF-8. Export it from Moodle again."
_QUESTION: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])


def read_file(raw: bytes) -> ReadFile:
    """What is in a file in GIFT or Moodle XML; its content says which. Refuses what cannot be read, with a sentence.

    It takes up to 20 seconds, so it is called outside every transaction.
    """
    if not raw.strip():
        raise Invalid(EMPTY, field="file")
    if len(raw) > LARGEST_FILE:
        raise Invalid(TOO_LARGE, field="file")
    kind = "xml" if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") else "gift"
    if kind == "gift":
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid(NOT_UTF_8, field="file") from None
        if "\x00" in text:
            raise Invalid(NOT_UTF_8, field="file")
    try:
        child = subprocess.run(
            [sys.executable, "-m", "training.question_files.child", kind],
            input=raw,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            env=bare_environment(),
            check=False,
        )
        said, status = child.stdout, child.returncode
    except subprocess.TimeoutExpired:
        said, status = b"", -signal.SIGKILL
    if status or not said:
        raise Invalid(TOO_MUCH if status in KILLED_FOR_SIZE else NOT_UTF_8, field="file")
    answer = json.loads(said)
    if refused := answer.get("refused"):
        raise Invalid(refused, field="file")
    return ReadFile(
        taken=tuple(
            Taken(
                each["line"], each["name"], _QUESTION.validate_json(json.dumps(each["question"])), tuple(each["notes"])
            )
            for each in answer["taken"]
        ),
        not_taken=tuple(NotTaken(*each) for each in answer["not_taken"]),
    )
