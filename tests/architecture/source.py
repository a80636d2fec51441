"""The source of Nightlight as the architecture tests read it: which files there are, and what they import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "progression", "training", "rota")


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Every Python file below these folders of the project, in order."""
    found = tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))
    assert found, f"no Python file below {folders}: the test would look at nothing"
    return found


@cache
def files(folder: str, suffix: str) -> tuple[Path, ...]:
    """Every file below a folder whose name ends in `suffix`, in order; built and downloaded ones left out."""
    found = tuple(
        path for path in sorted((ROOT / folder).rglob(f"*{suffix}")) if "built" not in path.relative_to(ROOT).parts
    )
    assert found, f"no {suffix} below {folder}: the test would look at nothing"
    return found


def name_of(path: Path) -> str:
    """A file's path from the root of the project, as failures and exceptions name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def attribute_calls(path: Path, name: str) -> Iterator[tuple[str, int]]:
    """Each call `something.name(…)` in a file: the something as written, and its line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield ast.unparse(node.func.value), node.lineno


def imported_modules(path: Path) -> Iterator[tuple[str, int]]:
    """Each module a file imports, wherever in the file it does so, and the line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
