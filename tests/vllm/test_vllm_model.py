"""vLLM's async engine in our process, for real."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import cast

import anyio
import pytest
import pytest_asyncio

from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling, ToolCall
from synthtools_stream.errors import BackendGone, ConfigError, Rejection, UsageError
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.vllm import VllmModel
from synthtools_stream.vllm.bindings import Completion
from synthtools_stream.vllm.chat_frontend import FrontEnd, Prepared
from synthtools_stream.vllm.tiny_model import make_tiny_model
from tests.vllm.vllmkit import ENDLESS, LONG, MODEL, SCHEMA, TOOL, asking, on_gpu, schema_verdicts, until

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(400),
    # What vLLM and its own dependencies warn of is not ours to mend.
    pytest.mark.filterwarnings("ignore"),
]

CONTEXT = 8192


def tiny_model() -> Path:
    """Make the model, if bin/tiny-vllm has not."""
    prompts = MODEL.parents[1] / "prompts"
    make_tiny_model(MODEL, [path.read_text(encoding="utf-8") for path in sorted(prompts.glob("*.md"))])
    return MODEL


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[VllmModel]:
    """An engine on the tests' own event loop."""
    engine_args: JsonObject = {
        "served-model-name": "tiny",
        "load_format": "dummy",
        "dtype": "bfloat16" if on_gpu() else "float32",
        "enforce_eager": True,
        "max_model_len": CONTEXT,
        "max_num_seqs": 32,
        "tool_call_parser": "hermes",
        **({"gpu_memory_utilization": 0.2} if on_gpu() else {}),
    }
    opened = await VllmModel.open(str(tiny_model()), engine_args)
    yield opened
    await opened.aclose()


@dataclass
class Said:
    """An answer as the engine would yield it."""

    text: str
    finish_reason: str | None = "stop"
    token_ids: list[int] = field(default_factory=list)


@dataclass
class Yielded:
    """What the engine would yield."""

    outputs: list[Said]
    prompt_token_ids: list[int] = field(default_factory=lambda: [1, 2, 3])
    num_cached_tokens: int | None = None


def yielding(text: str) -> Completion:
    """Return what the engine yields for an answer that a test makes up."""
    return cast("Completion", Yielded([Said(text)]))


async def test_says_what_it_is(model: VllmModel) -> None:
    """The facts for run.json name the engine, its context and its parsers."""
    facts = model.facts()

    assert (model.model, facts["max_model_len"], facts["tools"]) == ("tiny", CONTEXT, True)
    assert (facts["tool_call_parser"], facts["reasoning_parser"]) == ("hermes", "")


async def test_every_schema_is_obeyed(model: VllmModel) -> None:
    """For every role's schema, what was not cut off for length is an object of that schema."""
    told = await schema_verdicts(model)

    counts = Counter(verdict for verdicts in told.values() for verdict in verdicts)
    assert set(counts) <= {"valid", "cut", "wild"}, told
    assert counts["valid"] > len(told), told


async def test_seed_decides(model: VllmModel) -> None:
    """The same seed gives the same text, another seed another."""
    texts = [(await model.chat(asking("Say.", seed=seed))).text for seed in (7, 7, 8)]

    assert texts[0] == texts[1] != texts[2]


async def test_usage_counts_cached_tokens(model: VllmModel) -> None:
    """A prompt's second reading comes from the prefix cache, which the reply and the engine's figures tell."""
    text = "The harbour master notes the berths. " * 60

    first = await model.chat(asking(text, max_tokens=8))
    second = await model.chat(asking(text, max_tokens=8))

    assert first.usage.prompt_tokens == second.usage.prompt_tokens > 300
    assert (first.usage.cached_tokens, first.usage.completion_tokens) == (0, 8)
    assert second.usage.cached_tokens > 200
    assert model.load().cached_tokens >= second.usage.cached_tokens


async def test_length_is_told(model: VllmModel) -> None:
    """An answer that was cut off says so."""
    reply = await model.chat(asking("Say.", max_tokens=3, schema=SCHEMA))

    assert (reply.finish_reason, reply.usage.completion_tokens, reply.model) == ("length", 3, "tiny")


async def test_cancelling_aborts(model: VllmModel) -> None:
    """When their tasks are cancelled, requests stop running in the engine, and others go on."""
    async with asyncio.TaskGroup() as group:
        kept = group.create_task(model.chat(asking("Say.", max_tokens=LONG, schema=ENDLESS)))
        tasks = [
            group.create_task(model.chat(asking("Go on.", seed=seed, max_tokens=LONG, schema=ENDLESS)))
            for seed in range(20)
        ]
        await until(lambda: model.load().running >= 10, "ten requests run")
        for task in tasks:
            task.cancel()
        await until(lambda: model.unfinished == model.load().running == 1, "only one runs")
        kept.cancel()

    assert all(task.cancelled() for task in (*tasks, kept))
    assert (model.unfinished, model.load().running) == (0, 0)


async def test_deadline_aborts(model: VllmModel) -> None:
    """A scope that is left early, which cancels again and again, aborts the request as well."""
    with anyio.move_on_after(0.3) as scope:
        await model.chat(asking("Go on.", max_tokens=LONG, schema=ENDLESS))

    assert scope.cancelled_caught
    assert model.unfinished == 0
    await model.chat(asking("Say.", max_tokens=4))
    assert model.load().running == 0


async def test_load_is_told(model: VllmModel) -> None:
    """While requests run, the gate is told the cache's use; afterwards nothing waits."""
    async with asyncio.TaskGroup() as group:
        for seed in range(48):
            group.create_task(model.chat(asking("Go on.", seed=seed, max_tokens=200)))
        await until(lambda: model.load().waiting > 0 and model.load().kv_use > 0, "requests wait for the batch")
        busy = await model.figures()

    assert busy is not None
    assert (busy.queued or 0) > 0
    idle = await model.figures()
    assert idle is not None
    assert (idle.queued, idle.preemptions) == (0, 0)


