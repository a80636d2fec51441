"""Certificate codes, as they are typed and printed."""

from __future__ import annotations

import pytest

from training import certificate_codes


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7k4q-92td-7k4q-92td-7k4q-92td-7k", "7K4Q92TD7K4Q92TD7K4Q92TD7K"),
        (" 7K4Q 92TD 7K4Q 92TD 7K4Q 92TD O l ", "7K4Q92TD7K4Q92TD7K4Q92TD01"),
        ("7K4Q", None),
        ("", None),
        ("7K4Q92TD7K4Q92TD7K4Q92TD7U", None),
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str, meant: str | None) -> None:
    assert certificate_codes.parse(typed) == meant


def test_codes_hold_128_bits_and_survive_their_spacing() -> None:
    made = {certificate_codes.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(certificate_codes.parse(certificate_codes.spaced(code).lower()) == code for code in made)
