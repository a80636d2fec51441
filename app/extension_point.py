"""A place in the core that the domains fill once, when the house is wired, and that is then frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class ExtensionPoint(Generic[T]):
    """What all domains together bring to one mechanism of the core, in the order of the domains."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._filled: tuple[T, ...] | None = None

    def fill(self, things: Iterable[T]) -> None:
        """Fill the slot. Filling it again is allowed only with the very same things (a second app in one test run)."""
        wanted = tuple(things)
        if self._filled is not None and self._filled != wanted:
            raise RuntimeError(f"The slot “{self.name}” is already filled and frozen.")
        self._filled = wanted

    @contextmanager
    def instead(self, things: Iterable[T]) -> Iterator[None]:
        """Hold other things for a while; for tests of the mechanism itself."""
        before, self._filled = self._filled, tuple(things)
        try:
            yield
        finally:
            self._filled = before

    def __iter__(self) -> Iterator[T]:
        if self._filled is None:
            raise RuntimeError(f"The slot “{self.name}” is read before create_app() filled it.")
        return iter(self._filled)
