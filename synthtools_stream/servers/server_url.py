"""Where a server's routes begin, of the address that a user gave."""

from __future__ import annotations

import re

from yarl import URL

from synthtools_stream.errors import UsageError

__all__ = ["api_base", "server_root"]

_VERSION = re.compile(r"v\d+(alpha|beta)?\d*")


def server_root(url: str) -> str:
    """Return where a server's routes begin: `http://h:8000/v1/` and `h:8000` both give `http://h:8000`.

    :raises UsageError: if `url` is not an http address.
    """
    text = url.strip() if "://" in url else f"http://{url.strip()}"
    try:
        parsed = URL(text)
        parsed.port  # noqa: B018 - yarl reads the port only when it is asked for
    except ValueError as error:
        raise UsageError(f"{url!r} is no server URL: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"{url!r} is no server URL; one looks like http://localhost:8000")
    root = str(parsed.with_query(None).with_fragment(None)).rstrip("/")
    root = root.removesuffix("/chat/completions").rstrip("/")
    short = root.removesuffix("/v1").rstrip("/")
    return root if _has_version(short) else short


def api_base(root: str) -> str:
    """Return what stands before `/chat/completions`: a path that says a version already, as `/api/paas/v4`, stays."""
    return root if _has_version(root) else f"{root}/v1"


def _has_version(url: str) -> bool:
    return any(_VERSION.fullmatch(part) for part in URL(url).path.split("/"))
