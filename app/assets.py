"""Builds the style sheet, the scripts and the fonts. `python -m app.assets`, or `./run assets`.

Third-party files come from npm, locked by hashes; only our own Sass, scripts and drawings are in the repository. Each
file's name contains its content's hash, so that browsers can cache it for ever; `manifest.json` maps logical names to
files. Neither npm nor Node is needed when Nightlight runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
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

from app.pages.assets import BUILT, IDEOGRAPHS, SCRIPTS
from app.settings import ROOT

STATIC = BUILT.parent
SOURCE = STATIC / "src"
MODULES = ROOT / "node_modules"
FONTS = MODULES / "@fontsource" / "atkinson-hyperlegible-next"
# Of the Debian package fonts-droid-fallback, which ./run installs.
SYSTEM_FONT = Path("/usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf")
NODE_LOCK = ROOT / "requirements" / "node.lock"

STAMP = ".built-from"
OLDEST_NODE = 20
WEIGHTS = (400, 700)
ALPHABETS = ("latin", "latin-ext")

# Where hashed names are inserted: url(name) in the style sheet, from "./name" and import("./name") in scripts.
NAMED_IN_STYLE = re.compile(r'url\("?([\w.-]+)"?\)')
NAMED_IN_SCRIPT = re.compile(r'((?:from|import)\s*\(?\s*"\./)([\w.-]+)(")')


class BuildFailed(RuntimeError):
    """A step of the build failed; the message names the step and holds its output."""


def build(*, force: bool = False) -> bool:
    """Build the assets unless they are up to date; return whether anything was built.

    The new folder replaces the old one only when it is complete, so a failed build leaves the old one in place.
    """
    with _build_lock():
        fingerprint = _fingerprint()
        if not force and _is_built(fingerprint):
            return False
        _fetch_packages()
        with tempfile.TemporaryDirectory(dir=STATIC, prefix=".building-") as folder:
            new = Path(folder) / "built"
            new.mkdir()
            _write_assets(new)
            (new / STAMP).write_text(fingerprint)
            new.chmod(0o755)
            if BUILT.exists():
                BUILT.rename(Path(folder) / "old")
            new.rename(BUILT)
        return True


def _write_assets(folder: Path) -> None:
    names: dict[str, str] = {}
    for logical, content in _pictures_and_fonts():
        names[logical] = _write_hashed(folder, logical, content)
    for logical, text in _scripts():
        names[logical] = _write_hashed(folder, logical, _with_hashed_names(text, NAMED_IN_SCRIPT, names, logical))
    style = _with_hashed_names(_style_sheet(), NAMED_IN_STYLE, names, "nightlight.css")
    names["nightlight.css"] = _write_hashed(folder, "nightlight.css", style)
    _copy_previous_build(folder)
    (folder / "LICENCES.txt").write_text(_licences())
    (folder / "manifest.json").write_text(json.dumps(names, indent=2, sort_keys=True) + "\n")


@contextmanager
def _build_lock() -> Iterator[None]:
    """Allow one build at a time: `./run` and `./run test` may start together."""
    path = ROOT / "var" / "assets.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- Is the build up to date? -----------------------------------------------------------------------------


def _fingerprint() -> str:
    """A hash over all sources of the build."""
    sources = [
        path
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and not any(part == "built" or part.startswith(".") for part in path.parts)
    ]
    sources += [ROOT / "package.json", ROOT / "package-lock.json", Path(__file__).resolve()]
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _is_built(fingerprint: str) -> bool:
    stamp, manifest = BUILT / STAMP, BUILT / "manifest.json"
    if not stamp.exists() or not manifest.exists() or stamp.read_text() != fingerprint:
        return False
    return all((BUILT / name).exists() for name in json.loads(manifest.read_text()).values())


# --- Node and its packages --------------------------------------------------------------------------------


def _node_folder() -> Path:
    """The folder of a recent enough Node: the one on the PATH, or one installed under var/."""
    if (node := shutil.which("node")) and shutil.which("npm") and _major_version(node) >= OLDEST_NODE:
        return Path(node).parent
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
    """Install exactly the packages that the lock names into node_modules."""
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


# --- The sources ------------------------------------------------------------------------------------------


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
    # A compiler that does not support @use passes it through and still reports success.
    if "@use" in style or len(style) < 10_000:
        raise BuildFailed("Compiling the style sheet gave an incomplete style sheet.")
    return style


def _scripts() -> Iterator[tuple[str, str]]:
    """Yield name and text: govuk-frontend first, then our own, so that each refers only to files hashed before it."""
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
    for package, part in SCRIPTS:
        yield f"noto-{part}.ttf", _unpacked(FONTS.parent / package / "files" / f"{package}-{part}-700-normal.woff2")
    yield IDEOGRAPHS, _system_font()


def _font_file(alphabet: str, weight: int) -> Path:
    return FONTS / "files" / f"atkinson-hyperlegible-next-{alphabet}-{weight}-normal.woff2"


def _whole_font(weight: int) -> bytes:
    """One TrueType file of both alphabets, for PDFs.

    WeasyPrint confuses glyphs when two files share a family and a weight: Łukasz was printed as Oukasz.
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
        # The merger writes the present time into the file, so its hash would change with every build.
        whole.recalcTimestamp = False
        whole["head"].modified = whole["head"].created
        result = Path(folder) / "whole.ttf"
        whole.save(result)
        return result.read_bytes()


