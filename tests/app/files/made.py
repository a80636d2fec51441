"""Real files, made for a test: plain ones, and ones that must not be taken."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image


def pdf(change: Callable[[Pdf], None] = lambda _pdf: None, *, pages: int = 1, **saved: Any) -> bytes:
    """A PDF with blank pages, and what `change` does to it."""
    out = io.BytesIO()
    with Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 300))
        change(made)
        made.save(out, **saved)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    """A picture with shades, so that it has something to keep."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, format=kind, **saved)
    return out.getvalue()


def photograph_with_place() -> bytes:
    """A JPEG whose EXIF says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif)


def enormous_png() -> bytes:
    """A PNG of a few bytes that claims 60,000 by 60,000 pixels."""
    small = picture("PNG")
    header = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + small[24:29]
    return small[:8] + (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]


def scripted(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def script_in_link(pdf: Pdf) -> None:
    action = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])


def launching(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe"))


def with_attachment(pdf: Pdf) -> None:
    pdf.attachments["more.html"] = b"<script>alert(1)</script>"


def sending_form(pdf: Pdf) -> None:
    action = Dictionary(S=Name.SubmitForm, F=pikepdf.String("https://example.org"))
    field = pdf.make_indirect(Dictionary(FT=Name.Btn, T=pikepdf.String("send"), A=action))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def xfa_form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp:xdp/>"))


def bomb(pdf: Pdf) -> None:
    """Streams that unpack to 120 MB."""
    for _ in range(4):
        packed = zlib.compress(b" " * 30_000_000, 9)
        stream = pikepdf.Stream(pdf, packed)
        stream.Filter = Name.FlateDecode
        pdf.pages[0].Contents = pdf.make_indirect(stream)
        pdf.Root[f"/Kept{len(packed)}x{pdf.pages[0].Contents.objgen[0]}"] = pdf.pages[0].Contents


def bomb_in_bomb(pdf: Pdf) -> None:
    """A stream of a few kilobytes that is packed twice and unpacks to 400 MB."""
    stream = pikepdf.Stream(pdf, zlib.compress(zlib.compress(b"\0" * 400_000_000, 1), 9))
    stream.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    pdf.pages[0].Contents = pdf.make_indirect(stream)


def enormous_picture(pdf: Pdf) -> None:
    stream = pikepdf.Stream(pdf, zlib.compress(b"\0" * 1000))
    stream.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=60_000,
        Height=60_000,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray,
    )
    stream.Filter = Name.FlateDecode
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im=pdf.make_indirect(stream)))
