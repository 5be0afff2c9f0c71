"""What a reply may take where prompt and reply together are too long, and what one took where the server is silent."""

from __future__ import annotations

import re
from dataclasses import replace

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Usage

__all__ = ["estimated", "with_room"]

LEAST_ROOM = 64
"""Tokens of a reply at least: with fewer, no role says anything, and the prompt counts as too long."""
CHARS_PER_TOKEN = 4
"""Characters of a token, about, in English and in JSON: what estimates are made with."""
_NUMBER = re.compile(r"\d+")
_CONTEXT = re.compile(r"(?:context|length|window|size|limit)\D{0,30}(\d+)", re.IGNORECASE)


def with_room(request: ChatRequest, said: str) -> ChatRequest | None:
    """Return the request with as many tokens as `said`, a refusal, leaves for the reply; None where too few are left.

    Where the figures in it say nothing, half as many are asked for.
    """
    wanted = request.sampling.max_tokens
    context = _CONTEXT.search(said)
    room = wanted // 2
    if context is not None:
        limit = int(context[1])
        prompts = [int(found) for found in _NUMBER.findall(said) if int(found) not in (wanted, limit)]
        rooms = [limit - prompt for prompt in prompts if 0 < limit - prompt < wanted]
        room = min(rooms, default=room)
    if room < LEAST_ROOM:
        return None
    return replace(request, sampling=replace(request.sampling, max_tokens=room))


def estimated(reply: ChatReply, sent: int) -> ChatReply:
    """Return the reply with a guess of its usage, from the bytes that were sent and the characters that came."""
    came = len(reply.text) + len(reply.reasoning) + sum(len(call.arguments) for call in reply.tool_calls)
    return replace(reply, usage=Usage(sent // CHARS_PER_TOKEN + 1, came // CHARS_PER_TOKEN + 1))
