"""Checking the audit trail: that no line was changed, moved, removed or computed again, and that rows agree with it.

What each check rests on is in `docs/decisions/0022-keyed-audit-trail.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import structlog
from sqlalchemy import Table, select

from app import db, settings
from app.audit import FIRST_HASH, HEAD_REPLACED, AuditHead, AuditLine
from app.trail import heads, keys, seals
from app.trail.heads import Head

KEYED = "audit.keyed"
"""The action of the line that closes the part of the trail that was written without a key. Its details hold the numbers
of the first and the last line of that part."""
RESTORED = "system.restored"
"""The action of the line that a restore adds to the restored trail."""
MOST_ROWS_NAMED = 20  # of one table and one kind of finding; more are counted


log = structlog.get_logger()


class Tampering(StrEnum):
    """What somebody did to the trail, or to a row that it vouches for."""

    EDITED = "edited line"
    DELETED = "deleted line"
    REPLACED = "replaced line"
    CUT_TAIL = "cut tail"
    EMPTIED = "emptied table"
    RECOMPUTED = "recomputed chain"
    HEAD = "changed head"
    KEY_MISSING = "key missing"
    ROW_CHANGED = "changed row"
    ROW_REMOVED = "removed or replaced row"
    ROW_ADDED = "added row"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written, in words for the person who checks."""

    what: Tampering
    words: str

    def __str__(self) -> str:
        return f"{self.what}: {self.words}"


@dataclass(frozen=True)
class _SealedRow:
    seal: str | None
    line_id: int


class _Check:
    """One pass over the trail, in order, that remembers what the next line must agree with."""

    def __init__(self, key_folder: Path) -> None:
        self.key_folder = key_folder
        self.written_outside = list(heads.read(key_folder))
        self.heads_by_number: dict[int, Head] = {head.number: head for head in self.written_outside}
        self.sealed: dict[seals.RowName, _SealedRow] = {}
        self.last_id, self.last_hash = 0, FIRST_HASH
        self.bad: list[AuditLine] = []  # the wrong lines that follow each other, not yet reported
        self.without_key: list[int] = []  # the lines of before there was a key, until a line closes them
        self.a_key_is_known = False
        self.unknown_keys: dict[str, list[int]] = {}

    def line(self, line: AuditLine) -> Iterator[Finding]:
        """Check one line against the one before it, its hash, and the head that was written of it."""
        is_as_written = line.is_as_written(keys.of_hash(self.key_folder, line.hash))
        if line.id > self.last_id + 1:
            yield from self.report_bad(is_linked=True)
            missing = (
                f"line {self.last_id + 1} is"
                if line.id == self.last_id + 2
                else (f"lines {self.last_id + 1} to {line.id - 1} are")
            )
            yield Finding(Tampering.DELETED, f"{missing} missing.")
        elif line.previous_hash != self.last_hash:
            if is_as_written and not self.bad:
                self.without_key = []
                yield Finding(
                    Tampering.RECOMPUTED,
                    f"line {line.id} does not follow line {self.last_id}, which was computed again.",
                )
            yield from self.report_bad(is_linked=False)
        if is_as_written:
            yield from self.good_line(line)
        else:
            self.wrong_line(line)
        head = self.heads_by_number.get(line.id)
        if head is not None and head.hash != line.hash:
            yield Finding(
                Tampering.RECOMPUTED,
                f"line {line.id} is not the line whose hash was written outside the database at {_at(head.at)}.",
            )
        self.last_id, self.last_hash = line.id, line.hash

    def good_line(self, line: AuditLine) -> Iterator[Finding]:
        """Take note of a line that is as it was written, and of the seals that it holds."""
        yield from self.report_bad(is_linked=True)
        if not line.is_keyed:
            self.without_key.append(line.id)
            return
        self.a_key_is_known = True
        yield from self.close_without_key(line)
        if line.action == RESTORED:
            self.forget_heads_of_what_was_lost(line)
        if line.action == HEAD_REPLACED:
            yield Finding(Tampering.HEAD, f"before line {line.id} the row that holds the head was changed or removed.")
        self.sealed.update((name, _SealedRow(seal, line.id)) for name, seal in line.seals.items())

    def forget_heads_of_what_was_lost(self, line: AuditLine) -> None:
        """A backup was restored: heads written before tell of lines that came after it and are rightly gone."""
        self.heads_by_number = {
            number: head for number, head in self.heads_by_number.items() if number < line.id or head.at >= line.at
        }

    def wrong_line(self, line: AuditLine) -> None:
        """Keep a wrong line until the next one tells what was done to it.

        A key that is missing explains lines at the beginning only: what follows a line made with a key that we have was
        not made with an older one.
        """
        key_id = line.hash.partition(":")[0]
        if line.is_keyed and not self.a_key_is_known and keys.find(self.key_folder, key_id) is None:
            self.unknown_keys.setdefault(key_id, []).append(line.id)
        else:
            self.bad.append(line)

    def close_without_key(self, line: AuditLine | None) -> Iterator[Finding]:
        """Report lines without a key, unless this line says that they were written before there was one."""
        if not self.without_key:
            return
        first, last = self.without_key[0], self.without_key[-1]
        closes = line is not None and line.action == KEYED and line.details == {"first": first, "last": last}
        if not closes:
            yield Finding(Tampering.RECOMPUTED, f"{_lines(first, last)} computed without the key.")
        self.without_key = []

    def report_bad(self, *, is_linked: bool) -> Iterator[Finding]:
        """Report the wrong lines that were collected; `is_linked` says whether the next line follows the last of them.

        One wrong line whose hash the next line names was edited; one whose hash it does not name was replaced. Several
        in a row that follow each other were computed again.
        """
        bad, self.bad = self.bad, []
        if len(bad) > 1:
            words = f"{_lines(bad[0].id, bad[-1].id)} computed again without the key."
            yield Finding(Tampering.RECOMPUTED, words)
        elif bad and is_linked:
            yield Finding(Tampering.EDITED, f"line {bad[0].id} was changed after it was written.")
        elif bad:
            yield Finding(Tampering.REPLACED, f"line {bad[0].id} was replaced by another.")

    def end(self, head: AuditHead | None) -> Iterator[Finding]:
        """Check where the trail ends against its head and the heads that were written outside."""
        trusted = head is not None and head.is_as_written(keys.of_hash(self.key_folder, head.mac))
        last_is_as_written = not self.bad
        yield from self.report_bad(is_linked=not trusted or head is None or head.hash == self.last_hash)
        yield from self.close_without_key(None)
        for key_id, ids in self.unknown_keys.items():
            yield Finding(
                Tampering.KEY_MISSING,
                f"{_lines(ids[0], ids[-1])} written with the key {key_id}, which is not in the key folder: put it back "
                "from your backup. If it never was there, these lines were computed again.",
            )
        if not trusted and (head is not None or self.last_id):
            yield Finding(Tampering.HEAD, "the row that holds the head of the trail was changed or removed.")
        elif head is not None and head.number == self.last_id and head.hash != self.last_hash and last_is_as_written:
            yield Finding(Tampering.RECOMPUTED, f"line {self.last_id} is not the one that the head was written for.")
        should_end = max([head.number if head is not None and trusted else 0, *self.heads_by_number])
        if should_end and not self.last_id:
            yield Finding(Tampering.EMPTIED, f"there were {should_end} lines, and there are none.")
        elif should_end > self.last_id:
            yield Finding(
                Tampering.CUT_TAIL, f"the trail went to line {should_end}, and ends with line {self.last_id}."
            )

    def rows(self, table: Table) -> Iterator[Finding]:
        """Check every row of a sealed table against the newest seal of it."""
        changed, gone, unsealed, there = [], [], [], set()
        for row_id, values in seals.read(table):
            name = f"{table.name}:{row_id}"
            there.add(name)
            last = self.sealed.get(name)
            if last is None or last.seal is None:
                unsealed.append(f"{name} is in no line: it was added around Nightlight, or its line was removed.")
            elif not self._is_sealed_as(last.seal, name, values):
                changed.append(f"{name} is not as line {last.line_id} recorded it: it was changed or replaced.")
        for name, last in self.sealed.items():
            if last.seal is not None and name.partition(":")[0] == table.name and name not in there:
                gone.append(f"{name}, which line {last.line_id} recorded, is gone: removed, or replaced by another.")
        yield from _some(Tampering.ROW_CHANGED, changed)
        yield from _some(Tampering.ROW_REMOVED, gone)
        yield from _some(Tampering.ROW_ADDED, unsealed)

    def _is_sealed_as(self, written: str, name: seals.RowName, values: dict[str, object]) -> bool:
        key = keys.of_hash(self.key_folder, written)
        return key is not None and seals.seal(key, name, values) == written


