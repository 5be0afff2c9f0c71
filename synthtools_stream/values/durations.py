"""Durations as people write them, `90` or `1.5` seconds, `45s`, `2h30m`, `1d`, and times such as `2026-03-14T09:00`."""

from __future__ import annotations

import re
from datetime import datetime

from synthtools_stream.errors import ConfigError

__all__ = ["seconds_of", "seconds_until"]

_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")
_UNITS = (86_400, 3_600, 60, 1)
"""Seconds of a day, an hour, a minute and a second: the groups of `_SPAN`."""


def seconds_of(span: str) -> float | None:
    """Return how many seconds a span such as `2h30m` has; None for what is none."""
    text = span.strip().lower()
    found = _SPAN.fullmatch(text)
    if not text or found is None:
        return None
    return sum(float(part) * unit for part, unit in zip(found.groups(), _UNITS, strict=True) if part)


def seconds_until(deadline: str, now: datetime) -> float:
    """Return how long it is until a deadline, 0 if it has passed; a time without a zone is local time.

    :raises ConfigError: when it is neither a span nor a time.
    """
    span_s = seconds_of(deadline)
    if span_s is not None:
        return span_s
    try:
        when = datetime.fromisoformat(deadline.strip())
    except ValueError as error:
        raise ConfigError(
            f"deadline: {deadline!r} is neither seconds, nor a span such as 2h30m, nor a time such as 2026-03-14T09:00"
        ) from error
    return max(0.0, (when.astimezone() - now).total_seconds())
