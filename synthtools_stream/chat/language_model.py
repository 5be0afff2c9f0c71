"""The one-method seam between us and any language model.

A request carries what goes over the wire, and two scheduling hints (`stage`, `session`) that are never sent and
decide nothing in the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from synthtools_stream.errors import TransportError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ChatReply", "ChatRequest", "EmptyAnswer", "LanguageModel", "Message", "Sampling", "ToolCall", "Usage"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for in `native` mode; `arguments` is JSON text as received."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw from the model."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 2048


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a server is sent."""

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling
    seed: int
    """Non-negative, below 2**31."""
    schema_name: str = ""
    schema: JsonObject | None = None
    """JSON schema that the reply's text must fulfil; servers that can, enforce it."""
    tools: tuple[JsonObject, ...] = ()
    """OpenAI function definitions (`native` mode)."""
    stage: str = ""
    """The stage that asks: the gate serves what is nearest the end of the pipeline first."""
    session: str = ""
    """Affinity key (environment id): neighbours in a server's prefix cache."""
    encoded: bytes | None = field(default=None, init=False, repr=False, compare=False)
    """The request as bytes, kept by `wire.encode`; `replace` does not take it over."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the model reports them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return both together."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
        )


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What a server answered."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    finish_reason: str = "stop"
    """`stop`, `length`, `tool_calls` or `content_filter`."""
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    endpoint: str = ""
    """Address that answered, where there are several; goes to `timing` and nowhere else."""


class EmptyAnswer(TransportError):
    """A server answered well-formed nothing: mostly a fault that passes, now and then all that the model has to say.

    So it is asked again a few times, and then `reply` is taken for the answer.
    """

    def __init__(self, message: str, reply: ChatReply) -> None:
        super().__init__(message)
        self.reply = reply


class LanguageModel(Protocol):
    """A backend: it answers requests, any number at once, until it is closed."""

    @property
    def model(self) -> str:
        """Name of the model that answers, as it stands in `meta.model`."""
        ...

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request.

        :raises TransportError: when this request failed after its retries: the item fails and is tried by the next run.
        :raises Rejection: when the request itself is refused, such as one too long for the context.
        :raises BackendGone: when nothing will ever be answered again.
        """
        ...

    async def aclose(self) -> None:
        """Free what the backend holds; idempotent."""
        ...
