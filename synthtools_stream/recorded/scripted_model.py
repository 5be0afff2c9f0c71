"""A model that says what it is told to: the fake that ships, for tests of everything that asks a model."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Usage
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Answer", "ScriptExhaustedError", "ScriptedModel"]

Answer: TypeAlias = ChatReply | str | JsonObject | Exception
"""A reply, its text, an object that becomes its text as JSON, or an error to raise."""

_Script: TypeAlias = Callable[[ChatRequest], Answer | Awaitable[Answer]] | Iterable[Answer]


class ScriptExhaustedError(AssertionError):
    """More was asked than the script answers; the test, or what it tests, is wrong."""

    def __init__(self, asked: int) -> None:
        super().__init__(f"the script has no answer for request {asked}")


class ScriptedModel:
    """Answers from a function of the request (plain or async), or from a list of answers in order."""

    def __init__(self, script: _Script, *, model: str = "scripted") -> None:
        self._answer = script if callable(script) else _in_order(script)
        self._model = model
        self.requests: list[ChatRequest] = []
        """Every request, in order of arrival."""
        self.closed = False

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self._model

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer as scripted; raises the scripted error, or ScriptExhaustedError."""
        self.requests.append(request)
        answer = self._answer(request)
        if inspect.isawaitable(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, ChatReply) else self._reply(request, answer)

    async def aclose(self) -> None:
        """Note that the model was closed."""
        self.closed = True

    def _reply(self, request: ChatRequest, answer: str | JsonObject) -> ChatReply:
        text = answer if isinstance(answer, str) else orjson.dumps(answer).decode()
        prompt = sum(len(message.content or "") for message in request.messages)
        # About four characters a token: enough for tests that add figures up.
        return ChatReply(text=text, usage=Usage(1 + prompt // 4, 1 + len(text) // 4), model=self._model)


def _in_order(answers: Iterable[Answer]) -> Callable[[ChatRequest], Answer]:
    remaining = iter(answers)
    asked = 0

    def answer(_request: ChatRequest) -> Answer:
        nonlocal asked
        asked += 1
        try:
            return next(remaining)
        except StopIteration:
            raise ScriptExhaustedError(asked) from None

    return answer
