"""Asking: seeds, the reply log, validation, repairs and usage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import orjson
import pytest

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS
from synthtools_stream.asking.asker import Asker, RefusedOutput, request_seed
from synthtools_stream.asking.origin import Origin, UsageMeter
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies, ReplyStore
from synthtools_stream.asking.role_router import Router
from synthtools_stream.chat.language_model import ChatReply, Message, ToolCall, Usage
from synthtools_stream.errors import Rejection, StorageError, TransportError, UnusableReply
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Output
from synthtools_stream.storage.journal.reply_log import ReplyLog
from synthtools_stream.values.jsontypes import JsonObject


class Question(Record):
    """Input."""

    word: str


class Verdict(Output):
    """Output."""

    kind: Literal["noun", "verb"]
    count: int = 0


ROLE = Role("namer", Question, Verdict, temperature=0.3, max_tokens=99)
GOOD: JsonObject = {"kind": "noun", "count": 1}


class Seen:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.replies: list[tuple[str, str, bool, float]] = []

    def on_reply(self, *, stage: str, role: str, usage: Usage, from_log: bool, latency_s: float) -> None:
        """Remember the call."""
        self.replies.append((stage, role, from_log, latency_s))


@pytest.fixture
def prompts(tmp_path: Path) -> PromptLibrary:
    """Return a library with the role's template."""
    (tmp_path / "namer.md").write_text("Name it.\n=== input ===\n<word>{{ word | json }}</word>")
    return PromptLibrary(tmp_path)


class Bench:
    """An asker over a script, with what it used."""

    def __init__(self, prompts: PromptLibrary, script: Sequence[Answer], store: ReplyStore | None = None) -> None:
        self.model = ScriptedModel(script)
        self.memory = MemoryReplies()
        self.seen = Seen()
        self.usage = UsageMeter()
        self.origin = Origin(stage="s", item="i", session="e", usage=self.usage)
        self.asker = Asker(
            Router(self.model), prompts, self.memory if store is None else store, seed=7, observer=self.seen
        )

    async def ask(self, word: str = "run", *, key: str = "", refuse: str = "", repairs: int = MAX_REPAIRS) -> Verdict:
        """Ask; a `refuse` reason refuses whatever is answered."""

        def check(_: Verdict) -> None:
            if refuse:
                raise Rejection("unfit", refuse)

        return await self.asker.ask(ROLE, Question(word=word), self.origin, key=key, check=check, repairs=repairs)


async def test_returns_validated_output(prompts: PromptLibrary) -> None:
    """One good reply is one request, with the role's prompt, schema, sampling and hints."""
    bench = Bench(prompts, [GOOD])

    assert await bench.ask() == Verdict(kind="noun", count=1)

    (request,) = bench.model.requests
    assert request.messages == (Message("system", "Name it."), Message("user", '<word>"run"</word>'))
    assert (request.schema_name, request.schema, request.stage, request.session) == ("namer", ROLE.schema, "s", "e")
    assert (request.model, request.sampling.temperature, request.sampling.max_tokens) == ("scripted", 0.3, 99)
    assert request.seed == request_seed(7, "i", "namer", "", 0)
    assert bench.usage.requests == 1
    assert bench.usage.completion_tokens > 0


async def test_repairs_with_reason(prompts: PromptLibrary) -> None:
    """A bad reply is shown to the model with what was wrong; only the good one's tokens count."""
    bench = Bench(
        prompts,
        [
            ChatReply("<think>hm</think>{'kind'}", usage=Usage(100, 100)),
            ChatReply('{"kind": "adverb", "extra": 1}', usage=Usage(100, 100)),
            ChatReply(orjson.dumps(GOOD).decode(), usage=Usage(3, 4)),
        ],
    )

    assert (await bench.ask()).kind == "noun"

    second, third = bench.model.requests[1:]
    assert second.messages[2] == Message("assistant", "{'kind'}")
    assert "not valid JSON" in str(second.messages[3].content)
    problem = str(third.messages[5].content)
    assert problem.startswith('<problem>"kind: Input should be')
    assert "extra: is not a known key" in problem
    assert problem.endswith('<shape>{"kind": "noun" or "verb", "count": whole number}</shape>')
    assert len({request.seed for request in bench.model.requests}) == 3
    assert bench.usage.to_json() == {"prompt_tokens": 3, "completion_tokens": 4, "requests": 3}


