"""The moment most tests are set in."""

from datetime import UTC, date, datetime

NOW = datetime(2027, 2, 18, 19, 30, tzinfo=UTC)  # a Thursday evening in London
TODAY = date(2027, 2, 18)
MONDAY = date(2027, 2, 15)  # of the same week