def check() -> Iterator[Finding]:
    """Check the whole trail and every row that it vouches for, in one snapshot of the database.

    Call it outside `db.writing()`.
    """
    db.session.rollback()
    if db.session().get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    the_check = _Check(settings.current().keys)
    lines = select(AuditLine).order_by(AuditLine.id).execution_options(yield_per=seals.BATCH)
    for line in db.session.scalars(lines):
        yield from the_check.line(line)
    yield from the_check.end(db.session.get(AuditHead, 1, populate_existing=True))
    if the_check.last_id:
        for table in seals.sealed_tables():
            yield from the_check.rows(table)
    elif rows := sum(1 for table in seals.sealed_tables() for _ in seals.read(table)):
        yield Finding(Tampering.EMPTIED, f"{rows} rows that grant or prove something are in no line.")
    db.session.rollback()


def write_head(*, now: datetime) -> Head | None:
    """Write where the trail ends now outside the database; None where it has no line yet."""
    head = db.session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return None
    written = Head(head.number, head.hash, now)
    heads.write(settings.current().keys, written)
    return written


def check_and_write_head(now: datetime) -> None:
    """The nightly job: check everything, then write the head outside; log each finding as an error instead."""
    findings = list(check())
    for finding in findings:
        log.error("the audit trail is broken", what=finding.what, words=finding.words)
    if not findings:
        write_head(now=now)


def _lines(first: int, last: int) -> str:
    return f"line {first} was" if first == last else f"lines {first} to {last} were"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _some(what: Tampering, sentences: list[str]) -> Iterator[Finding]:
    for words in sentences[:MOST_ROWS_NAMED]:
        yield Finding(what, words)
    if more := sentences[MOST_ROWS_NAMED:]:
        yield Finding(what, f"the same is true of {len(more)} more rows of this table.")
