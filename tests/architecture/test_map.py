"""The one-way map: what may import what. The layers themselves are contracts in pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping

import grimp
import pytest

from tests.architecture.source import ROOMS, ROOT, imported_modules, name_of, python_files


def circles(imports: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The groups of modules of which each can be reached from each other (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        open_.append(module)
        for imported in imports[module]:
            if imported not in number:
                visit(imported)
                lowest[module] = min(lowest[module], lowest[imported])
            elif imported in open_:
                lowest[module] = min(lowest[module], number[imported])
        if lowest[module] == number[module]:
            place = open_.index(module)
            group = open_[place:]
            del open_[place:]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(imports):
        if module not in number:
            visit(module)
    return found


def test_a_circle_would_be_found() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": []}) == [["a", "b", "c"]]


def test_no_module_is_in_an_import_circle() -> None:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    imports = {module: sorted(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert circles(imports) == []


def test_nothing_imports_the_front_door() -> None:
    importing = [
        f"{name_of(path)}:{line}"
        for path in python_files(*ROOMS)
        for module, line in imported_modules(path)
        if module == "wsgi" or module.startswith("wsgi.")
    ]
    assert importing == []


def test_every_package_begins_empty() -> None:
    """So that importing a part loads that part and nothing else."""
    full = [
        name_of(path)
        for path in python_files(*ROOMS, "tests", "benchmarks")
        if path.name == "__init__.py" and path.read_text()
    ]
    assert full == []


# The edges, where the web is known: what answers requests, makes letters of templates, or wires the house.
EDGES = re.compile(
    r"\.(views|forms|cards|panels|domain|core_domain|commands|pages|permissions)(\.|$)"
    r"|^app\.(factory|cli|demonstration|today|admin|people\.request_session|jobs\.(worker|progress)|outbox\.(dev_mail_views|render|sending))$"
)


def test_domain_code_does_not_know_the_web() -> None:
    """Not even through a chain of imports; so it can be called by a job, a command and a test alike."""
    graph = grimp.build_graph(
        *ROOMS, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )
    inside = [module for module in sorted(graph.modules) if module.split(".")[0] in ROOMS]
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
    """A module and, of a package, everything in it."""
    path = ROOT / name.replace(".", "/")
    if path.with_suffix(".py").exists():
        return [name]
    return [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in python_files(name.replace(".", "/"))
    ]


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_loads_neither_flask_nor_a_database(name: str) -> None:
    """In a fresh process, as the solver's child process loads it."""
    modules = modules_below(name)
    program = (
        f"import importlib, sys\n[importlib.import_module(name) for name in {modules!r}]\n"
        "print(*sorted({'flask', 'sqlalchemy', 'flask_sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_front_door_opens_without_what_only_the_worker_needs() -> None:
    """The solver costs a web process seconds and about a hundred megabytes."""
    program = "import sys, wsgi\nprint(*sorted({'ortools', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
