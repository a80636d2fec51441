"""The child process that looks at one file: its bytes come on standard input, the answer goes to standard output.

The answer is a line of JSON, and after it the content to keep. It limits itself before it looks at the file; what
breaks the limits ends the process, and its parent says so.
"""

from __future__ import annotations

import io
import json
import sys
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.files.inspection import DAMAGED, TOO_MUCH
from app.files.kinds import (
    CHILD_MEMORY,
    CHILD_PROCESSOR_SECONDS,
    LONGEST_SIDE,
    MOST_OBJECTS,
    MOST_PAGES,
    MOST_PIXELS,
    MOST_UNPACKED,
    FileKind,
)
from app.process_limits import limit

if TYPE_CHECKING:
    from pikepdf import Pdf, Stream
    from PIL.Image import Image

PRINT_IT = "Open it, print it to a new PDF, and choose that file."
TOO_MANY_PIXELS = (
    f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels. Make it smaller, or photograph it again."
)
PROTECTED = f"This PDF is protected with a password. {PRINT_IT}"
HAS_SCRIPT = f"There is a program inside this PDF. {PRINT_IT}"
HAS_FILES = f"There are other files inside this PDF. {PRINT_IT}"
HAS_ACTIONS = f"This PDF does something by itself, such as sending a form or opening a program. {PRINT_IT}"
IS_TWO_THINGS = f"This is a PDF and something else at once. {PRINT_IT}"
TOO_MANY_PAGES = f"This PDF has more than {MOST_PAGES} pages. Choose the page with the certificate alone."

# What a PDF can do besides being read (ISO 32000-1, 12.6.4): types of action, and keys that hold or name such things.
ACTIONS = {"/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition", "/Movie", "/Sound", "/GoToE", "/Trans"}
SCRIPTS = {"/JavaScript", "/JS"}
FILES = {"/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/RichMediaContent"}
ACTING = {"/XFA", "/AA"}
OF_PICTURES = {"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"}  # their pixels are counted instead
OF_TEXT = {"/ASCII85Decode", "/ASCIIHexDecode"}  # which only make a stream longer
DEEPEST = 40  # objects within objects
MARKUP = (b"<!doctype", b"<html", b"<script", b"<?php", b"#!/")
END_OF_ZIP = b"PK\x05\x06"
AFTER_THE_END = 1024  # bytes in which the end of a PDF is marked (ISO 32000-1, Annex H)


class Refused(Exception):
    """The file cannot be taken; the sentence says why and how to mend it."""


def main() -> None:
    """Look at the file on standard input and write the answer."""
    limit(memory=CHILD_MEMORY, processor_seconds=CHILD_PROCESSOR_SECONDS)
    raw, kind = sys.stdin.buffer.read(), FileKind(sys.argv[1])
    try:
        content = plain_pdf(raw) if kind is FileKind.PDF else drawn_again(raw, kind)
    except Refused as refused:
        answer, content = {"refused": str(refused)}, b""
    except MemoryError:
        answer, content = {"refused": TOO_MUCH}, b""
    else:
        answer = {}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


