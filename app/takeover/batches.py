"""Batches: a file from its upload on, what was chosen and mended on its page, and its end.

`rows` of a batch are the sheets as they were read, `mapping` what its columns mean, `mended` what was typed on its
page. Each change raises `revision`; a form from an earlier one is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from app import audit, db
from app.domain import domains
from app.jobs.models import Task
from app.people.models import Person
from app.people.rights import CorePermission, permissions_of
from app.refusals import Conflict, NotAllowed, NotFound, PageOutOfDate
from app.takeover import mapping, table
from app.takeover.mapping import LEFT_OUT, UNDECIDED, Found, Meaning
from app.takeover.models import BatchState, TakeoverBatch
from app.takeover.parts import Column, Part
from app.takeover.table import Table, TableColumn
from app.takeover.workbook import Sheet, Workbook

MAY_BE_UNDONE_FOR = timedelta(days=1)
OPEN_FOR = timedelta(days=14)  # then a file that nobody took in is forgotten
SHOWN = 20  # batches on the list
LONGEST_CELL = 500  # characters of a cell that is mended on the page


@dataclass(frozen=True)
class FileAsRead:
    """A file as its page shows it: its columns and what they mean, and its rows by line, with what was mended."""

    sheets: tuple[str, ...]
    sheet: str  # the chosen one
    notes: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    meanings: Mapping[int, Meaning]  # of the columns, by place
    faults: tuple[str, ...]  # while there are any, no row can be read
    cells: dict[int, dict[str, str]]  # by line and key of the column
    left_out: dict[int, dict[str, str]]
    joined: dict[int, int]  # the line of the row that a line was joined to
    file_cells: dict[int, dict[str, str]]  # as the file has them
    for_all: Mapping[str, str]  # what was typed for every row, by key, of columns that the file has not

    @property
    def heading_of(self) -> dict[str, str]:
        """The heading of each column that is taken, by key."""
        return {self.meanings[column.place].key: column.title for column in self.columns}

    @property
    def count(self) -> int:
        """How many rows the file has."""
        return len(self.cells) + len(self.left_out)


@dataclass(frozen=True)
class Change:
    """What somebody chose and typed on the page of an open batch."""

    sheet: str | None = None
    keys: Mapping[int, str] = field(default_factory=dict)  # of columns, by place
    cells: Mapping[int, Mapping[str, str]] = field(default_factory=dict)  # by line and key
    shown: Collection[int] = ()  # the lines that the page showed
    left_out: Collection[int] = ()  # those of them to leave out
    joined: Mapping[int, int] = field(default_factory=dict)
    for_all: Mapping[str, str] = field(default_factory=dict)  # of columns that the file has not, by key


class NotOpen(PageOutOfDate):
    """The list was taken in or thrown away meanwhile."""

    def __init__(self, state: BatchState) -> None:
        how = "was taken in" if state == BatchState.TAKEN else "was put away"
        super().__init__(f"This list {how} already, so nothing was done again. Here it stands as it is now.")


class BeingTakenIn(PageOutOfDate):
    """A worker is taking the list in."""

    def __init__(self) -> None:
        super().__init__("This list is being taken in at this moment, so nothing was done again.")


class ChangedMeanwhile(Conflict):
    """The page showed the list as it was before another change."""

    def __init__(self) -> None:
        super().__init__(
            "This list, or something that it rests on, changed while your page was open. Nothing was taken in. Below "
            "it stands as it is now: please look again."
        )


def check_may(by: Person, today: date) -> None:
    """Refuse who may not take over a team any more; a worker asks some time after the page did."""
    if CorePermission.TAKE_OVER not in permissions_of(by.id, on=today):
        raise NotAllowed("Only administrators take over a team.")


def parts() -> tuple[Part, ...]:
    """All parts, in the order in which they write."""
    return tuple(part for domain in domains for part in domain.takeover_parts)


def columns(now: datetime) -> list[Column]:
    """Every column that can be taken over today."""
    return [column for part in parts() for column in part.columns(now)]


def open_batch(file_name: str, book: Workbook, *, by: int, now: datetime) -> TakeoverBatch:
    """Keep a file that was read, with the meaning of its columns guessed; its best sheet is chosen."""
    known = columns(now)
    sheet = table.best_sheet(book, mapping.knows(known))
    batch = TakeoverBatch(
        file_name=file_name,
        made_by_id=by,
        made_at=now,
        rows=book.as_json(),
        mapping=_guessed(sheet, known),
        mended={},
    )
    db.session.add(batch)
    db.session.flush()
    audit.record("takeover.opened", by=by, subject=f"takeover_batch:{batch.id}", now=now)
    return batch


def find(batch_id: int) -> TakeoverBatch:
    """The batch with this id; refuses an unknown one."""
    batch = db.session.get(TakeoverBatch, batch_id)
    if batch is None:
        raise NotFound("There is no such list.")
    return batch


def locked(batch_id: int) -> TakeoverBatch:
    """The batch, locked until the transaction ends, so that two who press at once are one after the other."""
    batch = db.session.get(TakeoverBatch, batch_id, with_for_update={"key_share": True}, populate_existing=True)
    if batch is None:
        raise NotFound("There is no such list.")
    return batch


def latest() -> Sequence[TakeoverBatch]:
    """The newest batches, newest first."""
    return db.session.scalars(select(TakeoverBatch).order_by(TakeoverBatch.id.desc()).limit(SHOWN)).all()


def read(batch: TakeoverBatch, now: datetime) -> FileAsRead:
    """The file of an open batch, with its mapping and with what was mended."""
    book, known = Workbook.from_json(batch.rows), columns(now)
    sheet = _chosen(book, batch.mapping["sheet"])
    found = table.find(sheet, mapping.knows(known))
    meanings = _meanings(batch, found)
    keys = {place: meaning.key for place, meaning in meanings.items() if meaning.key != LEFT_OUT}
    only = batch.mended.get("only")
    rows = [row for row in found.rows if only is None or row.line in only]
    known_keys = {column.key for column in known}
    for_all = {
        key: cell for key, cell in batch.mended.get("for_all", {}).items() if key in known_keys - set(keys.values())
    }
    file_cells = {row.line: {**for_all, **{key: table.cell(row, place) for place, key in keys.items()}} for row in rows}
    mended: dict[str, dict[str, str]] = batch.mended.get("cells", {})
    all_cells = {
        line: {**cells, **{key: cell for key, cell in mended.get(str(line), {}).items() if key in known_keys}}
        for line, cells in file_cells.items()
    }
    left_out = set(batch.mended.get("left_out", []))
    return FileAsRead(
        sheets=tuple(each.name for each in book.sheets),
        sheet=sheet.name,
        notes=(*book.notes, *sheet.notes, *found.notes),
        columns=found.columns,
        meanings=meanings,
        faults=_faults(sheet, found, meanings, known),
        cells={line: cells for line, cells in all_cells.items() if line not in left_out},
        left_out={line: cells for line, cells in all_cells.items() if line in left_out},
        joined={int(line): into for line, into in batch.mended.get("joined", {}).items()},
        file_cells=file_cells,
        for_all=for_all,
    )


def change(batch_id: int, changes: Change, *, revision: int, now: datetime) -> bool:
    """Keep what was chosen and typed; return whether anything changed. Refuses a form from an earlier page."""
    batch = open_at(batch_id, revision)
    before = (batch.mapping, batch.mended)
    file = read(batch, now)
    if changes.sheet in file.sheets and changes.sheet != file.sheet:
        # What was mended belongs to lines of the other sheet.
        batch.mapping = _guessed(_chosen(Workbook.from_json(batch.rows), changes.sheet), columns(now))
        batch.mended = {}
    else:
        known = {column.key for column in columns(now)} | {LEFT_OUT, UNDECIDED}
        chosen = {place: key for place, key in changes.keys.items() if key in known}
        batch.mapping = _as_json(file.sheet, mapping.changed(file.meanings, chosen))
        batch.mended = _mended(batch.mended, changes, file, known - {LEFT_OUT, UNDECIDED})
    if (batch.mapping, batch.mended) == before:
        return False
    batch.revision += 1
    batch.task_id = None  # what it said no longer holds
    return True


def open_at(batch_id: int, revision: int) -> TakeoverBatch:
    """The batch, locked; refuses one that is not open any more, or that has another revision by now."""
    batch = locked(batch_id)
    if batch.state != BatchState.OPEN:
        raise NotOpen(batch.state)
    if is_being_written(batch):
        raise BeingTakenIn
    if batch.revision != revision:
        raise ChangedMeanwhile
    return batch


def last_task(batch: TakeoverBatch) -> Task | None:
    """The task that writes this batch, or that tried to last."""
    return db.session.get(Task, batch.task_id) if batch.task_id is not None else None


def is_being_written(batch: TakeoverBatch) -> bool:
    """Whether a worker is taking the batch in or back, or is about to."""
    task = last_task(batch)
    return task is not None and not task.is_over


def discard(batch_id: int, *, by: int, now: datetime) -> None:
    """Put an open batch away, with all personal details in it."""
    batch = locked(batch_id)
    if batch.state != BatchState.OPEN or is_being_written(batch):
        raise Conflict("Only a list that is not taken in yet can be put away.")
    batch.state = BatchState.DISCARDED
    empty(batch)
    audit.record("takeover.discarded", by=by, subject=f"takeover_batch:{batch.id}", now=now)


def empty(batch: TakeoverBatch) -> None:
    """Delete the personal details of the file."""
    batch.rows, batch.mended, batch.mapping = {}, {}, {}
    batch.revision += 1


def told_to(ids: Collection[int], batch_id: int, now: datetime) -> dict[int, list[str]]:
    """What a batch wrote of these people, in words, by person id."""
    told: dict[int, list[str]] = {}
    for part in parts():
        for person_id, phrases in part.told(ids, batch_id, now).items():
            told.setdefault(person_id, []).extend(phrases)
    return told


def may_be_undone(batch: TakeoverBatch, now: datetime) -> bool:
    """Whether it is early enough to take the batch back."""
    taken_at = batch.taken_at
    return batch.state == BatchState.TAKEN and taken_at is not None and now < taken_at + MAY_BE_UNDONE_FOR


def undone_until(batch: TakeoverBatch) -> datetime | None:
    """Until when a batch can be taken back."""
    return batch.taken_at + MAY_BE_UNDONE_FOR if batch.taken_at is not None else None


def rest_of(batch: TakeoverBatch) -> int | None:
    """The id of the list of the rows that could not come in with a batch; its own page says what became of it."""
    rest: int | None = batch.mended.get("rest")
    return rest


def forget_details(now: datetime) -> None:
    """Delete the details of files that can no longer be undone, and of those that lay open for too long."""
    old = or_(
        (TakeoverBatch.state == BatchState.TAKEN) & (TakeoverBatch.taken_at <= now - MAY_BE_UNDONE_FOR),
        (TakeoverBatch.state == BatchState.OPEN) & (TakeoverBatch.made_at <= now - OPEN_FOR),
    )
    with db.writing():
        for batch in db.session.scalars(select(TakeoverBatch).where(old)):
            if batch.state == BatchState.OPEN:
                batch.state = BatchState.DISCARDED
                audit.record("takeover.discarded", by=None, subject=f"takeover_batch:{batch.id}", now=now)
            if batch.rows:
                empty(batch)


def _chosen(book: Workbook, name: str | None) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def _guessed(sheet: Sheet, known: Sequence[Column]) -> dict[str, Any]:
    found = table.find(sheet, mapping.knows(known))
    return _as_json(sheet.name, mapping.guess(found.columns, known))


def _as_json(sheet: str, meanings: Mapping[int, Meaning]) -> dict[str, Any]:
    columns = {str(place): [meaning.key, meaning.found.value] for place, meaning in meanings.items()}
    return {"sheet": sheet, "columns": columns}


def _meanings(batch: TakeoverBatch, found: Table) -> dict[int, Meaning]:
    """What was kept of each column; one of which nothing is known, as another version may find it, is left out."""
    kept = {int(place): Meaning(key, Found(how)) for place, (key, how) in batch.mapping["columns"].items()}
    return {column.place: kept.get(column.place, Meaning(LEFT_OUT, Found.NOT_YET)) for column in found.columns}


def _faults(sheet: Sheet, found: Table, meanings: Mapping[int, Meaning], known: Sequence[Column]) -> tuple[str, ...]:
    if sheet.fault:
        return (sheet.fault,)
    if not found.rows:
        return ("There is nobody in this sheet.",)
    return tuple(mapping.faults(found.columns, meanings, known))


def _mended(before: Mapping[str, Any], changes: Change, file: FileAsRead, known: Collection[str]) -> dict[str, Any]:
    """What is mended once the changes are added; a cell that is as the file has it is not kept.

    Lines that the file has not, and keys that are not known, are left out.
    """
    cells: dict[str, dict[str, str]] = {line: dict(mended) for line, mended in before.get("cells", {}).items()}
    for line, typed in changes.cells.items():
        original = file.file_cells.get(line)
        if original is None:
            continue
        for key, cell in typed.items():
            mine = cells.setdefault(str(line), {})
            if key not in known or cell.strip() == original.get(key, "").strip():
                mine.pop(key, None)
            else:
                mine[key] = cell[:LONGEST_CELL]
    left_out = (set(before.get("left_out", [])) - set(changes.shown)) | set(changes.left_out)
    joins = {line: into for line, into in changes.joined.items() if {line, into} <= file.file_cells.keys()}
    joined = {**before.get("joined", {}), **{str(line): into for line, into in joins.items()}}
    for_all = {**file.for_all, **changes.for_all}
    mended = {
        "cells": {line: kept for line, kept in cells.items() if kept},
        "left_out": sorted(left_out & file.file_cells.keys()),
        "joined": joined,
        "for_all": {key: cell for key, cell in for_all.items() if key in known and cell.strip()},
    }
    if "only" in before:
        mended["only"] = before["only"]
    return {name: value for name, value in mended.items() if value or name == "only"}
