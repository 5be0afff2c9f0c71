"""The scripted model answers as told and remembers what it was asked."""

from __future__ import annotations

import pytest

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling
from synthtools_stream.errors import TransportError
from synthtools_stream.recorded.scripted_model import ScriptedModel, ScriptExhaustedError


def request(text: str = "hello") -> ChatRequest:
    """Return a small request."""
    return ChatRequest(model="m", messages=(Message("user", text),), sampling=Sampling(), seed=1)


async def test_answers_in_order() -> None:
    """A list is answered in order; objects become JSON text."""
    model = ScriptedModel(["one", {"a": 1}, ChatReply("three", finish_reason="length")], model="m")

    texts = [(await model.chat(request(str(n)))).text for n in range(3)]

    assert texts == ["one", '{"a":1}', "three"]
    assert [asked.messages[0].content for asked in model.requests] == ["0", "1", "2"]
    with pytest.raises(ScriptExhaustedError, match="request 4"):
        await model.chat(request())


async def test_answers_from_function() -> None:
    """A function, plain or async, sees the request; a returned error is raised."""

    async def later(asked: ChatRequest) -> str:
        return f"seed {asked.seed}"

    assert (await ScriptedModel(later).chat(request())).text == "seed 1"
    with pytest.raises(TransportError, match="down"):
        await ScriptedModel(lambda _: TransportError("down")).chat(request())


async def test_notes_closing() -> None:
    """Closing is noted and may happen twice."""
    model = ScriptedModel([])

    await model.aclose()
    await model.aclose()

    assert model.closed
