"""The child process that prints many certificates: one ZIP of PDFs, with an index as CSV. It has no database."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app import csv_writer
from app.files import store
from app.files.kinds import FileKind
from app.printing import fonts
from app.printing.fonts import JOINERS
from app.process_limits import limit
from training import certificate_pdf
from training.certificate_pdf import Print

# For 2,000 certificates: WeasyPrint with every font takes some 150 MB, a certificate a tenth of a second at most.
MEMORY = 1024 * 1024 * 1024  # bytes of address space
PROCESSOR_SECONDS = 15 * 60
LARGEST_FILE = 500_000_000  # bytes

INDEX = "index.csv"
HEADINGS = ("File", "Name", "Course", "Version", "Passed on", "Lasts until", "Code", "To check", "Note")
LONGEST_NAME = 100  # bytes of a person's name in a file name; file systems take 255 of the whole
# What Windows forbids in names of files, besides control characters; other systems forbid less.
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
TOO_LARGE = "These certificates need more memory than there is. Choose fewer, and make several files."

Report = Callable[[dict[str, Any]], None]


def run(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Print in the child process that a worker started, under limits; returns what `print_all` does."""
    limit(memory=MEMORY, processor_seconds=PROCESSOR_SECONDS, largest_file=LARGEST_FILE)
    try:
        return print_all(prepared, report, should_stop)
    except MemoryError:
        return {"refused": TOO_LARGE}


def print_all(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Write the ZIP to `path`, and return its hash and size with what it holds.

    Leaves out names that cannot be printed, and everything that was not reached when it is told to stop; the index
    says so of each. Nothing is written where nothing could be printed.
    """
    certificates: Sequence[Mapping[str, Any]] = prepared["certificates"]
    path, made_at = Path(prepared["path"]), datetime.fromisoformat(prepared["made_at"])
    rows, left_out, taken, printed = [], [], {INDEX}, 0
    with path.open("xb") as file, zipfile.ZipFile(file, "w") as packed:
        for place, each in enumerate(certificates):
            report({"words": "Printing certificates", "done": place, "of": len(certificates)})
            facts = from_json(each["print"])
            missing = fonts.characters_missing(facts.printed_name)
            if missing:
                left_out.append([each["id"], " ".join(missing)])
                rows.append(_row(facts, "", f"Cannot be printed yet: {' '.join(missing)}"))
            elif should_stop():
                rows.append(_row(facts, "", "Not printed: it was stopped before"))
            else:
                name = file_name(facts, each["code"], taken)
                packed.writestr(_entry(name, made_at), certificate_pdf.render(facts))
                rows.append(_row(facts, name, ""))
                printed += 1
        packed.writestr(_entry(INDEX, made_at), csv_writer.written([HEADINGS, *rows]))
    output = {"printed": printed, "left_out": left_out, "not_reached": len(certificates) - printed - len(left_out)}
    if not printed:
        path.unlink()
        return output
    made = store.measured(path, FileKind.ZIP)
    return output | {"path": str(path), "sha256": made.sha256, "size": made.size}


def file_name(facts: Print, code: str, taken: set[str]) -> str:
    """A name for a certificate in the ZIP that every file system takes, and none of those `taken`, which it joins.

    File systems may not tell capitals apart, nor two ways to write one accent.
    """
    person = safe_for_files(facts.printed_name)
    name = f"{person} {code[:8]}.pdf"
    if name.casefold() in taken:
        name = f"{person} {code}.pdf"
    taken.add(name.casefold())
    return name


def safe_for_files(name: str) -> str:
    """A name without what file systems forbid or hide and programs misread; “certificate” where nothing is left."""
    composed = FORBIDDEN.sub("-", unicodedata.normalize("NFC", name))
    seen = "".join(each for each in composed if unicodedata.category(each)[0] != "C" or each in JOINERS)
    short = seen.encode()[:LONGEST_NAME].decode(errors="ignore")
    return short.strip(" .-=+@") or "certificate"


def as_json(facts: Print) -> dict[str, Any]:
    """What is printed, as plain data for the child process."""
    days = {"awarded_on": facts.awarded_on.isoformat(), "valid_until": facts.valid_until.isoformat()}
    return asdict(facts) | days


def from_json(data: Mapping[str, Any]) -> Print:
    """What `as_json` returned."""
    days = {key: date.fromisoformat(data[key]) for key in ("awarded_on", "valid_until")}
    return Print(**{**data, **days})


def _row(facts: Print, name: str, note: str) -> list[str]:
    return [
        name,
        facts.printed_name,
        facts.title,
        str(facts.version_number),
        facts.awarded_on.isoformat(),
        facts.valid_until.isoformat(),
        facts.code,
        facts.verify_url,
        note,
    ]


def _entry(name: str, made_at: datetime) -> zipfile.ZipInfo:
    """An entry of the archive, stored as it is: a PDF is packed in itself."""
    return zipfile.ZipInfo(name, date_time=made_at.timetuple()[:6])
