"""The PDF of a certificate, with the signed credential attached.

The decoration is a page background, which stays out of the tags; the QR code has a title, which becomes its alternative
text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

import segno
from markupsafe import Markup

from app.printing import pdf
from app.printing.fonts import is_plain
from app.printing.pdf import Attached
from training import badges

WHAT_IT_CARRIES = "The signed Open Badges 3.0 credential of this certificate"
# How wide a name may be in each size, in characters of which Chinese ones and emoji count twice.
SIZES = ((18, "short"), (36, "middling"), (80, "long"), (120, "longest"))


@dataclass(frozen=True)
class Print:
    """Everything on the certificate."""

    organisation: str
    printed_name: str
    title: str
    shows: str
    awarded_on: date
    valid_until: date
    minutes: int
    version_number: int
    code: str  # spaced, for reading
    verify_url: str
    token: str


def render(facts: Print) -> bytes:
    """The certificate as a PDF. Takes about a tenth of a second: keep it outside any transaction."""
    code = segno.make(facts.verify_url, error="m", micro=False).svg_inline(
        scale=1,
        border=0,
        omitsize=True,
        dark="#16183c",
        title="Code to check this certificate",
        svgclass="qr",
    )
    return pdf.printed(
        "certificates/certificate.html",
        "certificates/certificate.css",
        attached=Attached(badges.enveloped(facts.token), "credential.json", WHAT_IT_CARRIES),
        facts=facts,
        learning_time=learning_time(facts.minutes),
        name_size=name_size(facts.printed_name),
        is_plain=is_plain(facts.printed_name),
        code=Markup(code),  # noqa: S704  drawn by segno from an address of our own
    )


def learning_time(minutes: int) -> str:
    """“43 min”, “3 h 20 min”"""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def name_size(name: str) -> str:
    """The CSS class whose type size fits a name of this width: on two lines, and the widest on six."""
    width = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in name)
    return next((size for most, size in SIZES if width <= most), "widest")
