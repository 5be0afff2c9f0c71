"""A conversation, whoever recorded it: what the user says, which calls the assistant makes, and what tools answer.

Speakers have many names (`human`, `gpt`, `observation`, …), and texts may come in parts. Calls keep their order,
parallel ones too; an answer goes to the call that it names, or else to the first that waits for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import orjson

from synthtools_stream.intake.call_objects import call_object, called_in
from synthtools_stream.intake.loose_json import as_answer
from synthtools_stream.intake.told_task import ToldCall
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["NO_MARKUP", "ChatHistory", "Markup", "chat_history", "message_text"]

_USER = frozenset({"user", "human"})
_ASSISTANT = frozenset({"assistant", "gpt", "model", "chatgpt", "bot"})
_CALL = frozenset({"function_call", "tool_call", "function-call", "tool-call"})
_RESULT = frozenset({"tool", "function", "observation", "tool_response", "function_response", "tool-response"})
_UNHEARD = frozenset({"system", "developer", "reasoning", "thought", "thinking"})
"""What they say is neither asked for, nor called, nor answered."""
_SHOWN = 40
"""Characters of a speaker's name that a problem shows."""


class Markup(NamedTuple):
    """What a format writes into the texts themselves."""

    calls: Callable[[str], Iterable[JsonObject]]
    """The calls in what the assistant says."""
    answers: Callable[[str], Sequence[Json]]
    """The answers in what a tool says."""


def _no_calls(_text: str) -> Iterable[JsonObject]:
    return ()


def _whole(text: str) -> Sequence[Json]:
    return [text]


NO_MARKUP = Markup(_no_calls, _whole)
"""Texts are texts."""


class ChatHistory(NamedTuple):
    """What a conversation tells of a task."""

    turns: list[str]
    calls: list[ToldCall]


def chat_history(messages: Iterable[JsonObject], markup: Markup = NO_MARKUP) -> ChatHistory:
    """Read a conversation.

    :raises RowProblem: with the message (from 1) that cannot be understood.
    """
    listener = _Listener(markup)
    for number, message in enumerate(messages, start=1):
        try:
            listener.hear(message)
        except RowProblem as problem:
            raise RowProblem(f"message {number}: {problem.reason}") from problem
    return ChatHistory(listener.turns, listener.calls)


def message_text(message: JsonObject) -> str:
    """Return what a message says, its parts joined."""
    content = message.get("content", message.get("value"))
    if isinstance(content, list):
        return "".join(_part_text(part) for part in content)
    return content if isinstance(content, str) else "" if content is None else orjson.dumps(content).decode()


def _part_text(part: Json) -> str:
    if isinstance(part, dict) and part.get("type") not in (None, "text", "input_text", "output_text"):
        return ""
    value = part.get("text", part.get("value")) if isinstance(part, dict) else part
    return value if isinstance(value, str) else ""


class _Listener:
    """Takes in one message after the other."""

    def __init__(self, markup: Markup) -> None:
        self.turns: list[str] = []
        self.calls: list[ToldCall] = []
        self._markup = markup
        self._waiting: list[tuple[int, str]] = []
        """Calls without an answer, and the ids under which they wait."""

    def hear(self, message: JsonObject) -> None:
        """Take in the next message.

        :raises RowProblem: when it cannot be understood.
        """
        speaker = message.get("role", message.get("from"))
        name = speaker.strip().lower() if isinstance(speaker, str) else ""
        if name in _USER:
            if text := message_text(message).strip():
                self.turns.append(text)
                self._waiting.clear()  # an answer comes before the user goes on, or never
        elif name in _ASSISTANT:
            self._call(self._calls_of(message))
        elif name in _CALL:
            text = message_text(message)
            self._call([(call, "") for call in [*self._markup.calls(text)] or called_in(text)])
        elif name in _RESULT:
            self._answer(message)
        elif name not in _UNHEARD:
            raise RowProblem(f"its speaker is unknown: {str(speaker)[:_SHOWN]!r}")

    def _calls_of(self, message: JsonObject) -> Iterable[tuple[JsonObject, str]]:
        listed = message.get("tool_calls")
        for source in listed if isinstance(listed, list) else []:
            call_id = source.get("id") if isinstance(source, dict) else None
            yield call_object(source), call_id if isinstance(call_id, str) else ""
        older = message.get("function_call")
        if isinstance(older, dict) and older.get("name"):
            yield call_object(older), ""
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            if isinstance(part, dict) and part.get("type") in _CALL:
                yield from ((call, "") for call in called_in(message_text({"content": part.get("value")})))
        yield from ((call, "") for call in self._markup.calls(message_text(message)))

    def _call(self, calls: Iterable[tuple[JsonObject, str]]) -> None:
        for said, call_id in calls:
            self._waiting.append((len(self.calls), call_id))
            self.calls.append(ToldCall(said, len(self.turns)))

    def _answer(self, message: JsonObject) -> None:
        content = message.get("content", message.get("value"))
        if isinstance(content, dict):
            self._answered(message, content)
            return
        for answer in self._apart(self._markup.answers(message_text(message))):
            self._answered(message, answer)

    def _apart(self, answers: Sequence[Json]) -> Sequence[Json]:
        """Return the answers of parallel calls that were written as one list, each by itself."""
        if len(answers) != 1 or len(self._waiting) < 2:
            return answers
        found = as_answer(answers[0]).get("result")
        return found if isinstance(found, list) and len(found) == len(self._waiting) else answers

    def _answered(self, message: JsonObject, answer: Json) -> None:
        if not self._waiting:
            raise RowProblem("a tool answers, and no call waits for it")
        place = self._place(message)
        index, _ = self._waiting.pop(place)
        self.calls[index] = self.calls[index]._replace(response=as_answer(answer))

    def _place(self, message: JsonObject) -> int:
        """Return which of the waiting calls an answer is for."""
        call_id, name = message.get("tool_call_id") or message.get("id"), message.get("name")
        for place, (_, waiting_id) in enumerate(self._waiting):
            if waiting_id and waiting_id == call_id:
                return place
        named = (place for place, (index, _) in enumerate(self._waiting) if self.calls[index].said["name"] == name)
        return next(named, 0)