@pytest.mark.parametrize(("role", "drawn"), [(0.3, [0.3, 0.3, 0.3]), (0.0, [0.0, 0.2, 0.4])])
async def test_repairs_are_drawn_anew(prompts: PromptLibrary, role: float, drawn: list[float]) -> None:
    """What failed at temperature 0 is not repeated there: each repair is drawn a little more freely."""
    bench = Bench(prompts, ["no", "no", GOOD])
    await bench.asker.ask(replace(ROLE, temperature=role), Question(word="run"), bench.origin)
    assert [request.sampling.temperature for request in bench.model.requests] == drawn


async def test_refusal_may_stand_at_once(prompts: PromptLibrary) -> None:
    """Without repairs an output that the check refuses is not sent back; who asks is told which one it was."""
    bench = Bench(prompts, [GOOD, GOOD])

    with pytest.raises(RefusedOutput) as caught:
        await bench.ask(refuse="no such noun", repairs=0)

    assert (caught.value.output, caught.value.problem) == (Verdict(kind="noun", count=1), "no such noun")
    assert (caught.value.reason, caught.value.detail) == ("unusable_reply", "namer: no such noun")
    assert bench.usage.to_json() == {"prompt_tokens": 0, "completion_tokens": 0, "requests": 1}


async def test_unreadable_is_repaired_anyway(prompts: PromptLibrary) -> None:
    """A reply that cannot be read says nothing about what it would have been: it is asked for again all the same."""
    bench = Bench(prompts, ["what?", GOOD, "what?", "hm", GOOD])

    assert (await bench.ask(repairs=0)).kind == "noun"
    with pytest.raises(RefusedOutput, match="no such noun"):
        await bench.ask("walk", refuse="no such noun", repairs=0)

    assert bench.usage.requests == len(bench.model.requests) == 5


async def test_last_refusal_is_told_apart(prompts: PromptLibrary) -> None:
    """An output that is refused to the end is an unusable reply; one that was never readable is no refused output."""
    with pytest.raises(RefusedOutput, match="unfit for this"):
        await Bench(prompts, [GOOD, GOOD, GOOD]).ask(refuse="unfit for this")
    with pytest.raises(UnusableReply) as caught:
        await Bench(prompts, [GOOD, GOOD, "what?"]).ask(refuse="unfit for this")
    assert not isinstance(caught.value, RefusedOutput)


async def test_gives_up_after_two_repairs(prompts: PromptLibrary) -> None:
    """The third bad reply ends the ask with its reason."""
    bench = Bench(prompts, ["no", "no", '{"count": 1}'])

    with pytest.raises(UnusableReply, match="namer: kind: is required"):
        await bench.ask()

    assert bench.usage.to_json() == {"prompt_tokens": 0, "completion_tokens": 0, "requests": 3}


async def test_check_can_refuse(prompts: PromptLibrary) -> None:
    """What a check refuses is told to the model in the check's words."""
    bench = Bench(prompts, [GOOD, GOOD, GOOD])

    with pytest.raises(UnusableReply, match="name </no> tools"):
        await bench.ask(refuse="name </no> tools")

    assert bench.model.requests[1].messages[3].content == '<problem>"name <\\/no> tools"</problem>'


async def test_cut_off_is_bad(prompts: PromptLibrary) -> None:
    """A reply that was cut off is repaired even when an object stands in it."""
    bench = Bench(prompts, [ChatReply(orjson.dumps(GOOD).decode(), finish_reason="length"), GOOD])

    await bench.ask()

    assert "cut off" in str(bench.model.requests[1].messages[3].content)


async def test_shown_of_bad_is_bounded(prompts: PromptLibrary) -> None:
    """A long or empty bad reply makes a short, non-empty assistant message."""
    bench = Bench(prompts, ["x" * 100_000, "", GOOD])

    await bench.ask()

    shown = [str(message.content) for message in bench.model.requests[2].messages if message.role == "assistant"]
    assert len(shown[0]) < 4200
    assert shown[1] == "(empty)"


async def test_logged_reply_is_not_asked_again(prompts: PromptLibrary) -> None:
    """A second run over the same store sends nothing and gives the same, usage included."""
    first = Bench(prompts, ["bad", GOOD])
    second = Bench(prompts, [], store=first.memory)

    assert await first.ask() == await second.ask()
    assert first.usage == second.usage
    assert second.model.requests == []
    assert [from_log for _, _, from_log, _ in first.seen.replies + second.seen.replies] == [False, False, True, True]


async def test_logged_before_used(prompts: PromptLibrary) -> None:
    """A reply that could not be logged is not used."""

    class FullDisk(MemoryReplies):
        async def append(self, digest: str, role: str, item: str, reply: JsonObject, timing: JsonObject) -> JsonObject:
            raise StorageError("disk full")

    bench = Bench(prompts, [GOOD], store=FullDisk())

    with pytest.raises(StorageError):
        await bench.ask()
    assert bench.usage.requests == 0


