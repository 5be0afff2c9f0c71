"""Messages for chat templates in which users and assistants strictly alternate.

What one speaker said in a row becomes one message. Calls that were made at once are told one after another, each with
its result, since such templates know one call a turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from synthtools_stream.chat.language_model import Message

__all__ = ["alternating"]


def alternating(messages: Sequence[Message]) -> Iterator[Message]:
    """Yield the messages so that no speaker goes on after himself."""
    pending: Message | None = None
    for message in _one_call_a_turn(messages):
        if pending is not None and _goes_on(pending, message):
            pending = _joined(pending, message)
            continue
        if pending is not None:
            yield pending
        pending = message
    if pending is not None:
        yield pending


def _one_call_a_turn(messages: Sequence[Message]) -> Iterator[Message]:
    results = {message.tool_call_id: message for message in messages if message.role == "tool"}
    told: set[str] = set()
    for message in messages:
        if len(message.tool_calls) > 1 and all(call.id in results for call in message.tool_calls):
            for index, call in enumerate(message.tool_calls):
                yield replace(message, content=message.content if index == 0 else None, tool_calls=(call,))
                yield results[call.id]
                told.add(call.id)
        elif message.tool_call_id not in told:
            yield message


def _goes_on(before: Message, message: Message) -> bool:
    if before.role != message.role or message.role not in ("user", "assistant"):
        return False
    return not before.tool_calls


def _joined(before: Message, message: Message) -> Message:
    content = "\n\n".join(text for text in (before.content, message.content) if text)
    return replace(message, content=content or message.content)
