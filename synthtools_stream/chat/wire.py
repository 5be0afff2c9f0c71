"""The OpenAI chat-completions format, both ways: one codec for clients, for our own server and for the digests.

The embedded model is given what `from_body(to_body(request))` gives, so it sees exactly what a server sees.
`from_…` is tolerant of what it does not know and strict about what it needs.
"""

from __future__ import annotations

import hashlib
from typing import Literal, TypeGuard

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, ToolCall, Usage
from synthtools_stream.errors import Rejection, TransportError, UnreadableAnswer
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "encode",
    "error_text",
    "from_body",
    "from_response",
    "message_to",
    "new_digest",
    "note_encoded",
    "request_digest",
    "to_body",
    "to_response",
]

_Speaker = Literal["system", "user", "assistant", "tool"]
# What servers call the endings that we tell apart; anything else counts as `stop`.
_FINISHES = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


def request_digest(request: ChatRequest) -> str:
    """Return the key of a request in reply logs: 32 hexadecimal digits over its body, seed and model included.

    Keys are not sorted: `to_body` has one order, and in a schema the order of the properties means something.
    """
    return new_digest(encode(request)).hexdigest()


def new_digest(begun: bytes) -> hashlib.blake2b:
    """Begin the digest of a body with its first bytes."""
    return hashlib.blake2b(begun, digest_size=16)


def encode(request: ChatRequest) -> bytes:
    """Return `to_body(request)` as JSON text, made once for digest and transport; `encoding` makes it cheaper."""
    return request.encoded if request.encoded is not None else note_encoded(request, orjson.dumps(to_body(request)))


def note_encoded(request: ChatRequest, encoded: bytes) -> bytes:
    """Keep `encoded` as what `encode(request)` returns, and return it."""
    # The class is frozen for its users; this is a note about its value, not a part of it.
    object.__setattr__(request, "encoded", encoded)
    return encoded


