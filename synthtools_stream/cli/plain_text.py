"""Text from models and datasets on a terminal: data, never control."""

from __future__ import annotations

import unicodedata

__all__ = ["counted", "duration", "printable", "quantity"]


def printable(text: str, limit: int = 2000) -> str:
    """Return `text` as one line without control characters, cut at `limit` characters.

    Escapes, line breaks and bidirectional overrides from a tool description must not move the cursor or hide text.
    """
    shown = "".join(" " if character in "\n\t\r" else character for character in text[: limit + 1])
    shown = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else "·" for c in shown)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: `1 task`, `2,048 tasks`; `many` where the plural is not made by an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """Return `1h02m`, `3m20s` or `12s`; a dash for None."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"


def quantity(count: float) -> str:
    """Return a count that people can read at a glance: 950, 12.3k, 4.5M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if count >= size:
            return f"{count / (1e3 if unit == 'k' else size):.1f}{unit}"
    return f"{count:,.0f}"