def _system_font() -> bytes:
    if not SYSTEM_FONT.exists():
        raise BuildFailed(f"There is no {SYSTEM_FONT}. The package fonts-droid-fallback of Debian has it.")
    return SYSTEM_FONT.read_bytes()


def _unpacked(path: Path) -> bytes:
    """A font as TrueType, for PDFs."""
    font, unpacked = TTFont(path, recalcTimestamp=False), io.BytesIO()
    font.flavor = None
    font.save(unpacked)
    return unpacked.getvalue()


def _licences() -> str:
    return (
        "Noto Sans and Noto Emoji: the SIL Open Font Licence, of the same words as below.\n"
        "Droid Sans Fallback: the Apache Licence, version 2.0.\n"
        "GOV.UK Frontend: Crown copyright, the MIT Licence.\n"
        "Atkinson Hyperlegible Next: the SIL Open Font Licence, in full below.\n\n" + (FONTS / "LICENSE").read_text()
    )


def _copy_previous_build(folder: Path) -> None:
    """Keep the previous build's files: servers still running and pages still open refer to their names."""
    manifest = BUILT / "manifest.json"
    for name in json.loads(manifest.read_text()).values() if manifest.exists() else ():
        if (BUILT / name).exists() and not (folder / name).exists():
            shutil.copy2(BUILT / name, folder / name)


# --- Names ------------------------------------------------------------------------------------------------


def _write_hashed(folder: Path, logical: str, content: str | bytes) -> str:
    """Write a file under its hashed name and return that name."""
    raw = content.encode() if isinstance(content, str) else content
    stem, dot, ending = logical.rpartition(".")
    name = f"{stem}.{hashlib.sha256(raw).hexdigest()[:12]}{dot}{ending}"
    (folder / name).write_bytes(raw)
    return name


def _with_hashed_names(text: str, pattern: re.Pattern[str], names: Mapping[str, str], where: str) -> str:
    """Replace the names of other assets in the text by their hashed names; an unknown name stops the build."""

    def hashed(found: re.Match[str]) -> str:
        logical = next(part for part in found.groups() if re.fullmatch(r"[\w.-]+", part))
        if logical not in names:
            raise BuildFailed(f"{where} names {logical}, which the build does not make.")
        return found[0].replace(logical, names[logical])

    return pattern.sub(hashed, text)


@click.command()
@click.option("--force", is_flag=True, help="Build even when nothing changed.")
def main(force: bool) -> None:
    """Build the style sheet, scripts and fonts; quick when nothing changed."""
    try:
        done = build(force=force)
    except BuildFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(1)
    click.echo("* Built style sheet, scripts and fonts" if done else "* Style sheet, scripts and fonts are up to date")


if __name__ == "__main__":
    main()
