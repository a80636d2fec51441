"""Builds the style sheet, the scripts and the fonts. `python -m app.assets`, or `./run assets`.

Others' parts come from npm by a lock of hashes; only our own Sass, scripts and drawings are in the repository.
Every file is written under a name with its content's hash in it, so that browsers may keep it for ever;
`manifest.json` says which logical name is which file. Nothing of npm or Node is needed when Nightlight runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

from app.pages.assets import BUILT
from app.settings import ROOT

STATIC = BUILT.parent
SOURCE = STATIC / "src"
MODULES = ROOT / "node_modules"
FONTS = MODULES / "@fontsource" / "atkinson-hyperlegible-next"
NODE_LOCK = ROOT / "requirements" / "node.lock"

STAMP = ".built-from"
OLDEST_NODE = 20
WEIGHTS = (400, 700)
ALPHABETS = ("latin", "latin-ext")

# What a hashed name is put into: url(name) in the style sheet, from "./name" and import("./name") in scripts.
NAMED_IN_STYLE = re.compile(r'url\("?([\w.-]+)"?\)')
NAMED_IN_SCRIPT = re.compile(r'((?:from|import)\s*\(?\s*"\./)([\w.-]+)(")')


class BuildFailed(RuntimeError):
    """A step of the build did not work; the message says which and what it said."""


def build(*, afresh: bool = False) -> bool:
    """Build the assets unless they are there already; return whether anything was done.

    The new folder takes the old one's place only when it is whole, so a failed build leaves the old one standing.
    """
    with _alone():
        wanted = _fingerprint()
        if not afresh and _is_built(wanted):
            return False
        _fetch_packages()
        with tempfile.TemporaryDirectory(dir=STATIC, prefix=".building-") as folder:
            fresh = Path(folder) / "built"
            fresh.mkdir()
            names: dict[str, str] = {}
            for logical, content in _pictures_and_fonts():
                names[logical] = _keep(fresh, logical, content)
            for logical, text in _scripts():
                names[logical] = _keep(fresh, logical, _with_hashed_names(text, NAMED_IN_SCRIPT, names, logical))
            style = _with_hashed_names(_style_sheet(), NAMED_IN_STYLE, names, "nightlight.css")
            names["nightlight.css"] = _keep(fresh, "nightlight.css", style)
            _keep_the_last_ones(fresh)
            (fresh / "LICENCES.txt").write_text(_licences())
            (fresh / "manifest.json").write_text(json.dumps(names, indent=2, sort_keys=True) + "\n")
            (fresh / STAMP).write_text(wanted)
            fresh.chmod(0o755)
            if BUILT.exists():
                BUILT.rename(Path(folder) / "old")
            fresh.rename(BUILT)
        return True


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time: `./run` and `./run test` may start together."""
    lock = ROOT / "var" / "assets.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


# --- What there is ----------------------------------------------------------------------------------------


def _fingerprint() -> str:
    """A hash over everything the build is made from."""
    sources = [
        path
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and not any(part == "built" or part.startswith(".") for part in path.parts)
    ]
    sources += [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve()]
    whole = hashlib.sha256()
    for path in sources:
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _is_built(wanted: str) -> bool:
    stamp, manifest = BUILT / STAMP, BUILT / "manifest.json"
    if not stamp.exists() or not manifest.exists() or stamp.read_text() != wanted:
        return False
    return all((BUILT / name).exists() for name in json.loads(manifest.read_text()).values())


# --- Node and its packages --------------------------------------------------------------------------------


