"""Redirects back to a requested page, without open redirects to other sites."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_return(wanted: str | None) -> str:
    """Return the requested URL if it is a path of this application, else Today's.

    Browsers treat `//host`, `/\\host` and URLs with control characters as other sites.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or "\\" in wanted:
        return "/"
    if not wanted.isprintable():
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted


def origin_of(url: str) -> str:
    """The origin of a URL, as browsers send it in `Origin`: scheme, host and a port that is not the scheme's own."""
    parts = urlsplit(url)
    own_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(own_port)}".lower()
