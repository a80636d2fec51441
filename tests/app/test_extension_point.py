"""An extension point is filled once, when the application is made, and then frozen."""

from __future__ import annotations

import pytest

from app.extension_point import ExtensionPoint


def test_it_cannot_be_read_before_it_is_filled() -> None:
    point: ExtensionPoint[int] = ExtensionPoint("numbers")
    with pytest.raises(RuntimeError, match="read before"):
        list(point)


def test_it_keeps_the_order_and_takes_the_same_values_again_but_no_others() -> None:
    point: ExtensionPoint[int] = ExtensionPoint("numbers")
    point.fill([2, 1])
    point.fill([2, 1])
    assert list(point) == [2, 1]
    with pytest.raises(RuntimeError, match="frozen"):
        point.fill([1, 2])


def test_a_test_may_replace_its_values_for_a_block() -> None:
    point: ExtensionPoint[int] = ExtensionPoint("numbers")
    point.fill([1])
    with point.override([2, 3]):
        assert list(point) == [2, 3]
    assert list(point) == [1]
