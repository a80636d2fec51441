"""The kinds of file that the store holds, and the bounds within which files of people are taken."""

from __future__ import annotations

from enum import StrEnum

LARGEST_FILE = 5 * 1_000_000  # bytes of one file from a person
MOST_PIXELS = 50_000_000  # of one picture; the photographs of most telephones have 12 to 50 million
LONGEST_SIDE = 3_500  # pixels of a picture as it is kept: a page of A4 at 300 dots per inch
MOST_PAGES = 50  # of a PDF
MOST_OBJECTS = 20_000  # in a PDF of that many pages
MOST_UNPACKED = 100_000_000  # bytes of all that is packed in a PDF

CHILD_SECONDS = 20  # from start to end
CHILD_PROCESSOR_SECONDS = 15
CHILD_MEMORY = 768 * 1024 * 1024  # bytes of address space: 250 MB for Python and the libraries, 500 for a picture


class FileKind(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    JWT = "jwt"  # a signed credential as text
    ZIP = "zip"  # made by Nightlight itself; never taken from people

    @property
    def mimetype(self) -> str:
        """The media type under which it is sent."""
        return MIMETYPES[self]

    @property
    def ending(self) -> str:
        """The ending of its name."""
        return "jpg" if self is FileKind.JPEG else str(self)

    @property
    def words(self) -> str:
        """What pages call it."""
        return "signed badge" if self is FileKind.JWT else self.upper()


MIMETYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.JWT: "application/jwt",
    FileKind.ZIP: "application/zip",
}
