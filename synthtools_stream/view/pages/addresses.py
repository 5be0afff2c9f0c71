"""Where a row's page is, and what stands at which place of it: the one writer of links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

__all__ = [
    "anchor",
    "compare_address",
    "list_address",
    "message_anchor",
    "raw_address",
    "request_address",
    "row_address",
    "step_anchor",
    "text_fragment",
]

_ODD = re.compile(r"[^A-Za-z0-9-]")


def row_address(kind: str, row_id: str) -> str:
    """Return the address of a row's page; a fragment may follow."""
    return f"/{kind}/{_segment(row_id)}"


def raw_address(kind: str, row_id: str) -> str:
    """Return the address of a row as JSON."""
    return f"/raw/{kind}/{_segment(row_id)}"


def request_address(attempt_id: str, message: int) -> str:
    """Return the address of the request to which an attempt's message was the answer."""
    return f"/requests/{_segment(attempt_id)}/{message}"


def compare_address(one: str, other: str) -> str:
    """Return the address at which two attempts stand side by side."""
    return f"/compare?{urlencode({'one': one, 'other': other}, errors='surrogatepass')}"


def list_address(kind: str, filters: Mapping[str, str] | None = None) -> str:
    """Return the address of a list of rows; filters without a value are left out."""
    chosen = {name: value for name, value in (filters or {}).items() if value}
    return f"/{kind}?{urlencode(chosen, errors='surrogatepass')}" if chosen else f"/{kind}"


def _segment(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def text_fragment(terms: Sequence[str]) -> str:
    """Return what makes a browser go to the first of `terms` on a page, and mark it; empty where there are none."""
    # A hyphen and a comma mean something in such a fragment, so they may not stand for themselves.
    return f"#:~:text={_segment(terms[0]).replace('-', '%2D')}" if terms else ""


def step_anchor(index: int) -> str:
    """Return the id of a step on its page, counted from 0 as in the row."""
    return f"step-{index}"


def message_anchor(index: int) -> str:
    """Return the id of a message on an attempt's page, counted from 0 as in the row."""
    return f"message-{index}"


def anchor(*parts: str | int) -> str:
    """Return an id for the place that `parts` name: letters, digits and hyphens stand for themselves, `/` is a point.

    Different parts give different ids; keys that a model wrote become no more than an id's characters.
    """
    return "_".join(_ODD.sub(_escaped, str(part)) for part in parts)


def _escaped(match: re.Match[str]) -> str:
    return "." if match[0] == "/" else f":{ord(match[0]):x}:"
