"""An OpenAI-compatible endpoint for embeddings, asked through the same seam as one for chats.

The request's messages are the texts, and the reply's text the vectors: so it stands behind the same gate and balancer,
and its replies in the same log.
"""

from __future__ import annotations

import math

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Usage
from synthtools_stream.chat.vector_text import vectors_text
from synthtools_stream.errors import BackendGone, Rejection, UnreadableAnswer
from synthtools_stream.servers.answer_body import read_json
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.refusals import refusal
from synthtools_stream.values.jsontypes import Json

__all__ = ["EmbeddingEndpoint"]


class EmbeddingEndpoint(HttpEndpoint):
    """A LanguageModel whose replies are `vectors_text`; wrap it in a gate and a balancer."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return the vectors of the request's messages, in one try.

        :raises TransportError: if it may work later, or elsewhere.
        :raises BackendGone: if the server has no embeddings, or refuses what we send.
        """
        texts = [message.content or "" for message in request.messages]
        body = orjson.dumps({"model": self.model, "input": texts, "encoding_format": "float"})
        answer = await self.fetch("POST", f"{self.base}/embeddings", body)
        if answer.status != 200:
            error = refusal(self.root, self.model, answer.status, answer.headers, self._scrubbed(answer.body))
            if isinstance(error, Rejection):  # short texts of our own tools: what is refused here is refused always
                raise BackendGone(f"{self.root} refuses to embed our texts: {error.detail}") from error
            raise error
        answered = read_json(answer.body)
        try:
            text = vectors_text(_vectors(answered, len(texts)))
        except ValueError as error:
            raise UnreadableAnswer(f"{self.root}: no embeddings in the answer: {error}") from error
        return ChatReply(text, usage=_usage(answered), model=self.model, endpoint=self.root)


def _vectors(answered: Json, count: int) -> list[list[float]]:
    """Return the vectors of an answer, in the order of the texts.

    :raises ValueError: where there are not `count` of them.
    """
    data = answered.get("data") if isinstance(answered, dict) else None
    entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    placed = {entry.get("index"): entry.get("embedding") for entry in entries}
    if len(entries) != count or placed.keys() != set(range(count)):
        raise ValueError(f"{count} texts were sent, and {len(entries)} vectors came")
    return [_numbers(placed[index]) for index in range(count)]


def _numbers(vector: Json) -> list[float]:
    numbers = [value for value in vector if isinstance(value, (int, float))] if isinstance(vector, list) else []
    if not isinstance(vector, list) or len(numbers) != len(vector) or not all(map(math.isfinite, numbers)):
        raise ValueError("a vector that is no list of numbers")
    return [float(number) for number in numbers]


def _usage(answered: Json) -> Usage:
    usage = answered.get("usage") if isinstance(answered, dict) else None
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return Usage(tokens if isinstance(tokens, int) else 0)
