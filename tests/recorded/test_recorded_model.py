"""A recording answers what was asked before, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synthtools_stream.asking.reply_json import reply_from_json, reply_to_json
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, ToolCall, Usage
from synthtools_stream.chat.wire import request_digest
from synthtools_stream.errors import TransportError
from synthtools_stream.recorded.recorded_model import RecordedModel, RecordingInMemory

REQUEST = ChatRequest("m", (Message("user", "u"),), Sampling(), 3, schema_name="judge", schema={})
REPLY = ChatReply("t", (ToolCall("c", "F", "{}"),), "because", "tool_calls", Usage(1, 2), "m")


async def test_answers_what_was_asked() -> None:
    """The same request, whatever its hints, gets the recorded reply."""
    model = RecordedModel(RecordingInMemory({request_digest(REQUEST): reply_to_json(REPLY)}), "m")

    assert await model.chat(replace(REQUEST, stage="other", session="x")) == REPLY
    assert model.model == "m"
    await model.aclose()


async def test_miss_is_a_transport_fault() -> None:
    """Any other request is not in the recording, and it says which role asked."""
    model = RecordedModel(RecordingInMemory({request_digest(REQUEST): reply_to_json(REPLY)}), "m")

    with pytest.raises(TransportError, match="a request of judge is not in the recording"):
        await model.chat(replace(REQUEST, seed=4))


def test_tolerant_of_old_records() -> None:
    """A record with keys missing is read with defaults."""
    assert reply_from_json({"text": "x"}) == ChatReply("x")
    assert reply_from_json(reply_to_json(REPLY)) == REPLY