@pytest.mark.parametrize("words", [CONTEXT, 20 * CONTEXT])
async def test_overflow_is_refused(model: VllmModel, words: int) -> None:
    """A prompt that leaves no room for an answer is refused before it is sent."""
    with pytest.raises(Rejection) as caught:
        await model.chat(asking("kite " * words, max_tokens=1000))

    assert caught.value.reason == "context_overflow"


async def test_answers_shrink_to_the_room(model: VllmModel) -> None:
    """An answer is given the room that its prompt leaves, when that is still some."""
    fits = asking("kite, " * 2500, max_tokens=8 * CONTEXT)

    prepared = await front(model).prepare(fits)

    wanted: object = getattr(prepared.sampling, "max_tokens", None)
    assert isinstance(wanted, int)
    assert 256 <= wanted < CONTEXT - 2000


async def test_bad_schema_is_refused(model: VllmModel) -> None:
    """A schema that no grammar can be made of is the request's fault; the engine lives on."""
    with pytest.raises(Rejection) as caught:
        await model.chat(asking("Say.", schema={"type": "no such type"}))

    assert caught.value.reason == "refused_request"
    await model.chat(asking("Say.", max_tokens=4))


async def test_native_conversation_is_rendered(model: VllmModel) -> None:
    """Tools, calls and their results stand in the prompt, in the model's own form."""
    conversation = ChatRequest(
        model="tiny",
        messages=(
            Message("system", "You serve."),
            Message("user", "Find the kite."),
            Message("assistant", None, (ToolCall("call_0", "GetKite", '{"kite_id": "KI-1001"}'),)),
            Message("tool", '{"colour": "red"}', tool_call_id="call_0"),
        ),
        sampling=Sampling(max_tokens=8),
        seed=1,
        tools=(TOOL,),
    )

    prepared = await front(model).prepare(conversation)
    reply = await model.chat(conversation)

    text = str(prepared.prompt.get("prompt"))
    for piece in ("Returns a kite.", "<tool_call>", "KI-1001", '{"colour": "red"}'):
        assert piece in text
    assert reply.usage.prompt_tokens == len(cast("list[int]", prepared.prompt["prompt_token_ids"]))


async def test_calls_are_read(model: VllmModel) -> None:
    """vLLM's own parser takes tool calls out of an answer; what stands before them stays its text."""
    prepared = await with_tools(model)
    text = 'I look.<tool_call>{"name": "GetKite", "arguments": {"kite_id": "KI-1"}}</tool_call>'

    reply = front(model).reply(prepared, yielding(text))

    assert [(call.name, call.arguments) for call in reply.tool_calls] == [("GetKite", '{"kite_id": "KI-1"}')]
    assert all(call.id for call in reply.tool_calls)
    assert (reply.finish_reason, reply.text.strip()) == ("tool_calls", "I look.")


async def test_reasoning_is_kept_apart(model: VllmModel) -> None:
    """Reasoning in tags is no part of the answer, with a parser for tools and without."""
    for tools in ((TOOL,), ()):
        prepared = await front(model).prepare(asking("Say.", tools=tools))
        reply = front(model).reply(prepared, yielding("<think>A kite?</think>\n\nYes."))

        assert (reply.reasoning, reply.text, reply.finish_reason) == ("A kite?", "Yes.", "stop")


async def test_native_mode_needs_a_parser(model: VllmModel) -> None:
    """Without a parser for its calls, a request with tools ends in one clear line."""
    engine = model._engine
    assert engine is not None
    without = FrontEnd(model._vllm, engine, replace(model._arguments, tool_call_parser=""))

    with pytest.raises(UsageError, match="tool_call_parser"):
        await without.prepare(asking("Say.", tools=(TOOL,)))


async def test_unknown_argument_is_named(model: VllmModel) -> None:
    """An argument that vLLM does not know is refused before anything starts, with the nearest that it knows."""
    with pytest.raises(ConfigError, match=r"max_num_seq.*did you mean 'max_num_seqs'"):
        await VllmModel.open(str(MODEL), {"max_num_seq": 3})


async def test_missing_model_is_told(model: VllmModel, tmp_path: Path) -> None:
    """A model that is not there ends in one clear line."""
    with pytest.raises(UsageError, match="cannot serve") as caught:
        await VllmModel.open(str(tmp_path / "none"), {})

    assert "\n" not in str(caught.value)


async def test_death_of_the_engine_stops_the_run(model: VllmModel) -> None:
    """When the engine's process dies, what is under way and all that comes after ends with BackendGone. Stays last."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(model, seed)) for seed in range(4)]
        await until(lambda: model.load().running == 4, "four requests run")
        for process in import_module("psutil").Process().children(recursive=True):
            if "EngineCore" in process.name() or "EngineCore" in " ".join(process.cmdline()):
                process.kill()

    assert [type(task.result()) for task in tasks] == [BackendGone] * 4
    assert isinstance(await outcome(model, 9), BackendGone)


def front(model: VllmModel) -> FrontEnd:
    """Return the part that renders and reads."""
    return model._front


async def with_tools(model: VllmModel) -> Prepared:
    """Return a request with tools, prepared."""
    return await front(model).prepare(asking("Find the kite.", tools=(TOOL,)))


async def outcome(model: VllmModel, seed: int) -> object:
    """Ask for a long answer and return it, or what was raised."""
    try:
        return await model.chat(asking("Go on.", seed=seed, max_tokens=LONG, schema=ENDLESS))
    except BackendGone as error:
        return error
