"""Extension points: what the domains contribute to the core, filled once at start-up and then frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class ExtensionPoint(Generic[T]):
    """All contributions to one mechanism of the core, in the order of the domains."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._contributions: tuple[T, ...] | None = None

    def fill(self, contributions: Iterable[T]) -> None:
        """Set the contributions. Filling again is allowed only with equal ones, as when a test run makes two apps."""
        new = tuple(contributions)
        if self._contributions is not None and self._contributions != new:
            raise RuntimeError(f"The extension point “{self.name}” is already filled and frozen.")
        self._contributions = new

    @contextmanager
    def override(self, contributions: Iterable[T]) -> Iterator[None]:
        """Use other contributions inside a `with` block; for tests of the mechanism itself."""
        before, self._contributions = self._contributions, tuple(contributions)
        try:
            yield
        finally:
            self._contributions = before

    def __iter__(self) -> Iterator[T]:
        if self._contributions is None:
            raise RuntimeError(f"The extension point “{self.name}” is read before create_app() filled it.")
        return iter(self._contributions)