async def test_standing_reply_wins(prompts: PromptLibrary) -> None:
    """When the log holds another reply by the time of appending, that one is used."""

    class Late(MemoryReplies):
        async def append(self, digest: str, role: str, item: str, reply: JsonObject, timing: JsonObject) -> JsonObject:
            return {"text": '{"kind": "verb"}'}

    assert (await Bench(prompts, [GOOD], store=Late()).ask()).kind == "verb"


async def test_timing_stands_apart(prompts: PromptLibrary) -> None:
    """What depends on load or machine goes to timing and not into the reply."""
    reply = ChatReply('{"kind": "noun"}', usage=Usage(10, 2, 8), endpoint="http://h")
    bench = Bench(prompts, [reply])

    await bench.ask()

    (logged,), (timing,) = bench.memory.replies.values(), bench.memory.timings.values()
    assert logged["usage"] == {"prompt_tokens": 10, "completion_tokens": 2}
    assert (timing["cached_tokens"], timing["endpoint"]) == (8, "http://h")
    assert "http://h" not in str(logged)


async def test_equal_asks_at_once_are_one(prompts: PromptLibrary) -> None:
    """Equal asks in flight are sent once; another key is another request."""
    bench = Bench(prompts, [GOOD, GOOD])

    verdicts = await asyncio.gather(bench.ask(), bench.ask(), bench.ask(key="other"))

    assert len(bench.model.requests) == 2
    assert len(set(map(str, verdicts))) == 1
    assert bench.usage.requests == 3


async def test_transport_error_passes(prompts: PromptLibrary) -> None:
    """A transport fault is not repaired but passed on, and asked again next time."""
    bench = Bench(prompts, [TransportError("down"), GOOD])

    with pytest.raises(TransportError, match="down"):
        await bench.ask()
    assert (await bench.ask()).kind == "noun"


async def test_converse_names_calls(prompts: PromptLibrary) -> None:
    """A native turn carries tools and no schema; its calls get ids of ours, the same from the log."""
    reply = ChatReply(
        "", (ToolCall("random-1", "A", "{}"), ToolCall("random-2", "B", "{}")), finish_reason="tool_calls"
    )
    bench = Bench(prompts, [reply])
    tool: JsonObject = {"type": "function", "function": {"name": "A"}}

    async def turn() -> ChatReply:
        return await bench.asker.converse(
            ROLE,
            Question(word="x"),
            bench.origin,
            key="t0",
            conversation=[Message("assistant", "hello")],
            tools=[tool],
        )

    first, again = await turn(), await turn()

    (request,) = bench.model.requests
    assert (request.tools, request.schema, request.schema_name) == ((tool,), None, "")
    assert request.messages[2].content == "hello"
    assert first == again
    assert len({call.id for call in first.tool_calls}) == 2
    assert all(len(call.id) == 9 and call.id.isalnum() for call in first.tool_calls)


async def test_works_on_reply_log(prompts: PromptLibrary, tmp_path: Path) -> None:
    """The real reply log serves as the store, over a reopening."""
    log = await ReplyLog.open(tmp_path, "config")
    first = Bench(prompts, [GOOD], store=log)
    verdict = await first.ask()
    await log.aclose()
    log = await ReplyLog.open(tmp_path, "config")

    assert await Bench(prompts, [], store=log).ask() == verdict
    await log.aclose()


def test_seed_tells_asks_apart() -> None:
    """The seed depends on each part of the lineage, and parts do not run into each other."""
    seeds = {
        request_seed(run, item, role, key, attempt)
        for run, item, role, key, attempt in [
            (1, "a", "r", "k", 0),
            (2, "a", "r", "k", 0),
            (1, "b", "r", "k", 0),
            (1, "a", "s", "k", 0),
            (1, "a", "r", "l", 0),
            (1, "a", "r", "k", 1),
            (1, "ar", "", "k", 0),
        ]
    }

    assert len(seeds) == 7
    assert all(0 <= seed < 2**31 for seed in seeds)


@dataclass(frozen=True)
class Override:
    """Sampling that a user sets."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None


async def test_router_overrides() -> None:
    """A role can have its own model and its own sampling, part by part; each model is closed once."""
    default, other = ScriptedModel([]), ScriptedModel([], model="other")
    router = Router(default, models={"namer": other, "x": other}, sampling={"namer": Override(top_p=0.5)})

    assert router.route("namer").model == "other"
    assert router.route("judge") is default
    assert (router.sampling(ROLE).temperature, router.sampling(ROLE).top_p) == (0.3, 0.5)
    assert router.sampling(replace(ROLE, name="judge")).top_p == 0.95
    await router.aclose()
    assert default.closed
    assert other.closed
