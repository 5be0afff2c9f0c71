"""The chat-completions codec."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import orjson
import pytest

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, ToolCall, Usage
from synthtools_stream.chat.wire import encode, from_body, from_response, request_digest, to_body, to_response
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.values.jsontypes import Json, JsonObject

CALL = ToolCall("c1", "Find", '{"a":1}')
REQUEST = ChatRequest(
    model="m",
    messages=(
        Message("system", "s"),
        Message("user", "u"),
        Message("assistant", None, tool_calls=(CALL,)),
        Message("tool", "{}", tool_call_id="c1"),
    ),
    sampling=Sampling(0.2, 0.9, 77),
    seed=5,
    schema_name="simulator",
    schema={"type": "object"},
    tools=({"type": "function", "function": {"name": "Find"}},),
)


def test_request_round_trip() -> None:
    """A server reads back exactly what was asked; scheduling hints are not sent."""
    hinted = replace(REQUEST, stage="rollout", session="env")

    assert from_body(to_body(hinted)) == REQUEST
    assert request_digest(hinted) == request_digest(REQUEST)


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, seed=6),
        replace(REQUEST, model="n"),
        replace(REQUEST, schema={"type": "array"}),
        replace(REQUEST, sampling=Sampling(0.3, 0.9, 77)),
        replace(REQUEST, messages=REQUEST.messages[:2]),
        replace(REQUEST, tools=()),
    ],
)
def test_digest_tells_requests_apart(other: ChatRequest) -> None:
    """Whatever could change the answer changes the digest."""
    assert len(request_digest(other)) == 32
    assert request_digest(other) != request_digest(REQUEST)


@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        replace(REQUEST, messages=()),
        replace(REQUEST, messages=REQUEST.messages[:1]),
        replace(REQUEST, messages=REQUEST.messages[1:]),
        replace(REQUEST, messages=(Message("system", None), *REQUEST.messages)),
        replace(REQUEST, messages=(Message("system", "s", tool_call_id="c2"), *REQUEST.messages)),
        replace(REQUEST, schema=None, tools=(), messages=(Message("system", 'a "b"\n\u2028 é'), Message("user", "]}"))),
    ],
)
def test_encoded_is_the_body(request_: ChatRequest) -> None:
    """What is sent is the body, whatever it begins with, and the digest is of it."""
    assert encode(request_) == orjson.dumps(to_body(request_))
    assert request_digest(request_) == hashlib.blake2b(encode(request_), digest_size=16).hexdigest()


def test_changed_request_is_encoded_anew() -> None:
    """A request made from another does not take over how that was written."""
    assert b'"seed":5' in encode(REQUEST)
    assert b'"seed":6' in encode(replace(REQUEST, seed=6))


def test_reply_round_trip() -> None:
    """A client reads back what the server answered."""
    reply = ChatReply("t", (CALL,), "because", "tool_calls", Usage(3, 4, 2), "m")

    assert from_response(to_response(reply, reply_id="x", created=1)) == reply


def test_reads_what_others_send() -> None:
    """Other spellings of the same are read: parts, objects as arguments, `reasoning`, bare tools."""
    body: JsonObject = {
        "messages": [{"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}],
        "tools": [{"name": "Find"}],
        "max_completion_tokens": 9,
    }
    call: JsonObject = {"function": {"name": "Find", "arguments": {"a": 1}}}
    answer: JsonObject = {
        "choices": [{"message": {"content": None, "tool_calls": [call], "reasoning": "r"}, "finish_reason": "stop"}]
    }

    request, reply = from_body(body), from_response(answer)

    assert request.messages == (Message("system", "ab"),)
    assert request.tools == ({"type": "function", "function": {"name": "Find"}},)
    assert request.sampling.max_tokens == 9
    assert reply == ChatReply("", (ToolCall("", "Find", '{"a":1}'),), "r", "tool_calls")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "must be a JSON object"),
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": ["x"]}, r"messages\[0\] must be an object"),
        ({"messages": [{"role": "robot"}]}, r"messages\[0\]\.role"),
        ({"messages": [{"role": "user"}], "tools": 3}, "tools"),
        ({"messages": [{"role": "user"}], "temperature": "hot"}, "temperature"),
        ({"messages": [{"role": "user"}], "response_format": {"type": "json_schema"}}, "json_schema"),
    ],
)
def test_refuses_bad_bodies(body: Json, reason: str) -> None:
    """A body that is no chat request is refused, and what is wrong is named."""
    with pytest.raises(Rejection, match=reason):
        from_body(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("hello", "not a JSON object"),
        ({}, "not a chat completion"),
        ({"choices": []}, "not a chat completion"),
        ({"choices": [{"text": "old"}]}, "not a chat completion"),
        ({"error": {"message": "engine dead"}}, "engine dead"),
        ({"object": "error", "message": "no such thing"}, "no such thing"),
        ({"choices": [{"message": {"content": "x"}, "finish_reason": "abort"}]}, "broke the answer off"),
    ],
)
def test_refuses_bad_answers(body: Json, reason: str) -> None:
    """A 200 that holds no chat completion is a transport fault."""
    with pytest.raises(TransportError, match=reason):
        from_response(body)
