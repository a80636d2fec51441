"""How much of a file is read, in the web process and in the child that reads workbooks."""

from __future__ import annotations

from app.wording import thousands

MAX_SHEETS = 30
MAX_ROWS = 2_000  # of a sheet
MAX_COLUMNS = 100
LONGEST_CELL = 500  # characters
MAX_TEXT = 2_000_000  # characters of a workbook together; a text file may be as large
MAX_INFLATED = 100_000_000  # bytes of what is packed in a workbook; a real one of 2 MB has about 20 million

CHILD_SECONDS = 20  # from start to end
CHILD_PROCESSOR_SECONDS = 15
CHILD_MEMORY = 512 * 1024 * 1024  # bytes of address space; Python and the library take 180 MB of it

TOO_MANY_ROWS = f"This sheet has more than {thousands(MAX_ROWS)} rows. Please split it."
REPLACED = "\ufffd"  # stands for a character that no text can have
