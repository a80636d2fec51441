"""Background checks as an organisation's records keep them: one row's date, level, workforce, outcome and number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from app import clock
from app.day_bounds import RECORDS, DayBounds
from app.takeover.dates import Unknown
from app.takeover.parts import Column
from app.takeover.row import Row
from app.typed_text import quoted
from app.wording import day_in_words, plural
from progression.checks import Level, Outcome, Workforce
from progression.fact_kinds import FactKind
from progression.pathway import Pathway
from progression.takeover_words import NO, ON_ITS_WAY, OUTCOME_OF, YES, level_in, plain, workforce_in

SUBJECT = "Background check"
ISSUED = Column(
    "check_issued_on",
    "Background check, issued on",
    SUBJECT,
    (
        *("dbs", "dbsdate", "dbsissued", "dbsissuedate", "dbsissuedon", "dbsdone", "dbscheck", "dbscheckdate"),
        *("dbscertificatedate", "crb", "crbdate", "pvg", "pvgdate", "backgroundcheck", "checkdate", "disclosuredate"),
        *("dateofdbs", "dbsseenon", "dbscompleted"),
    ),
    example="3/6/2025",
)
LEVEL = Column(
    "check_level",
    "Background check, level",
    SUBJECT,
    ("dbslevel", "dbstype", "checklevel", "checktype", "typeofdbs", "levelofdbs", "disclosurelevel"),
    example="enhanced with barred lists",
    hint="Basic, standard, enhanced, or enhanced with barred lists.",
)
WORKFORCE = Column(
    "check_workforce",
    "Background check, workforce",
    SUBJECT,
    ("dbsworkforce", "workforce", "checkworkforce", "dbsfor"),
    example="child",
    hint="Child, adult, or child and adult.",
)
OUTCOME = Column(
    "check_outcome",
    "Background check, outcome",
    SUBJECT,
    ("dbsoutcome", "outcome", "dbsresult", "checkresult", "dbsstatus", "checkoutcome", "dbsclear"),
    example="clear",
)
DUE = Column(
    "check_due_on",
    "Background check, next due",
    SUBJECT,
    (
        *(
            "dbsexpiry",
            "dbsexpires",
            "dbsexpirydate",
            "dbsrenewal",
            "dbsrenewaldate",
            "dbsdue",
            "dbsduedate",
            "nextdbs",
        ),
        *("dbsvaliduntil", "dbsuntil", "renewdbs", "dbsrenew", "checkdue", "checkexpires", "recheckdue"),
    ),
    example="3/6/2028",
)
NUMBER = Column(
    "check_number",
    "Background check, number",
    SUBJECT,
    (
        *("dbsnumber", "dbsno", "dbscertificate", "dbscertificatenumber", "dbscertno", "certificatenumber", "dbsref"),
        *("disclosurenumber", "dbsreference", "crbnumber", "lastfour", "dbslastfour"),
    ),
    example="4821",
    hint="Only the last four characters are kept.",
)
COLUMNS = (ISSUED, LEVEL, WORKFORCE, OUTCOME, DUE, NUMBER)

DUE_AT_ANY_TIME = DayBounds(years_back=RECORDS.years_back, years_ahead=20)
END_OF_NUMBER = re.compile(r"[0-9A-Z]{4}$")
IN_POWERS_OF_TEN = re.compile(r"\d[.,]\d+E\+?\d+")


def read(row: Row, policy: Pathway) -> dict[str, Any] | None:
    """The check of a row as plain data: key, `on`, `until` and details; None where there is none, or none to take yet.

    Without a day on which it is due again, the pathway's months decide; a later day than they allow is brought forward.
    A check that is out of date is taken, and a note says that it no longer counts.
    """
    if is_on_its_way(row):
        return None
    issued_on = _issued_on(row)
    if issued_on is None:
        _say_what_is_missing(row)
        return None
    level, workforce, outcome = _level(row), _workforce(row), _outcome(row)
    until = _until(row, issued_on, policy)
    if level is None or outcome is None:
        return None
    facts: dict[str, Any] = {"level": level, "outcome": outcome, "issued_on": issued_on.isoformat()}
    if workforce is not None:
        facts["workforce"] = workforce
    if last_four := _last_four(row):
        facts["last_four"] = last_four
    _refuse_missing_details(row, level, facts, policy)
    return {"key": level.key, "on": issued_on.isoformat(), "until": until.isoformat(), "facts": facts}


def is_on_its_way(row: Row) -> bool:
    """Whether the row says that the check has not come back yet; a note then says that nothing is taken."""
    for column in (ISSUED, OUTCOME):
        if plain(row.text(column.key)) in ON_ITS_WAY:
            row.note(column.key, f"{quoted(row.text(column.key))}: no check is taken over until it has come back.")
            return True
    return False


def _issued_on(row: Row) -> date | None:
    word = plain(row.text(ISSUED.key))
    if word in NO:
        return None
    if word in YES:
        row.fault(
            ISSUED.key,
            f"{quoted(row.text(ISSUED.key))} does not say from when, and a check counts from its date. Type the date "
            "on the certificate, or leave the column out.",
        )
        return None
    return row.past_day(ISSUED.key, RECORDS, Unknown.FIRST)


def _say_what_is_missing(row: Row) -> None:
    """A row with something of a check, and no date of it, is not passed over in silence."""
    if any(fault.column == ISSUED.key for fault in row.faults):
        return
    stated = [column for column in (LEVEL, DUE, NUMBER) if row.text(column.key)]
    if stated and plain(row.text(stated[0].key)) not in NO:
        row.fault(
            ISSUED.key,
            f"There is “{stated[0].title}” here, but not the date of the check. Type the date, or empty that cell.",
        )


def _level(row: Row) -> Level | None:
    typed = row.text(LEVEL.key)
    level = level_in(typed)
    if level is None:
        said = (
            f"{quoted(typed)} is not a level of check. " if typed else "The records do not say how far the check went. "
        )
        how = "" if row.has(LEVEL.key) else " Or add a column “DBS level” to the file."
        row.fault(LEVEL.key, f"{said}Type basic, standard, enhanced, or enhanced with barred lists.{how}")
    elif level.words.lower() != typed.lower():
        row.note(LEVEL.key, f"{quoted(typed)} is read as: {level.words.lower()}.")
    return level


def _workforce(row: Row) -> Workforce | None:
    typed = row.text(WORKFORCE.key)
    workforce = workforce_in(typed or row.text(LEVEL.key))
    if typed and workforce is None:
        row.fault(WORKFORCE.key, f"{quoted(typed)} is not a workforce. Type child, adult, or child and adult.")
    return workforce


def _outcome(row: Row) -> Outcome | None:
    typed = row.text(OUTCOME.key)
    if outcome := OUTCOME_OF.get(plain(typed)):
        if outcome is not Outcome.CLEAR:
            row.note(OUTCOME.key, f"{quoted(typed)} is read as: {outcome.words.lower()}.")
        return outcome
    if row.has(OUTCOME.key):
        said = f"{quoted(typed)} is not an outcome here." if typed else "No outcome is given, and others have one."
        row.fault(OUTCOME.key, f"{said} Type clear, risk assessed, or not suitable.")
        return None
    row.note(ISSUED.key, "Read as clear, because the file has no column for the outcome.")
    return Outcome.CLEAR


def _until(row: Row, issued_on: date, policy: Pathway) -> date:
    latest = clock.months_after(issued_on, policy.check_again_after_months)
    due_on = row.day(DUE.key, DUE_AT_ANY_TIME, Unknown.FIRST)
    until = due_on or latest
    if due_on and due_on < issued_on:
        row.fault(DUE.key, "It would be due again before it was issued. Look at the two dates.")
    elif until > latest:
        until = latest
        row.note(
            DUE.key,
            f"It counts until {day_in_words(until)} only: checks are made again after "
            f"{plural(policy.check_again_after_months, 'month')}.",
        )
    if until < row.at.today:
        row.note(ISSUED.key, f"It was out of date after {day_in_words(until)}: a new check is needed.")
    elif due_on is None:
        row.note(ISSUED.key, f"It counts until {day_in_words(until)}.")
    return until


def _last_four(row: Row) -> str | None:
    """The end of the certificate's number; None, with a note, where a spreadsheet lost it."""
    typed = row.text(NUMBER.key).upper()
    number = re.sub(r"[\s\-]", "", typed)
    if not number or plain(number) in NO:
        return None
    found = END_OF_NUMBER.search(number)
    if found is None or IN_POWERS_OF_TEN.fullmatch(number):
        row.note(NUMBER.key, f"{quoted(typed)} has no four last characters that can be kept, so none are.")
        return None
    return found[0]


def _refuse_missing_details(row: Row, level: Level, facts: dict[str, Any], policy: Pathway) -> None:
    """A check that the pathway asks for by a detail which the records do not give would not count, unnoticed."""
    asked = {
        detail
        for need in policy.requirements.values()
        if need.kind == FactKind.CHECK and need.key == level.key
        for detail in need.facts
    }
    if "workforce" in asked - facts.keys() and not any(fault.column == WORKFORCE.key for fault in row.faults):
        how = "" if row.has(WORKFORCE.key) else " Or add a column “DBS workforce” to the file."
        row.fault(
            WORKFORCE.key,
            "The pathway asks whom the check covers, and the records do not say. Type child, adult, or child and "
            f"adult.{how}",
        )
