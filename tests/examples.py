"""How many examples each property test draws, and whether they are the same in every run.

Without `NIGHTLIGHT_TEST_EXAMPLES` every run draws the same examples, so that a failure on one machine fails on every
other. With it, each property test draws that many, and different ones each time: long searches before a release.
"""

from __future__ import annotations

import os

from hypothesis import settings

VARIABLE = "NIGHTLIGHT_TEST_EXAMPLES"
USUAL = 100  # of a test that names no number, as Hypothesis itself has it

_wanted = os.environ.get(VARIABLE, "")


def examples(usual: int = USUAL) -> int:
    """The number of examples for a test whose usual number is `usual`."""
    return int(_wanted) if _wanted else usual


def load_profile() -> None:
    """Set what every property test starts from; call it before the tests are imported."""
    settings.register_profile(
        "nightlight", max_examples=examples(), derandomize=not _wanted, deadline=None, print_blob=True
    )
    settings.load_profile("nightlight")
