"""A page that says one thing: what is not there, or cannot be shown, and what stands in its place."""

from __future__ import annotations

from synthtools_stream.view.pages.page import Page

__all__ = ["message_page"]


def message_page(title: str, text: str, line: str = "") -> Page:
    """Return a page with a message; `line` is what was to be a row."""
    return Page("message.html", title, {"text": text, "line": line})
