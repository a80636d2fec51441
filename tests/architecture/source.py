"""The source code as the architecture tests read it: its files, functions and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "progression", "training", "rota")


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Return every Python file below these folders of the project, in order."""
    paths = tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))
    assert paths, f"no Python file below {folders}: the test would check nothing"
    return paths


@cache
def files(folder: str, suffix: str) -> tuple[Path, ...]:
    """Return every file below a folder whose name ends in `suffix`, in order, without built and downloaded ones."""
    paths = tuple(
        path for path in sorted((ROOT / folder).rglob(f"*{suffix}")) if "built" not in path.relative_to(ROOT).parts
    )
    assert paths, f"no {suffix} below {folder}: the test would check nothing"
    return paths


def name_of(path: Path) -> str:
    """Return a file's path from the root of the project, as failures and lists of exceptions name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield each function and method in a file, inner ones too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def attribute_calls(path: Path, name: str) -> Iterator[tuple[str, int]]:
    """Yield each call `something.name(…)` in a file: the something as written, and its line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield ast.unparse(node.func.value), node.lineno


def imported_modules(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each module (and each possible module `package.name`) that a file imports anywhere, and the line."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
