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
