"""Nightlight as production runs it: nginx with TLS in front, gunicorn, two workers, PostgreSQL, a mail server with TLS.

It is started from the files in `deploy/`, with places and ports of this test in them, and with the settings of
production. Only the clock is the test's own: see `production_clock`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from ssl import create_default_context
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from app.settings import ROOT
from tests.journeys.running_server import CLOCK_OF_PRODUCTION, LONGEST_WAIT, RunningServer, eventually
from tests.ports import free_port
from tests.tls import self_signed
from tests.tls_mail_server import TlsMailServer

DEPLOY = ROOT / "deploy"
WORKERS = 2
NGINX_PROGRAM = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")  # Debian keeps it from users' paths
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


class ProductionServer(RunningServer):
    """The stack of `deploy/` on loopback, for one test."""

    def __init__(self, folder: Path, database_url: str, *, now: datetime) -> None:
        self._folder = folder
        self._certificate = self_signed(folder)
        self._tls = create_default_context(cafile=str(self._certificate.certificate))
        self.mail_server = TlsMailServer(self._certificate)
        self._http, self._https, self._inner = free_port(), free_port(), free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        super().__init__(folder, database_url, now=now)
        self.mail_server.start()
        self.address = f"https://localhost:{self._https}"

    def become_production(self) -> None:
        """Change to the settings of production; before this, only the demonstration is loaded."""
        self.program = [sys.executable, "-m", "tests.journeys.production_clock"]
        self.environment |= {
            CLOCK_OF_PRODUCTION: str(self._clock),
            # By this the workers trust the mail server's certificate, which nobody but this test has signed.
            "SSL_CERT_FILE": str(self._certificate.certificate),
        }
        for name in ("NIGHTLIGHT_ENV", "NIGHTLIGHT_PORT", "NIGHTLIGHT_CLOCK_FILE"):
            del self.environment[name]
        settings = {
            "NIGHTLIGHT_PUBLIC_URL": self.address,
            "NIGHTLIGHT_SECRET_KEY": "Nr2mZ0Kq9vXw4LsTtYbE1aHcUe7GdJ5p",
            "NIGHTLIGHT_ORGANISATION": "Harbour Lane",
            "NIGHTLIGHT_MAIL_URL": self.mail_server.url,
        }
        # The very file that is copied, so that a setting which it forgets is missed here too.
        asked = re.findall(r"^(NIGHTLIGHT_\w+)=", (DEPLOY / "nightlight.env").read_text(), re.MULTILINE)
        assert set(settings) | {"NIGHTLIGHT_DATABASE_URL", "NIGHTLIGHT_KEYS"} == set(asked)
        self.environment |= settings

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        web = self._command_of("nightlight-web.service")
        web[web.index("--bind") + 1] = f"127.0.0.1:{self._inner}"
        web[-1] = web[-1].replace("wsgi:", "tests.journeys.production_clock:")
        with self._log.open("ab") as log:
            self._run(web, log.fileno())
            for _ in range(WORKERS):
                self._run(self._command_of("nightlight-worker@.service"), log.fileno())
            self._run([str(NGINX_PROGRAM), "-c", str(self._nginx_configuration())], log.fileno())
        eventually(lambda: self.status_of("/health/ready") == 200 or None, "the stack to be ready")

    def stop(self) -> None:
        """Stop everything, as systemd does."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=LONGEST_WAIT)
        self.mail_server.stop()

    def sent(self) -> Iterator[EmailMessage]:
        """Every e-mail that the mail server accepted until now, the newest first."""
        yield from reversed(self.mail_server.accepted)

    def status_of(self, path: str, **headers: str) -> int | None:
        """The status of a page, or None while nothing answers."""
        try:
            request = Request(self.address + path, headers=headers)  # noqa: S310  our own loopback address
            with urlopen(request, timeout=10, context=self._tls) as answer:  # noqa: S310  as above
                return int(answer.status)
        except HTTPError as refused:
            return refused.code
        except (URLError, ConnectionError, TimeoutError):
            return None

    def faults_of_the_front(self) -> list[str]:
        """What is not as production promises it at the edge: names, encryption, and what a visitor may claim."""
        plain = self._answer(HTTPConnection("127.0.0.1", self._http, timeout=10), "/sign-in", Host="localhost")
        secure = HTTPSConnection("localhost", self._https, timeout=10, context=self._tls)
        page = self._answer(secure, "/sign-in", Host=f"localhost:{self._https}")
        inner = HTTPConnection("127.0.0.1", self._inner, timeout=10)
        foreign = self._answer(inner, "/sign-in", Host="evil.example.org")
        right = {
            "plain HTTP leads to HTTPS": plain.status == 301
            and str(plain.headers["Location"]).startswith("https://localhost"),
            "browsers are told to stay with HTTPS": "max-age=" in page.headers.get("Strict-Transport-Security", ""),
            "the page's cookie is bound to this host": "__Host-nightlight" in page.headers.get("Set-Cookie", "")
            and "Secure" in page.headers.get("Set-Cookie", ""),
            "the software is not named with its version": "/" not in page.headers.get("Server", ""),
            "a foreign host name is refused": foreign.status == 421,
        }
        return [promise for promise, is_kept in right.items() if not is_kept]

    def _answer(self, connection: HTTPConnection, path: str, **headers: str) -> HTTPResponse:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def _command_of(self, unit: str) -> list[str]:
        text = (DEPLOY / "systemd" / unit).read_text()
        (line,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
        program, *words = shlex.split(line)
        if Path(program).name == "nightlight":
            return [*self.program, *words]
        return [str(Path(sys.executable).with_name(Path(program).name)), *words]

    def _run(self, command: list[str], log: int) -> None:
        self._processes.append(subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log))

    def _nginx_configuration(self) -> Path:
        site = (DEPLOY / "nginx.conf").read_text()
        for in_file, here in (
            ("/etc/letsencrypt/live/rota.example.org/fullchain.pem", str(self._certificate.certificate)),
            ("/etc/letsencrypt/live/rota.example.org/privkey.pem", str(self._certificate.key)),
            ("listen 80", f"listen 127.0.0.1:{self._http}"),
            ("listen 443", f"listen 127.0.0.1:{self._https}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self._inner}"),
            ("rota.example.org", "localhost"),
        ):
            assert in_file in site, in_file
            site = site.replace(in_file, here)
        (self._folder / "site.conf").write_text(site)
        main = self._folder / "nginx.conf"
        main.write_text(NGINX.format(folder=self._folder))
        return main
