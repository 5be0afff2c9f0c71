"""How alike two texts are: the cosine of their vectors, whatever made those.

The default needs no model: TF-IDF over words and over their trigrams, so that `vessel_id` is near `vessel` and near
`vessels`, and what stands in every text (`id of the`) counts for little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import log, sqrt
from typing import TypeAlias

from synthtools_stream.wording.similarity import trigrams

__all__ = ["Likeness", "tfidf_likeness"]

Likeness: TypeAlias = Callable[[str, str], float]
"""The cosine of two of the texts that it was made for, at most 1."""


def tfidf_likeness(texts: Iterable[str]) -> Likeness:
    """Weigh words and trigrams by how few of `texts` have them."""
    counted = {text: Counter(_features(text)) for text in texts}
    holders = Counter(feature for features in counted.values() for feature in features)
    rarity = {feature: 1 + log((1 + len(counted)) / (1 + held)) for feature, held in holders.items()}
    vectors = {text: _unit({key: n * rarity[key] for key, n in features.items()}) for text, features in counted.items()}

    def likeness(one: str, other: str) -> float:
        vector = vectors[other]
        return sum(weight * vector.get(feature, 0.0) for feature, weight in vectors[one].items())

    return likeness


def _features(text: str) -> Iterator[str]:
    plain = "".join(character if character.isalnum() else " " for character in text.casefold())
    for word in plain.split() or [""]:
        yield f"{word}."
        # A set's order is the process's own, and the last digits of a sum depend on it.
        yield from sorted(trigrams(word))


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {feature: weight / length for feature, weight in vector.items()}
