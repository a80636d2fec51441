"""What a test process keeps from one test's application to the next: work that gives the same result each time.

Every test has an application, a database and settings of its own. Compiling the same routes, templates and SQL again
for each of them took a third of the whole suite's time.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Dialect, make_url
from werkzeug.routing import Rule

from app import db

MADE_OF_A_RULE = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


class KeptTemplates(BytecodeCache):
    """The code of templates, by the hash of their source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code that was kept into the bucket, if the source is still the same."""
        if (bucket.key, bucket.checksum) in self._code:
            bucket.bytecode_from_string(self._code[bucket.key, bucket.checksum])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of the bucket."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


class KeptEngines:
    """One engine for each kind of database, with the statements it compiled, lent to one test at a time."""

    def __init__(self, make_engine: Callable[[str | None, dict[str, Any], Flask], Engine]) -> None:
        self._make_engine = make_engine
        self._kept: dict[str, Engine] = {}
        self._lent_for: URL | None = None
        self._is_taken = False

    @contextmanager
    def lent_for(self, database_url: str) -> Iterator[None]:
        """Lend the kept engine to the first application of this database that is made inside the block."""
        self._lent_for, self._is_taken = make_url(database_url), False
        yield
        for engine in self._kept.values():
            engine.dispose()
        self._lent_for = None

    def engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        """The kept engine, where it is to be lent for this database; else a new one."""
        url = make_url(options["url"])
        if url != self._lent_for or self._is_taken:
            return self._make_engine(bind_key, options, app)
        self._is_taken = True
        kind = url.get_backend_name()
        if kind not in self._kept:
            self._kept[kind] = self._make_engine(bind_key, options, app)
            event.listen(self._kept[kind], "do_connect", self._connect)
        self._kept[kind].url = url
        return self._kept[kind]

    def _connect(self, dialect: Dialect, _record: Any, words: list[Any], named: dict[str, Any]) -> None:
        """Connect to the database that the engine is lent for, instead of the one it was made for."""
        assert self._lent_for is not None
        words[:], of_this_database = dialect.create_connect_args(self._lent_for)
        named.update(of_this_database)


engines = KeptEngines(db.extension._make_engine)
templates = KeptTemplates()


def keep_what_stays_the_same() -> None:
    """Make all applications of this process share what is kept here. Called once."""
    db.extension._make_engine = engines.engine  # type: ignore[method-assign]  # its one place to choose an engine
    _compile_routes_once()
    # Libraries and what is kept are never garbage: look for it seldom, and not among them.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _compile_routes_once() -> None:
    """Keep what werkzeug makes of each route: it depends on the words of the rule and the kinds of its parts only."""
    compile_rule = Rule.compile
    compiled: dict[tuple[object, ...], dict[str, Any]] = {}

    def kept(rule: Rule) -> None:
        assert rule.map is not None, "a rule is bound before it is compiled"
        words = (rule.rule, repr(rule.defaults), rule.host, rule.subdomain, rule.merge_slashes)
        key = (*words, rule.map.host_matching, *rule.map.converters.items())
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = {name: getattr(rule, name) for name in MADE_OF_A_RULE}
            return
        for name, value in compiled[key].items():
            # What builds an address is bound to its own rule.
            setattr(rule, name, MethodType(value.__func__, rule) if isinstance(value, MethodType) else value)

    # No public way shares it.
    setattr(Rule, "compile", kept)  # noqa: B010  mypy refuses the plain assignment
