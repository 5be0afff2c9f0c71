"""File, folder and class names made of ids and names that a model, or anybody, may have written."""

from __future__ import annotations

from hashlib import blake2b

from synthtools_stream.values.slugs import slug

__all__ = ["safe_class_name", "safe_name", "safe_number"]

_DIGEST_BYTES = 5
"""Of a million names, two get the same digest with a probability of 0.4; they would need the same words besides."""
_STEM = 48
"""Characters of words: with the digest, well below what any file system takes."""


def safe_name(text: str) -> str:
    """Return lower-case words and a digest, `bee_keeping_spec_001_seq02-3fa1…`: another text has another name."""
    stem = slug(text)[:_STEM].strip("_")
    return f"{stem}-{_digest(text)}" if stem else _digest(text)


def safe_class_name(text: str) -> str:
    """Return the same as a Python class's name: `BeeKeepingSpec001Seq02_3fa1…`."""
    words = "".join(word.capitalize() for word in slug(text)[:_STEM].split("_"))
    return f"World{words}_{_digest(text)}"


def safe_number(text: str) -> int:
    """Return a whole number of at most 15 digits, which JSON readers keep exactly."""
    return int.from_bytes(_bytes(text, 8)) % 10**15


def _digest(text: str) -> str:
    return _bytes(text, _DIGEST_BYTES).hex()


def _bytes(text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
