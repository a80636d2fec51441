"""Child processes bound what they may take before they look at what somebody gave."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from app.files import kinds
from app.process_limits import bare_environment
from app.settings import ROOT
from app.takeover import bounds

LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
AFTERWARDS = f"""
import json, resource, sys
from {{module}} import main
main()
print()
print(json.dumps([resource.getrlimit(each) for each in {LIMITS}]))
bytearray({{memory}})
"""


@pytest.mark.parametrize(
    ("module", "memory", "seconds"),
    [
        ("app.takeover.workbook_child", bounds.CHILD_MEMORY, bounds.CHILD_PROCESSOR_SECONDS),
        ("app.files.inspection_child", kinds.CHILD_MEMORY, kinds.CHILD_PROCESSOR_SECONDS),
    ],
)
def test_a_child_limits_itself_for_good(module: str, memory: int, seconds: int) -> None:
    program = AFTERWARDS.format(module=module, memory=memory)
    command = [sys.executable, "-c", program, "pdf"]
    child = subprocess.run(command, input=b"PK", capture_output=True, cwd=ROOT, check=False)
    assert json.loads(child.stdout.splitlines()[-1]) == [[each, each] for each in (memory, seconds, 0, 0)]
    assert b"MemoryError" in child.stderr


def test_a_child_that_reads_a_file_from_outside_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTLIGHT_SECRET", "not for children")
    assert set(bare_environment()) == {"PATH", "LC_ALL"}
