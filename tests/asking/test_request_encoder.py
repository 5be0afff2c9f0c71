"""Requests that are encoded in parts are the same bytes and have the same digest."""

from __future__ import annotations

from dataclasses import replace

import orjson

from synthtools_stream.asking.request_encoder import RequestEncoder
from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.chat.wire import encode, request_digest, to_body

REQUEST = ChatRequest(
    model="m",
    messages=(Message("system", "s"), Message("user", "u"), Message("assistant", None)),
    sampling=Sampling(0.2, 0.9, 77),
    seed=5,
    schema_name="simulator",
    schema={"type": "object"},
    tools=({"type": "function", "function": {"name": "Find"}},),
)


def test_encoder_agrees() -> None:
    """An encoder that knows how requests begin writes the same bytes and digests, first and later."""
    encoder = RequestEncoder()
    system = Message("system", 'You are "it".\n\u2028 é')
    for messages in ((system, Message("user", "a")), (system, Message("user", "b")), (system,), REQUEST.messages, ()):
        for model in ("m", 'n"'):
            known, plain = (replace(REQUEST, model=model, messages=messages) for _ in range(2))
            assert encoder.digest(known) == request_digest(plain) == encoder.digest(known)
            assert encode(known) == encode(plain) == orjson.dumps(to_body(plain))
