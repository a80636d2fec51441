"""Files as people send them: plain ones are kept, everything else is refused with a sentence on how to go on."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.files import inspection, inspection_child
from app.files.inspection import inspect
from app.files.kinds import FileKind
from app.refusals import Invalid
from tests.app.files import made


def refusal(raw: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        inspect(raw)
    assert refused.value.field == "file"
    return " ".join(refused.value.sentences)


def test_a_plain_pdf_is_kept_byte_for_byte() -> None:
    raw = made.pdf()
    assert inspect(raw) == inspection.Inspected(FileKind.PDF, raw)


def test_a_photograph_is_kept_upright_and_without_its_place() -> None:
    raw = made.photograph_with_place()
    kept = inspect(raw + b"PK\x03\x04 something after the picture")
    assert kept.kind is FileKind.JPEG
    assert b"Camera" in raw
    assert b"Camera" not in kept.content
    assert b"after the picture" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (40, 60), {})


def test_a_png_with_words_inside_is_drawn_again_without_them() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", "<script>alert(1)</script>")
    kept = inspect(made.picture("PNG", pnginfo=words))
    assert kept.kind is FileKind.PNG
    assert b"script" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (60, 40)


def zip_of_one() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("page.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "nothing in this file"),
        (b"%PDF-1.7\n" + b"0" * 6_000_000, "larger than 5 MB"),
        (b"GIF89a" + b"\0" * 50, "neither a PDF nor a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither a PDF nor a picture"),
        (zip_of_one(), "neither a PDF nor a picture"),
        (b"\n" + made.pdf(), "neither a PDF nor a picture"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "damaged or not complete"),
        (b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF", "something else at once"),
        (made.pdf()[:-40], "damaged or not complete"),
        (b"%PDF-1.7\n%%EOF", "damaged or not complete"),
        (made.pdf() + zip_of_one(), "something else at once"),
        (made.picture("JPEG")[:300], "damaged or not complete"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "damaged or not complete"),
        (made.enormous_png(), "more than 50 million pixels"),
        (made.pdf(pages=51), "more than 50 pages"),
        (made.pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "protected with a password"),
        (made.pdf(encryption=pikepdf.Encryption(owner="a", user="")), "protected with a password"),
        (made.pdf(made.scripted), "a program inside"),
        (made.pdf(made.script_in_link), "a program inside"),
        (made.pdf(made.script_in_link, object_stream_mode=pikepdf.ObjectStreamMode.generate), "a program inside"),
        (made.pdf(made.launching), "does something by itself"),
        (made.pdf(made.with_attachment), "other files inside"),
        (made.pdf(made.sending_form), "does something by itself"),
        (made.pdf(made.xfa_form), "does something by itself"),
        (made.pdf(made.bomb, compress_streams=False), "unpacks to more than we take"),
        (made.pdf(made.enormous_picture), "more than 50 million pixels"),
    ],
    ids=range(26),
)
def test_what_is_not_plain_is_refused_with_a_sentence(raw: bytes, words: str) -> None:
    assert words in refusal(raw)


def test_a_bomb_in_a_bomb_ends_as_a_sentence() -> None:
    raw = made.pdf(made.bomb_in_bomb, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(raw) < 100_000
    assert "unpacks to more than we take" in refusal(raw)


def test_a_packed_picture_within_a_pdf_is_counted_as_it_unpacks() -> None:
    with pikepdf.Pdf.new() as pdf:
        stream = pikepdf.Stream(pdf, zlib.compress(made.picture("JPEG")))
        stream.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode])
        assert inspection_child._size_unpacked(stream) == len(made.picture("JPEG"))
        stream.Filter = pikepdf.Array([pikepdf.Name.LZWDecode, pikepdf.Name.DCTDecode])
        with pytest.raises(inspection_child.Refused):
            inspection_child._size_unpacked(stream)


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "CHILD_SECONDS", 0.001)
    assert "unpacks to more than we take" in refusal(made.pdf())


def test_a_flipped_byte_never_gets_through_as_anything_but_a_pdf_or_a_refusal() -> None:
    raw = made.pdf()

    @settings(max_examples=4, deadline=None)
    @given(place=st.integers(5, len(raw) - 1), value=st.integers(0, 255))
    def flipped(place: int, value: int) -> None:
        changed = raw[:place] + bytes([value]) + raw[place + 1 :]
        with suppress(Invalid):
            assert inspect(changed).content == changed

    flipped()
