"""A dialect: the names and shapes in which one server takes our requests, and how to find it from its refusals.

It is applied on the wire only, after a request's digest was taken, so an old run goes on with any server; and what the
plain dialect sends is byte for byte what was digested.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, ToolCall
from synthtools_stream.chat.wire import encode, to_body
from synthtools_stream.errors import Rejection, UsageError
from synthtools_stream.servers.alternating_turns import alternating
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["PLAIN", "Dialect", "adapt", "with_keys"]

CALL_ID_LENGTH = 9
"""Letters and digits of a tool call's id that some chat templates insist on: no more and no fewer."""
_CALL_ID = re.compile(r"[A-Za-z0-9]{9}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Dialect:
    """What a server takes; the defaults are what nearly all take."""

    length: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """What the bound of a reply's tokens is called."""
    system: Literal["system", "user"] = "system"
    """Whether there are system messages, or they become the beginning of the next user message."""
    call_ids: Literal["any", "nine"] = "any"
    """Whether any text is the id of a tool call, or just nine letters and digits."""
    turns: Literal["any", "alternate"] = "any"
    """Whether a speaker may go on after himself, and call several tools at once; else speakers alternate strictly."""
    null_content: bool = True
    """Whether a message that only calls tools may have null as its content; else it is an empty text."""
    temperature: bool = True
    top_p: bool = True
    seed: bool = True
    strict: bool = True
    """Whether a schema may come with `strict`."""
    response_format: bool = True
    pinned: frozenset[str] = field(default=frozenset(), compare=False)
    """Keys that were set by hand, and so are kept whatever a server says."""

    def body(self, request: ChatRequest) -> bytes:
        """Return what is sent for `request`."""
        if self == PLAIN:
            return encode(request)
        body = to_body(replace(request, messages=self._messages(request.messages)))
        body[self.length] = body.pop("max_tokens")
        for key, taken in (("temperature", self.temperature), ("top_p", self.top_p), ("seed", self.seed)):
            if not taken:
                del body[key]
        wanted = body.get("response_format")
        if isinstance(wanted, dict) and not self.response_format:
            del body["response_format"]
        elif isinstance(wanted, dict) and isinstance(wanted["json_schema"], dict) and not self.strict:
            del wanted["json_schema"]["strict"]
        return orjson.dumps(body)

    def told(self) -> str:
        """Return in words what is not plain; empty where all is."""
        plain = PLAIN.to_json()
        return ", ".join(f"{key} {_word(value)}" for key, value in self.to_json().items() if value != plain[key])

    def to_json(self) -> JsonObject:
        """Return the dialect as a JSON object."""
        return {key: value for key, value in asdict(self).items() if key != "pinned"}

    def _messages(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        kept: list[Message] = []
        folded: list[str] = []
        for message in messages:
            if message.role == "system" and self.system == "user":
                folded.append(message.content or "")
                continue
            if folded and message.role == "user":
                message = replace(message, content="\n\n".join([*folded, message.content or ""]))
                folded = []
            kept.append(message)
        if folded:
            kept.append(Message("user", "\n\n".join(folded)))
        turns = kept if self.turns == "any" else alternating(kept)
        return tuple(map(self._message, turns))

    def _message(self, message: Message) -> Message:
        if message.content is None and not self.null_content:
            message = replace(message, content="")
        if self.call_ids == "any":
            return message
        calls = tuple(ToolCall(_nine(call.id), call.name, call.arguments) for call in message.tool_calls)
        call_id = None if message.tool_call_id is None else _nine(message.tool_call_id)
        return replace(message, tool_calls=calls, tool_call_id=call_id)


PLAIN = Dialect()

_WAYS: tuple[tuple[re.Pattern[str], str, str | bool], ...] = (
    (re.compile(r"max_(completion_)?tokens"), "length", "max_completion_tokens"),
    (re.compile(r"tool.?call.{0,20}id|\bid\b.{0,60}tool.?call|a-zA-Z0-9", re.IGNORECASE), "call_ids", "nine"),
    (re.compile(r"alternat|consecutive|in a row|(single|one) tool.?call", re.IGNORECASE), "turns", "alternate"),
    (re.compile(r"system|developer|\broles?\b", re.IGNORECASE), "system", "user"),
    (re.compile(r"temperature"), "temperature", False),
    (re.compile(r"top_p"), "top_p", False),
    (re.compile(r"seed"), "seed", False),
    (re.compile(r"strict"), "strict", False),
    (re.compile(r"content.{0,60}(null|none|string|required|empty)", re.IGNORECASE), "null_content", False),
    (re.compile(r"response_format|schema|grammar|guided", re.IGNORECASE), "response_format", False),
)
"""Words by which servers refuse a shape, and the key that answers them with its value; what costs least comes first."""


async def adapt(
    dialect: Dialect, request: ChatRequest, refused: Rejection, send: Callable[[Dialect], Awaitable[ChatReply]]
) -> tuple[Dialect, ChatReply]:
    """Find a dialect in which a request that was refused is answered.

    What the refusal speaks of is tried first. Where another refusal follows, that much was right, and one goes on from
    there; a guess that the server did not name has to bring an answer.

    :raises Rejection: the last refusal, where nothing helps.
    :raises UsageError: where that is because the user has set by hand what is refused.
    """
    for _ in _WAYS:
        for candidate, named in _alternatives(dialect, request, refused.detail):
            try:
                return candidate, await send(candidate)
            except Rejection as error:
                if error.reason != "refused_request":
                    raise
                if named and _shape(error.detail) != _shape(refused.detail):
                    dialect, refused = candidate, error
                    break
        else:
            break
    if key := _refused_by_hand(dialect, request, refused.detail):
        raise UsageError(f"[server] sets {key}, and the server refuses that: {refused.detail}")
    raise refused


def _alternatives(dialect: Dialect, request: ChatRequest, said: str) -> Iterator[tuple[Dialect, bool]]:
    """Yield other dialects, and whether the server's words speak of what is different in them."""
    sent = dialect.body(request)
    for named in (True, False):
        for words, key, value in _WAYS:
            if (words.search(said) is not None) is not named or key in dialect.pinned:
                continue
            other = with_keys(dialect, {key: value})
            if other.body(request) != sent:
                yield other, named


def with_keys(dialect: Dialect, keys: Mapping[str, str | bool]) -> Dialect:
    """Return the dialect with some keys set; the names and values are checked where they come from."""
    changed: dict[str, Any] = {**keys}
    return replace(dialect, **changed)


def _refused_by_hand(dialect: Dialect, request: ChatRequest, said: str) -> str:
    """Return the key set by hand that a refusal speaks of; empty where there is none."""
    sent = dialect.body(request)
    for words, key, value in _WAYS:
        if key in dialect.pinned and words.search(said) and with_keys(dialect, {key: value}).body(request) != sent:
            return key
    return ""


def _nine(text: str) -> str:
    if _CALL_ID.fullmatch(text):
        return text
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:CALL_ID_LENGTH]


def _shape(said: str) -> str:
    return _DIGITS.sub("0", said)


def _word(value: object) -> str:
    return "left out" if value is False else f"as {value}"
