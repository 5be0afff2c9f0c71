"""Room for a reply, read from a refusal."""

from __future__ import annotations

import pytest

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, Usage
from synthtools_stream.servers.load_watch import read_figures
from synthtools_stream.servers.token_room import estimated, with_room


@pytest.mark.parametrize(
    ("said", "room"),
    [
        ("max_tokens=1096 does not fit: the context is 2048 tokens and the prompt takes 1048 of them", 1000),
        ("maximum context length is 4096 tokens. However, you requested 5000 (3904 in the messages)", 192),
        ("the request exceeds the available context", 548),
        ("maximum context length is 4096 tokens. However, your prompt has 4090", None),
    ],
)
def test_room(said: str, room: int | None) -> None:
    """What the figures leave is asked for, else half; too little is none."""
    found = with_room(ChatRequest("m", (Message("user", "u"),), Sampling(max_tokens=1096), 1), said)
    assert (found.sampling.max_tokens if found else None) == room


def test_estimate() -> None:
    """Four characters are a token."""
    assert estimated(ChatReply("x" * 40), 400).usage == Usage(101, 11)


@pytest.mark.parametrize("line", ["sglang:num_queue_reqs 3", "llamacpp:requests_deferred 3", 'tgi_queue_size{a="b"} 3'])
def test_queues_of_other_servers(line: str) -> None:
    """Other servers' queues are read like vLLM's."""
    figures = read_figures(line)
    assert figures is not None
    assert figures.queued == 3