def drawn_again(raw: bytes, kind: FileKind) -> bytes:
    """The picture alone, upright, without anything that came with it; refuses one with too many pixels unread."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own bound is asked first, before a pixel is read
    try:
        with Image.open(io.BytesIO(raw), formats=[kind.upper()]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(TOO_MANY_PIXELS)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at half its size where that is enough
            picture.load()
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(ImageOps.exif_transpose(picture), kind)
    except (OSError, SyntaxError, ValueError, EOFError):
        raise Refused(DAMAGED) from None


def _written(picture: Image, kind: FileKind) -> bytes:
    has_shades = picture.mode in ("1", "L", "RGB", "RGBA") and not (kind is FileKind.JPEG and picture.mode == "RGBA")
    plain = picture if has_shades else picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    plain.info = {}
    out = io.BytesIO()
    plain.save(out, format=kind.upper(), **({"quality": 88} if kind is FileKind.JPEG else {}))
    return out.getvalue()


def plain_pdf(raw: bytes) -> bytes:
    """The PDF as it is; refuses one that is locked, damaged or something else as well, and one that can act."""
    # Loaded here, so that the library, which is what meets the file, stands under the limits.
    import pikepdf

    _refuse_two_things(raw)
    try:
        with pikepdf.open(io.BytesIO(raw), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise Refused(PROTECTED)
            _refuse_too_much(pdf)
            for each in pdf.objects:
                for key, value in _pairs(each):
                    _refuse_acting(key, value)
            _refuse_bombs(pdf)
    except pikepdf.PasswordError:
        raise Refused(PROTECTED) from None
    except (pikepdf.PdfError, zlib.error, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise Refused(DAMAGED) from None
    return raw


def _refuse_two_things(raw: bytes) -> None:
    if b"%%EOF" not in raw[-AFTER_THE_END:]:
        raise Refused(DAMAGED)
    if raw.rpartition(b"%%EOF")[2].strip(b"\r\n\t \0") or END_OF_ZIP in raw[-66_000:]:
        raise Refused(IS_TWO_THINGS)
    if any(each in raw[:AFTER_THE_END].lower() for each in MARKUP):
        raise Refused(IS_TWO_THINGS)


def _refuse_too_much(pdf: Pdf) -> None:
    if len(pdf.objects) > MOST_OBJECTS:
        raise Refused(TOO_MUCH)
    if len(pdf.pages) > MOST_PAGES:
        raise Refused(TOO_MANY_PAGES)
    if not len(pdf.pages):
        raise Refused(DAMAGED)


def _pairs(each: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Each key with its value in an object and in what lies directly in it; what it refers to comes by itself."""
    import pikepdf

    if depth > DEEPEST:
        raise Refused(DAMAGED)
    if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        # A stream's own keys; `items` of it are those of its dictionary.
        for key, value in each.items():
            yield key, value
            if not getattr(value, "is_indirect", False):
                yield from _pairs(value, depth + 1)
    elif isinstance(each, pikepdf.Array):
        for value in each:
            if not getattr(value, "is_indirect", False):
                yield from _pairs(value, depth + 1)


def _refuse_acting(key: str, value: Any) -> None:
    import pikepdf

    name = str(value) if isinstance(value, pikepdf.Name) else ""
    if key in SCRIPTS or (key == "/S" and name in SCRIPTS):
        raise Refused(HAS_SCRIPT)
    if key in FILES or (key in ("/Type", "/Subtype", "/S") and name in FILES):
        raise Refused(HAS_FILES)
    if key in ACTING or (key == "/S" and name in ACTIONS):
        raise Refused(HAS_ACTIONS)


def _refuse_bombs(pdf: Pdf) -> None:
    """Refuse what unpacks to too much: streams counted as they unpack, pictures by the pixels that they claim."""
    import pikepdf

    unpacked = 0
    for each in pdf.objects:
        if not isinstance(each, pikepdf.Stream):
            continue
        width, height = each.get("/Width", 0), each.get("/Height", 0)
        if int(width) * int(height) > MOST_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        unpacked += _size_unpacked(each)
        if unpacked > MOST_UNPACKED:
            raise Refused(TOO_MUCH)


def _size_unpacked(stream: Stream) -> int:
    """How many bytes a stream unpacks to; of a picture those that its own format packs again."""
    import pikepdf

    named = stream.get("/Filter", pikepdf.Array())
    filters = [str(each) for each in named] if isinstance(named, pikepdf.Array) else [str(named)]
    if filters and filters[-1] in OF_PICTURES:
        raw = stream.read_raw_bytes()
        if filters[:-1] == ["/FlateDecode"]:
            return len(zlib.decompressobj().decompress(raw, MOST_UNPACKED + 1))
        if set(filters[:-1]) <= OF_TEXT:
            return len(raw)
        raise Refused(TOO_MUCH)
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError:  # it does not unpack at all, or to more than there is memory for
        raise Refused(TOO_MUCH) from None


if __name__ == "__main__":
    main()
