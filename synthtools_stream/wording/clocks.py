"""Times of day as written, with 24 hours or twice 12: 15:00, 3:00 PM, 3 p.m., noon. 9:30 PM is not 09:30.

Without AM or PM a time is one of 24 hours. Of those of twice 12, twelve opens its half: 12 AM is midnight, 12 PM noon.
"""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache

__all__ = ["clock_pattern", "find_clock", "parse_clock"]

_HALF = r" ?[ap](?:\.m\b\.?|m\b)"
_WRITTEN = re.compile(rf"(\d{{1,2}})(?::(\d{{2}})(?::(\d{{2}}))?)?({_HALF})?", re.IGNORECASE)
_NOON = 12
"""Hours of half a day."""


def parse_clock(text: str) -> time | None:
    """Read a text that is a time of day and nothing else; a bare number needs its AM or PM to be one."""
    found = _WRITTEN.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        afternoon = "p" in found[4].lower()
        if _NOON < hour < 24 and afternoon:  # 15:00 PM says one thing twice
            hour -= _NOON
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if afternoon else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def find_clock(text: str, value: str, clock: time) -> str | None:
    """Return the words of `text` that say the time of day which `value` says; best those that are `value` itself."""
    found = [match[0] for match in _alone(clock).finditer(text)]
    lower = value.lower()
    return min(found, key=lambda words: (words != value, words.lower() != lower), default=None)


@lru_cache(maxsize=2048)
def _alone(clock: time) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?<!\d:)(?<!\w-){clock_pattern(clock)}(?!\w|-\w)", re.IGNORECASE)


def clock_pattern(clock: time) -> str:
    """Return the pattern of all ways to say a time of day, for a larger pattern that ignores case."""
    hour, minute = clock.hour, f"{clock.minute:02d}"
    seconds = f":{clock.second:02d}" if clock.second else r"(?::00)?"
    half = rf" ?{'p' if hour >= _NOON else 'a'}(?:\.m\b\.?|m\b)"
    of_twelve = hour % _NOON or _NOON
    spoken = of_twelve if of_twelve == hour else rf"(?:{of_twelve}|{hour})"
    forms = [
        rf"0?{hour}:{minute}{seconds}(?!\d|:\d|{_HALF})",
        rf"0?{spoken}:{minute}{seconds}{half}",
    ]
    if not clock.minute and not clock.second:
        forms.append(rf"0?{of_twelve}{half}")
        forms.extend({0: ["midnight"], _NOON: ["noon"]}.get(hour, []))
    return rf"(?:{'|'.join(forms)})"
