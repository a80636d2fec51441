"""The files of `deploy/` fit each other, the settings and the guide; a journey runs the main job through them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.pages.incoming import LARGEST_BODY
from tests.architecture.source import ROOT, name_of

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
SETTING = re.compile(r"NIGHTLIGHT_[A-Z_]+")

PROTECTIONS = (
    "User=nightlight",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "CapabilityBoundingSet=",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "SystemCallFilter=@system-service",
)


def settings_of_the_code() -> set[str]:
    return set(SETTING.findall((ROOT / "app" / "settings.py").read_text(encoding="utf-8")))


def test_the_file_of_settings_and_the_guide_explain_every_setting_and_no_other() -> None:
    in_file = set(re.findall(r"^#?(NIGHTLIGHT_[A-Z_]+)=", (DEPLOY / "nightlight.env").read_text(), re.MULTILINE))
    rows = [
        line for line in (ROOT / "docs/operations.md").read_text().splitlines() if line.startswith("| `NIGHTLIGHT_")
    ]
    in_guide = {name for row in rows for name in SETTING.findall(row.split("|")[1])}
    assert in_file == settings_of_the_code()
    assert in_guide == settings_of_the_code()


@pytest.mark.parametrize("service", SERVICES, ids=name_of)
def test_every_service_may_do_no_more_than_it_needs(service: Path) -> None:
    lines = service.read_text(encoding="utf-8").splitlines()
    assert [protection for protection in PROTECTIONS if protection not in lines] == []


@pytest.mark.parametrize("timer", [path for path in UNITS if path.suffix == ".timer"], ids=name_of)
def test_every_timer_has_its_service_and_makes_up_for_a_missed_run(timer: Path) -> None:
    assert timer.with_suffix(".service") in SERVICES
    assert "Persistent=yes" in timer.read_text(encoding="utf-8").splitlines()


def test_the_commands_of_the_services_exist() -> None:
    """What `nightlight` is given, as it is registered."""
    asked = {
        line for path in SERVICES for line in re.findall(r"^ExecStart=.*/nightlight (.+)$", path.read_text(), re.M)
    }
    assert asked == {"worker", "backup /var/lib/nightlight/backups/ --keep-days 7", "audit verify"}


@pytest.mark.parametrize(
    ("server", "limit"), [("nginx.conf", r"client_max_body_size (\d+)m;"), ("Caddyfile", r"max_size (\d+)MB")]
)
def test_a_front_server_lets_every_body_through_that_a_view_takes(app: Flask, server: str, limit: str) -> None:
    largest = max(getattr(view, "largest_body", LARGEST_BODY) for view in app.view_functions.values())
    (megabytes,) = re.findall(limit, (DEPLOY / server).read_text(encoding="utf-8"))
    assert int(megabytes) * 1_000_000 >= largest


@pytest.mark.parametrize("server", ["nginx.conf", "Caddyfile"])
def test_a_front_server_sets_what_nightlight_believes_and_logs_no_address(server: str) -> None:
    text = (DEPLOY / server).read_text(encoding="utf-8")
    sets = {
        "nginx.conf": ("X-Forwarded-For $remote_addr;", "X-Forwarded-Proto $scheme;", "access_log off;"),
        "Caddyfile": ("header_up X-Forwarded-For {remote_host}", "# No access log"),
    }
    assert [words for words in sets[server] if words not in text] == []
    assert "$proxy_add_x_forwarded_for" not in text  # what a visitor sends would arrive
