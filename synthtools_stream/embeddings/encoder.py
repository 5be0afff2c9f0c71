"""An encoder: how alike texts are, by a model's vectors or by the words that they share.

A model is asked through the reply log like any other: a resume asks nothing twice, and has the same vectors, also where
a server rounds otherwise on another day.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from operator import mul
from typing import Protocol

from synthtools_stream.asking.origin import Origin
from synthtools_stream.asking.reply_source import Replies
from synthtools_stream.chat.language_model import ChatRequest, LanguageModel, Message, Sampling
from synthtools_stream.chat.vector_text import Vector, read_vectors
from synthtools_stream.errors import UnreadableAnswer
from synthtools_stream.toolgraph.likeness import Likeness, tfidf_likeness

__all__ = ["ROLE", "SENTENCE_THRESHOLD", "Encoder", "ModelEncoder", "TfidfEncoder"]

SENTENCE_THRESHOLD = 0.82
"""Cosine from which sentence encoders take two parameters for the same thing: ToolFlow's figure."""
BATCH = 128
"""Texts of one request: an environment has about as many, and no server that we know takes fewer."""
ROLE = "embedder"
"""Under which replies are logged and counted."""


class Encoder(Protocol):
    """Says how alike texts are."""

    @property
    def threshold(self) -> float | None:
        """Cosine from which two texts mean the same; None where no number says it."""
        ...

    async def likeness(self, texts: Sequence[str], origin: Origin) -> Likeness:
        """Return the cosine of any two of `texts`, on behalf of `origin`.

        :raises TransportError: when a model could not be reached.
        """
        ...


class TfidfEncoder:
    """Compares words and trigrams; asks nobody."""

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = threshold

    async def likeness(self, texts: Sequence[str], origin: Origin) -> Likeness:  # noqa: ARG002 - as in Encoder
        """Return the cosine of any two of `texts`."""
        return tfidf_likeness(texts)


class ModelEncoder:
    """Asks an embedding model, whose replies are `vectors_text`."""

    def __init__(self, model: LanguageModel, replies: Replies, threshold: float = SENTENCE_THRESHOLD) -> None:
        self._model = model
        self._replies = replies
        self.threshold: float | None = threshold

    async def likeness(self, texts: Sequence[str], origin: Origin) -> Likeness:
        """Return the cosine of any two of `texts`, which are sent in batches.

        :raises TransportError: when the model could not be reached, or answered something else.
        """
        distinct = sorted({*texts})  # the same requests, in whatever order the tools stand
        vectors: dict[str, Vector] = {}
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            vectors.update(zip(batch, await self._vectors(batch, origin), strict=True))
        return lambda one, other: sum(map(mul, vectors[one], vectors[other]))

    async def _vectors(self, texts: Sequence[str], origin: Origin) -> list[Vector]:
        request = ChatRequest(
            model=self._model.model,
            messages=tuple(Message("user", text) for text in texts),
            sampling=Sampling(max_tokens=0),
            seed=zlib.crc32("\0".join(texts).encode()) >> 1,  # tells requests apart; nothing is drawn
            schema_name=ROLE,
            stage=origin.stage,
            session=origin.session,
        )
        reply = await self._replies.get(self._model, request, role=ROLE, item=origin.item)
        origin.usage.read()
        origin.usage.accept(reply.usage)
        try:
            return read_vectors(reply.text, len(texts))
        except ValueError as error:
            raise UnreadableAnswer(f"{self._model.model}: the embeddings cannot be read: {error}") from error