def _node_folder() -> Path:
    """The folder of a Node that is new enough: the machine's own, or one kept under var/."""
    if (found := shutil.which("node")) and shutil.which("npm") and _major_version(found) >= OLDEST_NODE:
        return Path(found).parent
    home = ROOT / "var" / "node"
    stamp = home / STAMP
    wanted = hashlib.sha256(NODE_LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        click.echo(f"  There is no Node {OLDEST_NODE} or later here: fetching one into var/node, for this build only")
        venv.create(home, clear=True, with_pip=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--require-hashes", "-r", str(NODE_LOCK)], "Fetching Node")
        stamp.write_text(wanted)
    return home / "bin"


def _major_version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", answer)
    return int(version[1]) if version else 0


def _fetch_packages() -> None:
    """Bring node_modules to exactly what the lock names."""
    stamp = MODULES / STAMP
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    click.echo("  Fetching the packages that package-lock.json names")
    folder = _node_folder()
    _run([str(folder / "npm"), "ci", "--omit=optional", "--loglevel=error"], "Fetching packages", folder)
    stamp.write_text(wanted)


def _run(command: list[str], what: str, node_folder: Path | None = None) -> str:
    environment = dict(os.environ)
    if node_folder is not None:
        environment["PATH"] = f"{node_folder}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"{what} did not work:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout


# --- The parts --------------------------------------------------------------------------------------------


def _style_sheet() -> str:
    folder = _node_folder()
    command = [
        str(folder / "node"),
        str(MODULES / "sass" / "sass.js"),
        "--style=compressed",
        "--no-source-map",
    ]
    command += [
        "--fatal-deprecation=import",
        f"--load-path={MODULES}",
        str(SOURCE / "sass" / "nightlight.scss"),
    ]
    style = _run(command, "Compiling the style sheet", folder)
    # A compiler that does not know @use passes it through and still says that all went well.
    if "@use" in style or len(style) < 10_000:
        raise BuildFailed("Compiling the style sheet gave something that is no whole style sheet.")
    return style


def _scripts() -> Iterator[tuple[str, str]]:
    """govuk-frontend first, then our own, so that each names only what was hashed before it."""
    yield "govuk-frontend.js", (MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.js").read_text()
    for path in sorted((SOURCE / "scripts").glob("*.js")):
        yield path.name, path.read_text()


def _pictures_and_fonts() -> Iterator[tuple[str, bytes]]:
    for path in sorted(STATIC.glob("*.svg")):
        yield path.name, path.read_bytes()
    for weight in WEIGHTS:
        for alphabet in ALPHABETS:
            yield f"atkinson-{alphabet}-{weight}.woff2", _font_file(alphabet, weight).read_bytes()
        yield f"atkinson-{weight}.ttf", _whole_font(weight)


def _font_file(alphabet: str, weight: int) -> Path:
    return FONTS / "files" / f"atkinson-hyperlegible-next-{alphabet}-{weight}-normal.woff2"


def _whole_font(weight: int) -> bytes:
    """One TrueType file of both alphabets, for PDFs.

    WeasyPrint mixes the letters up when two files share a family and a weight: Łukasz came out as Oukasz.
    """
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for alphabet in ALPHABETS:
            font = TTFont(_font_file(alphabet, weight), recalcTimestamp=False)
            font.flavor = None
            part = Path(folder) / f"{alphabet}.ttf"
            font.save(part)
            parts.append(str(part))
        whole = Merger().merge(parts)
        # The merger stamps the present moment into the file, and its hash would change with every build.
        whole.recalcTimestamp = False
        whole["head"].modified = whole["head"].created
        result = Path(folder) / "whole.ttf"
        whole.save(result)
        return result.read_bytes()


def _licences() -> str:
    return (
        "GOV.UK Frontend: Crown copyright, the MIT Licence.\n"
        "Atkinson Hyperlegible Next: the SIL Open Font Licence, in full below.\n\n" + (FONTS / "LICENSE").read_text()
    )


def _keep_the_last_ones(fresh: Path) -> None:
    """Keep what the build before made: a server still running, and a page still open, ask for it by its old names."""
    manifest = BUILT / "manifest.json"
    for name in json.loads(manifest.read_text()).values() if manifest.exists() else ():
        if (BUILT / name).exists() and not (fresh / name).exists():
            shutil.copy2(BUILT / name, fresh / name)


# --- Names ------------------------------------------------------------------------------------------------


def _keep(folder: Path, logical: str, content: str | bytes) -> str:
    """Write a file under its hashed name and return that name."""
    raw = content.encode() if isinstance(content, str) else content
    stem, dot, ending = logical.rpartition(".")
    name = f"{stem}.{hashlib.sha256(raw).hexdigest()[:12]}{dot}{ending}"
    (folder / name).write_bytes(raw)
    return name


def _with_hashed_names(text: str, pattern: re.Pattern[str], names: Mapping[str, str], where: str) -> str:
    """Put the hashed name wherever the text names another asset; a name nobody built stops the build."""

    def hashed(found: re.Match[str]) -> str:
        logical = next(part for part in found.groups() if re.fullmatch(r"[\w.-]+", part))
        if logical not in names:
            raise BuildFailed(f"{where} names {logical}, which the build does not make.")
        return found[0].replace(logical, names[logical])

    return pattern.sub(hashed, text)


@click.command()
@click.option("--afresh", is_flag=True, help="Build even when nothing changed.")
def main(afresh: bool) -> None:
    """Build the style sheet, scripts and fonts; quick when nothing changed."""
    try:
        done = build(afresh=afresh)
    except BuildFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(1)
    click.echo("* Built style sheet, scripts and fonts" if done else "* Style sheet, scripts and fonts are up to date")


if __name__ == "__main__":
    main()
