"""Vectors as the text of a reply: an embedding model is asked and logged like any other model.

A vector is a line: half floats, little-endian, in base64. It is brought to length 1 first, so that halves have room for
its digits: some three of them, which is more than a threshold on a cosine needs, in a quarter of the space.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Iterable, Sequence

__all__ = ["Vector", "read_vectors", "vectors_text"]

Vector = tuple[float, ...]


def vectors_text(vectors: Iterable[Sequence[float]]) -> str:
    """Return vectors as text.

    :raises ValueError: for one without a direction: of zeros, of no numbers, or with a number that is not finite.
    """
    return "\n".join(_line(vector) for vector in vectors)


def read_vectors(text: str, count: int) -> list[Vector]:
    """Return the `count` vectors of a text, each of length 1 but for rounding.

    :raises ValueError: where there are others.
    """
    lines = text.split("\n")
    vectors = [_vector(line) for line in lines]
    if len(lines) != count or len({len(vector) for vector in vectors}) != 1:
        raise ValueError(f"{count} vectors of one size are wanted, not {len(lines)} lines")
    return vectors


def _line(vector: Sequence[float]) -> str:
    length = math.hypot(*vector)
    if not (length and math.isfinite(length)):
        raise ValueError("a vector without a direction")
    halves = struct.pack(f"<{len(vector)}e", *(value / length for value in vector))
    return base64.b64encode(halves).decode()


def _vector(line: str) -> Vector:
    try:
        halves = base64.b64decode(line, validate=True)
        return struct.unpack(f"<{len(halves) // 2}e", halves)
    except (binascii.Error, struct.error) as error:
        raise ValueError("a line that is no vector") from error
