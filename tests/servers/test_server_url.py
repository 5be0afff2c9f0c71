"""Where a server's routes begin, however its address is written."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.servers.server_url import api_bases, server_root


@pytest.mark.parametrize(
    "url",
    [
        "http://h:8000",
        "http://h:8000/",
        "http://h:8000/v1",
        "http://h:8000/v1/",
        "h:8000",
        "http://h:8000/v1/chat/completions",
    ],
)
def test_urls_are_normalised(url: str) -> None:
    """However the address is written, it is the same server."""
    assert server_root(url) == "http://h:8000"


def test_url_keeps_prefix() -> None:
    """A path before /v1 stays."""
    assert server_root("https://gateway/openai/v1") == "https://gateway/openai"


@pytest.mark.parametrize(
    ("url", "bases"),
    [
        ("http://h:8000", ["http://h:8000/v1", "http://h:8000"]),
        ("http://h:8000/chat/completions", ["http://h:8000", "http://h:8000/v1"]),
        ("http://h/openai/v1", ["http://h/openai/v1"]),
        ("http://h/api/paas/v4/", ["http://h/api/paas/v4"]),
        ("http://h/v1beta/openai", ["http://h/v1beta/openai", "http://h/v1beta/openai/v1"]),
        ("http://h/v2/models/big/v1", ["http://h/v2/models/big/v1"]),
        ("http://h/api/paas/v4/chat/completions", ["http://h/api/paas/v4"]),
        ("https://h/openai", ["https://h/openai", "https://h/openai/v1"]),
        ("https://h/openai/chat/completions?api=2", ["https://h/openai", "https://h/openai/v1"]),
        ("https://h/api/v1/chat", ["https://h/api/v1"]),
        ("https://h/v1/models", ["https://h/v1"]),
        ("https://h/chat", ["https://h/chat", "https://h/chat/v1"]),
    ],
)
def test_bases(url: str, bases: list[str]) -> None:
    """What the address says comes first, then its `/v1`; where the path ends in a version, none is appended."""
    assert [*api_bases(url)] == bases


@pytest.mark.parametrize("url", ["ftp://h", "http://", "http://h:port", ""])
def test_bad_urls(url: str) -> None:
    """What is no http address is named."""
    with pytest.raises(UsageError, match="is no server URL"):
        server_root(url)
