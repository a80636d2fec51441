"""The child process that reads one question file: its bytes come on standard input, a line of JSON goes out.

It limits itself before it looks at the file. What breaks the limits ends the process, and its parent says so.
"""

from __future__ import annotations

import json
import sys

from app.process_limits import limit
from app.refusals import Refusal
from training.question_files.found import ReadFile
from training.question_files.gift import read_gift
from training.question_files.moodle_xml import read_moodle_xml

MEMORY = 768 * 1024 * 1024  # bytes of address space
PROCESSOR_SECONDS = 10


def main() -> None:
    """Read the file on standard input and say what is in it, or why it cannot be read."""
    limit(memory=MEMORY, processor_seconds=PROCESSOR_SECONDS)
    raw = sys.stdin.buffer.read()
    try:
        found = read_moodle_xml(raw) if sys.argv[1] == "xml" else read_gift(raw.decode("utf-8-sig"))
        answer = said(found)
    except Refusal as refused:
        answer = {"refused": " ".join(refused.sentences)}
    sys.stdout.write(json.dumps(answer))


def said(found: ReadFile) -> dict[str, object]:
    """What was found, as JSON can say it."""
    return {
        "taken": [
            {
                "line": each.line,
                "name": each.name,
                "notes": each.notes,
                "question": each.question.model_dump(mode="json"),
            }
            for each in found.taken
        ],
        "not_taken": [[each.line, each.name, each.reason] for each in found.not_taken],
    }


if __name__ == "__main__":
    main()
