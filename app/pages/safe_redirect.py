"""Going back to where somebody wanted to be, without being led astray."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_return(wanted: str | None) -> str:
    """The wanted address if it is a path of our own, else Today.

    Browsers read `//host`, `/\\host` and addresses with control characters as other sites.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return "/"
    if not wanted.isprintable():
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted
