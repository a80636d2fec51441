"""The template to download: a CSV file with every column that can be taken over, and one row as an example."""

from __future__ import annotations

from collections.abc import Sequence

from app import csv_writer
from app.takeover.parts import Column


def template(columns: Sequence[Column]) -> bytes:
    """The file."""
    return csv_writer.written([[column.title for column in columns], [column.example for column in columns]])
