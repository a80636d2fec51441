"""The certificate on paper: tagged, with its own fonts, and carrying its signed credential."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from app.printing.fonts import font_path
from app.settings import ROOT
from training import certificate_pdf
from training.certificate_pdf import Print

FACTS = Print(
    organisation="Harbour Lane Community",
    printed_name="Łukasz Żółć",
    title="Understanding conflict",
    shows="can notice an argument early.",
    awarded_on=date(2027, 2, 18),
    valid_until=date(2029, 2, 18),
    minutes=43,
    version_number=3,
    code="7K4Q-92TD-7K4Q-92TD-7K4Q-92TD-7K",
    verify_url="https://rota.example.org/verify/7K4Q92TD7K4Q92TD7K4Q92TD7K",
    token="header.payload.signature",
)


@pytest.fixture(scope="module")
def made() -> bytes:
    return certificate_pdf.render(FACTS)


@pytest.fixture(scope="module")
def on_disk(made: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "certificate.pdf"
    path.write_bytes(made)
    return path


def said_by(*command: str) -> str:
    assert shutil.which(command[0]), f"{command[0]} is not installed; ./run test brings it"
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def test_it_is_tagged_has_a_language_and_shows_its_title(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert len(pdf.pages) == 1
        with pdf.open_metadata() as about:
            assert about["pdfaid:part"] == "3"
            assert about["pdfaid:conformance"] == "A"
            assert "Łukasz Żółć" in str(about["dc:title"])
        assert len(pdf.Root.OutputIntents) == 1


def test_every_figure_has_words_and_the_ground_is_no_figure(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        figures = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == pikepdf.Name.Figure and "/P" in one
        ]
        assert [str(figure.Alt) for figure in figures] == ["Code to check this certificate"]


def test_it_carries_the_signed_credential(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (carried,) = [pdf.attachments[name] for name in pdf.attachments]
        wrapped = json.loads(carried.get_file().read_bytes())
        assert carried.filename == "credential.json"
        assert wrapped["id"] == "data:application/vc+jwt,header.payload.signature"
        assert str(pdf.Root.AF[0].AFRelationship) == "/Data"


def test_qpdf_finds_nothing_wrong(on_disk: Path) -> None:
    assert "No syntax or stream encoding errors found" in said_by("qpdf", "--check", str(on_disk))


def test_only_our_own_fonts_are_in_it_and_all_are_embedded(on_disk: Path) -> None:
    rows = said_by("pdffonts", str(on_disk)).splitlines()[2:]
    assert {row.split()[0].partition("+")[2] for row in rows} == {
        "Atkinson-Hyperlegible-Next",
        "Atkinson-Hyperlegible-Next-Bold",
    }
    assert all(" yes yes yes " in row for row in rows)


def test_every_word_can_be_read_and_copied(on_disk: Path) -> None:
    words = " ".join(said_by("pdftotext", "-layout", str(on_disk), "-").split())
    for expected in (
        "Łukasz Żółć",
        "Understanding conflict",
        "18 February 2027",
        "18 February 2029",
        "43 min",
        "https://rota.example.org/verify",
        "7K4Q-92TD",
    ):
        assert expected in words


def test_the_letters_on_the_page_are_the_letters_that_were_meant(on_disk: Path, tmp_path: Path) -> None:
    """Two files under one font name print wrong glyphs that no text extraction sees; so look at the ink."""
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(certificate_pdf.render(replace(FACTS, printed_name="Oukasz ðóþf")))
    pictures = []
    for path in (on_disk, plain):
        said_by("pdftoppm", "-r", "60", "-png", "-singlefile", str(path), str(tmp_path / path.stem))
        pictures.append((tmp_path / f"{path.stem}.png").read_bytes())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("name", ["Wren", "Wren Amara Okafor-Lindqvist", "W" * 80, "a b " * 20])
def test_a_name_of_any_length_stays_on_one_page(name: str) -> None:
    with pikepdf.open(io.BytesIO(certificate_pdf.render(replace(FACTS, printed_name=name.strip())))) as pdf:
        assert len(pdf.pages) == 1


def test_a_name_is_text_and_never_markup() -> None:
    hostile = '<img src="file:///etc/passwd"><b>x'
    made = certificate_pdf.render(replace(FACTS, printed_name=hostile))
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as about:
        assert hostile in str(about["dc:title"])


@pytest.mark.parametrize(("minutes", "words"), [(43, "43 min"), (60, "1 h"), (200, "3 h 20 min"), (0, "0 min")])
def test_learning_time_is_said_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert certificate_pdf.learning_time(minutes) == words


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("क्षमा शर्मा", "devanagari"),
        ("علی‌رضا محمدی", "arabic"),
        ("אֱלִיעֶזֶר בן", "hebrew"),
        ("தமிழ்ச்செல்வி", "tamil"),
        ("สมชาย ใจดี", "thai"),
        ("Ольга", "cyrillic"),
        ("র‍্যাচেল", "bengali"),
        ("Wren 🦊❤️👩🏽‍🚒🇵🇱", "emoji"),
    ],
)
def test_names_in_other_scripts_are_printed_with_fonts_of_their_own_on_one_page(
    tmp_path: Path, name: str, font: str
) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf.render(replace(FACTS, printed_name=name)))
    rows = said_by("pdffonts", str(path)).splitlines()[2:]
    assert {row.split()[0].partition("+")[2] for row in rows} == {
        "Atkinson-Hyperlegible-Next",
        "Atkinson-Hyperlegible-Next-Bold",
        f"Noto-{font}-Bold",
    }
    assert "Pages:           1" in said_by("pdfinfo", str(path))


@pytest.mark.parametrize("name", ["李小龙", "さくら アキコ", "김민준"])
def test_names_in_chinese_japanese_and_korean_can_be_read_and_copied(tmp_path: Path, name: str) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf.render(replace(FACTS, printed_name=name)))
    rows = said_by("pdffonts", str(path)).splitlines()[2:]
    assert "Droid-Sans-Fallback-Bold" in {row.split()[0].partition("+")[2] for row in rows}
    assert all(" yes yes yes " in row for row in rows)
    assert name in " ".join(said_by("pdftotext", "-layout", str(path), "-").split())


@pytest.mark.parametrize("name", ["Wilhelmina " * 10 + "W" * 10, "W" * 120, "李" * 120, "🦊" * 120])
def test_the_longest_name_stays_above_what_follows_it_and_on_the_paper(tmp_path: Path, name: str) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate_pdf.render(replace(FACTS, printed_name=name)))
    said = said_by("pdftotext", "-bbox", str(path), "-")
    bottoms = re.findall(r'yMax="([\d.]+)">(early\.|Awarded)<', said)
    assert [word for _, word in sorted(bottoms, key=lambda found: float(found[0]))] == ["early.", "Awarded"]
    width = float(re.findall(r'page width="([\d.]+)"', said)[0])
    assert max(map(float, re.findall(r'xMax="([\d.]+)"', said))) < width - 20


WITH_EMOJI = """
import os, sys
from pathlib import Path
from dataclasses import replace
from tests.training.test_certificate_pdf import FACTS
from training import certificate_pdf
Path(sys.argv[1]).write_bytes(certificate_pdf.render(replace(FACTS, printed_name="Wren 🦊")))
assert os.environ["FONTCONFIG_FILE"] == sys.argv[2]
"""


def test_no_font_of_the_machine_takes_the_place_of_ours(tmp_path: Path) -> None:
    """A font for coloured emoji, as most desktops have one, was preferred for emoji, and then for digits as well."""
    (tmp_path / "fonts").mkdir()
    with TTFont(font_path("noto-emoji.ttf")) as font:
        for record in font["name"].names:
            record.string = "Noto Color Emoji" if record.nameID in (1, 16) else record.string
        font.save(tmp_path / "fonts" / "emoji.ttf")
    machine, made = tmp_path / "machine.conf", tmp_path / "made.pdf"
    machine.write_text(
        # As fontconfig's own 60-generic.conf says it.
        f"<fontconfig><dir>{tmp_path}/fonts</dir><cachedir>{tmp_path}</cachedir>"
        '<alias binding="same"><family>emoji</family><prefer><family>Noto Color Emoji</family></prefer></alias>'
        "</fontconfig>"
    )
    environment = os.environ | {"FONTCONFIG_FILE": str(machine)}
    command = [sys.executable, "-c", WITH_EMOJI, str(made), str(machine)]
    subprocess.run(command, check=True, cwd=ROOT, env=environment)
    assert "Color-Emoji" not in said_by("pdffonts", str(made))
