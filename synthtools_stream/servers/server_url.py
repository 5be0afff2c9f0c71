"""Where a server's routes may lie, of the address that a user gave."""

from __future__ import annotations

import re

from yarl import URL

from synthtools_stream.errors import UsageError

__all__ = ["api_bases", "server_root"]

_VERSION = re.compile(r"v\d+(alpha|beta)?\d*")
_ENDPOINT = re.compile(r"/chat/completions$|(?<=/v1)/(chat|completions|models|responses)$")
"""What users paste along with the base: the endpoint that some page shows."""


def server_root(url: str) -> str:
    """Return where a server's routes begin: `http://h:8000/v1/` and `h:8000` both give `http://h:8000`.

    :raises UsageError: if `url` is not an http address.
    """
    said = _base(_address(url))
    short = said.removesuffix("/v1").rstrip("/")
    return said if _has_version(short) else short


def api_bases(url: str) -> tuple[str, ...]:
    """Return what may stand before `/chat/completions`, likeliest first: what the address says, then its `/v1`.

    An address without a path says nothing of it, so there `/v1` comes first, as nearly everywhere.

    :raises UsageError: if `url` is not an http address.
    """
    address = _address(url)
    said = _base(address)
    path = URL(said).path.rstrip("/")
    if _VERSION.fullmatch(path.rpartition("/")[2]):
        return (said,)
    bases = (said, f"{said}/v1")
    return bases if path or said != address else bases[::-1]


def _address(url: str) -> str:
    text = url.strip() if "://" in url else f"http://{url.strip()}"
    try:
        parsed = URL(text)
        parsed.port  # noqa: B018 - yarl reads the port only when it is asked for
    except ValueError as error:
        raise UsageError(f"{url!r} is no server URL: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UsageError(f"{url!r} is no server URL; one looks like http://localhost:8000")
    return str(parsed.with_query(None).with_fragment(None)).rstrip("/")


def _base(address: str) -> str:
    return _ENDPOINT.sub("", address).rstrip("/")


def _has_version(url: str) -> bool:
    return any(_VERSION.fullmatch(part) for part in URL(url).path.split("/"))
