"""The prefix benchmark: every prompt is counted by the server as the run would send it, and answered by the model."""

from __future__ import annotations

import orjson

from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.bench.prefix import Counted, Shadowed, _finding
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, Message, Sampling, Usage
from synthtools_stream.config import RunConfig
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.servers.server_probe import ServerFacts, Structured

REQUEST = ChatRequest(
    "main", (Message("user", "hello"),), Sampling(0.8, 0.9, 500), 7, schema_name="evolver", schema={"type": "object"}
)
FACTS = ServerFacts("http://x", "tiny", ("tiny",), 99, Structured.ENFORCED, True, True, "0.32.0")


async def test_prompt_is_counted_once() -> None:
    """The server gets the same messages for one token, and its count stands; the answer is the model's."""
    counted, shadow = Counted(), ScriptedModel([ChatReply("x", usage=Usage(100, 1, 60))], model="tiny")
    answering = ScriptedModel([{"fine": True}], model="main")
    reply = await Shadowed(answering, shadow, counted).chat(REQUEST)
    assert orjson.loads(reply.text) == {"fine": True}
    [sent] = shadow.requests
    assert (sent.messages, sent.model, sent.schema, sent.sampling.max_tokens) == (REQUEST.messages, "tiny", None, 1)
    assert answering.requests == [REQUEST]
    assert (counted.prompt["evolver"], counted.cached["evolver"], counted.share) == (100, 60, 0.6)


async def test_empty_answer_counts() -> None:
    """One token may be nothing that is shown; its prompt was read all the same."""
    empty = EmptyAnswer("nothing", ChatReply("", usage=Usage(50, 1, 10)))
    counted = Counted()
    await Shadowed(ScriptedModel([{}]), ScriptedModel([empty]), counted).chat(REQUEST)
    assert counted.share == 0.2


async def test_whole_run_is_counted() -> None:
    """Every request of a run is counted, under its role."""
    counted = Counted()
    shadow = ScriptedModel(lambda request: ChatReply("x", usage=Usage(len(request.messages), 1, 0)))
    config = RunConfig.build({"fields": ["Bee Keeping"], "sequences": 1})
    ran = await run_in_process(config, from_fields(config.content.fields), lambda own: Shadowed(own, shadow, counted))
    assert counted.requests.total() == sum(ran.calls.values()) == len(shadow.requests)
    assert {role for _, role in ran.calls} == set(counted.requests)
    found = _finding(FACTS, counted)
    assert found.figures["requests"] == counted.requests.total()
    assert found.lines[0].startswith("0.0% of ")
