"""The bounds of every variable part of an address: what is outside them is no page, before any code sees it.

They replace Werkzeug's own converters, which take numbers and texts of any size, so that a route written as `<int:…>`
or `<…>` is bounded by itself.
"""

from __future__ import annotations

from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import BaseConverter, IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # what an INTEGER column of PostgreSQL holds
LONGEST_PART = 500  # characters; the longest of ours, the token of a one-time link, has 66
LONGEST_PATH = 300  # characters, of a file


class WholeNumber(IntegerConverter):
    """`<int:…>`: an id or another number, from 0 to `LARGEST_ID`, in plain figures."""

    regex = "(?:0|[1-9][0-9]{0,9})"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


class Text(BaseConverter):
    """`<…>`: a name, a code or a token, of one part of the path."""

    regex = f"[^/]{{1,{LONGEST_PART}}}"
    part_isolating = True


class FilePath(BaseConverter):
    """`<path:…>`: the path of a file; for Flask's own route of static files."""

    regex = f"[^/].{{0,{LONGEST_PATH - 1}}}"
    part_isolating = False
    weight = 200


class BoundedMap(Map):
    """A map of routes that knows these converters only."""

    default_converters = ImmutableDict({"default": Text, "int": WholeNumber, "path": FilePath})
