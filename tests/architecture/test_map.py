"""Imports point one way: no cycles, no web in domain code, nothing heavy at start. pyproject.toml has the layers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping

import grimp
import pytest

from tests.architecture.source import PACKAGES, ROOT, imported_modules, name_of, python_files


def cycles(imports: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or not (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        stack.append(module)
        for imported in imports[module]:
            if imported not in number:
                visit(imported)
                lowest[module] = min(lowest[module], lowest[imported])
            elif imported in stack:
                lowest[module] = min(lowest[module], number[imported])
        if lowest[module] == number[module]:
            start = stack.index(module)
            group = stack[start:]
            del stack[start:]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in sorted(imports):
        if module not in number:
            visit(module)
    return groups


def test_a_cycle_would_be_found() -> None:
    assert cycles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": []}) == [["a", "b", "c"]]


def test_no_module_is_in_an_import_cycle() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: sorted(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert cycles(imports) == []


def test_nothing_imports_the_entry_point() -> None:
    importing = [
        f"{name_of(path)}:{line}"
        for path in python_files(*PACKAGES)
        for module, line in imported_modules(path)
        if module == "wsgi" or module.startswith("wsgi.")
    ]
    assert importing == []


def test_every_init_file_is_empty() -> None:
    """So that importing a module loads that module and nothing else."""
    not_empty = [
        name_of(path)
        for path in python_files(*PACKAGES, "tests", "benchmarks")
        if path.name == "__init__.py" and path.read_text()
    ]
    assert not_empty == []


# The modules that may know Flask: those that answer requests, render e-mails, or wire the application.
EDGES = re.compile(
    r"\.(views|forms|cards|panels|audit_words|domain|core_domain|commands|pages|permissions)(\.|$)"
    r"|^app\.(factory|cli|demonstration|today|admin|people\.request_session|jobs\.(worker|progress)|inbox\.meanwhile|outbox\.(dev_mail_views|render|sending))$"
)


def test_domain_code_does_not_know_flask() -> None:
    """Not even through a chain of imports, so that jobs, commands and tests can call it alike."""
    graph = grimp.build_graph(
        *PACKAGES, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )
    inside = [module for module in sorted(graph.modules) if module.split(".")[0] in PACKAGES]
    knowing = [
        " -> ".join(graph.find_shortest_chain(importer=module, imported="flask") or ())
        for module in inside
        if not EDGES.search(module) and graph.chain_exists(importer=module, imported="flask")
    ]
    assert knowing == []


PURE = [
    "rota.scheduling",
    "progression.clearance",
    "progression.stages",
]


def modules_below(name: str) -> list[str]:
    """Return a module or, of a package, all its modules."""
    path = ROOT / name.replace(".", "/")
    if path.with_suffix(".py").exists():
        return [name]
    return [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in python_files(name.replace(".", "/"))
    ]


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_loads_neither_flask_nor_a_database(name: str) -> None:
    """In a new process, as the solver's child process loads it."""
    modules = modules_below(name)
    program = (
        f"import importlib, sys\n[importlib.import_module(name) for name in {modules!r}]\n"
        "print(*sorted({'flask', 'sqlalchemy', 'flask_sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_entry_point_does_not_load_the_solver() -> None:
    """It would cost every web process seconds and about 100 megabytes."""
    program = "import sys, wsgi\nprint(*sorted({'ortools', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