def to_body(request: ChatRequest) -> JsonObject:
    """Return the request as the body of a POST to `/v1/chat/completions`; scheduling hints are not in it."""
    sampling = request.sampling
    body: JsonObject = {
        "model": request.model,
        "messages": [message_to(message) for message in request.messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": request.seed,
    }
    if request.schema is not None:
        wanted: JsonObject = {"name": request.schema_name or "reply", "schema": request.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    return body


def from_body(body: Json) -> ChatRequest:
    """Read a request body.

    :raises Rejection: when it is no chat request; "refused_request", and the detail names what is wrong.
    """
    if not isinstance(body, dict):
        raise _refused("the body must be a JSON object")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _refused("messages must be a list that is not empty")
    schema_name, schema = _schema_from(body.get("response_format"))
    tools = body.get("tools") or []
    if not isinstance(tools, list):
        raise _refused("tools must be a list")
    return ChatRequest(
        model=_text(body.get("model")),
        messages=tuple(_message_from(message, index) for index, message in enumerate(messages)),
        sampling=_sampling_from(body),
        seed=_count(body.get("seed")) % 2**31,
        schema_name=schema_name,
        schema=schema,
        tools=tuple(_tool(_object(tool, f"tools[{index}]")) for index, tool in enumerate(tools)),
    )


def to_response(reply: ChatReply, *, reply_id: str, created: int) -> JsonObject:
    """Return the reply as the body of a chat completion."""
    message: JsonObject = {"role": "assistant", "content": reply.text or (None if reply.tool_calls else "")}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    if reply.tool_calls:
        message["tool_calls"] = [_call_to(call) for call in reply.tool_calls]
    usage = reply.usage
    return {
        "id": reply_id,
        "object": "chat.completion",
        "created": created,
        "model": reply.model,
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        },
    }


def from_response(body: Json, endpoint: str = "") -> ChatReply:
    """Read a chat completion.

    :raises UnreadableAnswer: when it is anything else.
    :raises TransportError: when it is an error that was sent with status 200.
    """
    if not isinstance(body, dict):
        raise UnreadableAnswer(f"the server's answer is not a JSON object: {_glimpse(body)}")
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        if body.get("error"):
            raise TransportError(f"the server's answer is an error: {error_text(body)}")
        raise UnreadableAnswer(f"the server's answer is not a chat completion: {_glimpse(body)}")
    finish = choice.get("finish_reason")
    if finish in ("abort", "error"):
        raise TransportError(f"the server broke the answer off (finish_reason {finish})")
    calls = tuple(_calls_from(message.get("tool_calls")))
    return ChatReply(
        text=_content(message.get("content")) or "",
        tool_calls=calls,
        reasoning=_text(message.get("reasoning_content")) or _text(message.get("reasoning")),
        finish_reason=_finish(finish, calls),
        usage=_usage_from(body.get("usage")),
        model=_text(body.get("model")),
        endpoint=endpoint,
    )


def error_text(body: Json) -> str:
    """Return what an error body says, in one bounded line; empty when it says nothing."""
    said: Json = body
    for key in ("error", "message", "detail"):
        if isinstance(said, dict) and said.get(key):
            said = said[key]
    if isinstance(said, dict):
        return ""
    text = said if isinstance(said, str) else orjson.dumps(said).decode()
    return " ".join(text.split())[:500]


def _glimpse(body: Json) -> str:
    """Return the beginning of a body, as it can be shown in a line."""
    return orjson.dumps(body).decode()[:120]


def _finish(said: Json, calls: tuple[ToolCall, ...]) -> str:
    finish = _FINISHES.get(said, "stop") if isinstance(said, str) else "stop"
    return "tool_calls" if calls and finish == "stop" else finish


def message_to(message: Message) -> JsonObject:
    """Return a message as it stands in a body."""
    body: JsonObject = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [_call_to(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


def _message_from(body: Json, index: int) -> Message:
    where = f"messages[{index}]"
    body = _object(body, where)
    role = body.get("role")
    if role == "developer":
        role = "system"
    if not _is_speaker(role):
        raise _refused(f"{where}.role must be system, user, assistant or tool")
    call_id = body.get("tool_call_id")
    return Message(
        role=role,
        content=_content(body.get("content")),
        tool_calls=tuple(_calls_from(body.get("tool_calls"))),
        tool_call_id=call_id if isinstance(call_id, str) else None,
    )


def _is_speaker(role: Json) -> TypeGuard[_Speaker]:
    return role in ("system", "user", "assistant", "tool")


def _content(content: Json) -> str | None:
    if isinstance(content, list):
        return "".join(_text(part.get("text") if isinstance(part, dict) else part) for part in content)
    return content if isinstance(content, str) else None


def _call_to(call: ToolCall) -> JsonObject:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _calls_from(calls: Json) -> list[ToolCall]:
    found: list[ToolCall] = []
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(call, dict) and isinstance(function, dict):
            arguments = function.get("arguments")
            # Some servers send the arguments as an object.
            text = arguments if isinstance(arguments, str) else orjson.dumps(arguments or {}).decode()
            found.append(ToolCall(_text(call.get("id")), _text(function.get("name")), text))
    return found


def _tool(tool: JsonObject) -> JsonObject:
    return tool if "function" in tool else {"type": "function", "function": tool}


def _schema_from(wanted: Json) -> tuple[str, JsonObject | None]:
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return "", None
    described = _object(wanted.get("json_schema"), "response_format.json_schema")
    schema = described.get("schema")
    return _text(described.get("name")), _object(schema, "response_format.json_schema.schema")


def _sampling_from(body: JsonObject) -> Sampling:
    plain = Sampling()
    return Sampling(
        temperature=_number(body, "temperature", 1.0),
        top_p=_number(body, "top_p", plain.top_p),
        max_tokens=_count(body.get("max_completion_tokens") or body.get("max_tokens")) or plain.max_tokens,
    )


def _number(body: JsonObject, key: str, default: float) -> float:
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _refused(f"{key} must be a number that is not negative")
    return float(value)


def _usage_from(usage: Json) -> Usage:
    if not isinstance(usage, dict):
        return Usage()
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), _count(cached))


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Json, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _refused(f"{where} must be an object")
    return value


def _refused(reason: str) -> Rejection:
    return Rejection("refused_request", reason)
