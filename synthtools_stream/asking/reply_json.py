"""A reply as JSON: what reply logs hold, and what of it depends on the clock, the machine or the load."""

from __future__ import annotations

from synthtools_stream.chat.language_model import ChatReply, ToolCall, Usage
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["reply_from_json", "reply_timing", "reply_to_json"]


def reply_to_json(reply: ChatReply) -> JsonObject:
    """Return what of a reply is the same on every machine."""
    body: JsonObject = {
        "text": reply.text,
        "finish_reason": reply.finish_reason,
        "usage": {"prompt_tokens": reply.usage.prompt_tokens, "completion_tokens": reply.usage.completion_tokens},
        "model": reply.model,
    }
    if reply.tool_calls:
        body["tool_calls"] = [
            {"id": call.id, "name": call.name, "arguments": call.arguments} for call in reply.tool_calls
        ]
    if reply.reasoning:
        body["reasoning"] = reply.reasoning
    return body


def reply_timing(reply: ChatReply, latency_s: float) -> JsonObject:
    """Return what of a reply depends on the clock, the machine or the load."""
    timing: JsonObject = {"latency_s": round(latency_s, 4), "cached_tokens": reply.usage.cached_tokens}
    if reply.endpoint:
        timing["endpoint"] = reply.endpoint
    return timing


def reply_from_json(body: JsonObject) -> ChatReply:
    """Read what `reply_to_json` wrote; what is absent takes its default."""
    calls = body.get("tool_calls")
    usage = body.get("usage")
    return ChatReply(
        text=_text(body.get("text")),
        tool_calls=tuple(_call(call) for call in calls if isinstance(call, dict)) if isinstance(calls, list) else (),
        reasoning=_text(body.get("reasoning")),
        finish_reason=_text(body.get("finish_reason")) or "stop",
        usage=_usage(usage) if isinstance(usage, dict) else Usage(),
        model=_text(body.get("model")),
    )


def _call(call: JsonObject) -> ToolCall:
    return ToolCall(_text(call.get("id")), _text(call.get("name")), _text(call.get("arguments")))


def _usage(usage: JsonObject) -> Usage:
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return Usage(prompt if isinstance(prompt, int) else 0, completion if isinstance(completion, int) else 0)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
