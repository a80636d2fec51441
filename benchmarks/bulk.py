"""Measure how fast many certificates are printed into one file, and how much memory the child process takes.

python -m benchmarks.bulk --certificates 200
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from app.jobs.child import run_in_child
from training.bulk import printing
from training.bulk.bundles import PRINT_CERTIFICATES
from training.certificate_pdf import Print

NAMES = ("Wren Okafor", "Łukasz Żółć", "Nguyễn Thị Ánh", "محمد عبد الرحمن", "李小龙", "김민준", "Juniper 🦊", "Ada")
FACTS = Print(
    organisation="Harbour Lane Community",
    printed_name="",
    title="Understanding conflict",
    shows="can notice an argument early, calm it with a first reply, and knows when to ask somebody else for help.",
    awarded_on=date(2027, 2, 18),
    valid_until=date(2029, 2, 18),
    minutes=43,
    version_number=3,
    code="7K4Q-92TD-7K4Q-92TD-7K4Q-92TD-7K",
    verify_url="",
    token="x" * 2_400,  # as long as a signed credential
)


def main() -> None:
    """Print so many certificates, each of another person, as a worker does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certificates", type=int, default=200)
    many = parser.parse_args().certificates
    codes = [f"{place:026d}" for place in range(many)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        facts = [
            replace(
                FACTS, printed_name=f"{NAMES[place % len(NAMES)]} {place}", verify_url=f"https://example.org/{code}"
            )
            for place, code in enumerate(codes)
        ]
        prepared = {
            "path": str(path),
            "made_at": datetime.now(UTC).isoformat(),
            "certificates": [
                {"id": place, "code": code, "print": printing.as_json(each)}
                for place, (code, each) in enumerate(zip(codes, facts, strict=True))
            ],
        }
        assert PRINT_CERTIFICATES.work is not None
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        made = run_in_child(PRINT_CERTIFICATES.work, prepared, lambda _progress: False)
        seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = made["size"] / 1_000_000
    print(f"{made['printed']} certificates, {size:.1f} MB: {seconds:.1f} s, {many / seconds:.1f} a second")
    print(f"{work:.1f} s of processor time, {many / work:.1f} for each second of it")
    print(f"The child took {after.ru_maxrss / 1024:.0f} MiB of memory at most.")


if __name__ == "__main__":
    main()
