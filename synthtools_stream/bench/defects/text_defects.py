"""What any model does wrong: it breaks off, or writes what is no JSON."""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["TEXT_WAYS"]


def cut_off(text: str, rng: random.Random) -> str:
    """End too early."""
    return text[: max(1, int(len(text) * rng.uniform(0.3, 0.9)))]


def malformed(text: str, rng: random.Random) -> str:
    """Forget a colon, use single quotes, or close nothing."""
    return rng.choice([text.replace('":', '"', 1), text.replace('"', "'"), text.rstrip("}") + ","])


def chatty(text: str, rng: random.Random) -> str:  # noqa: ARG001 - one of many ways
    """Talk instead of answering."""
    return "I am sorry, I cannot answer this in the form that you ask for."


# By name, as ledgers tell them.
TEXT_WAYS: dict[str, Callable[[str, random.Random], str]] = {way.__name__: way for way in (cut_off, malformed, chatty)}
