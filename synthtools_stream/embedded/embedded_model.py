"""The embedded model as a backend: a pure function of the request, without a network or a clock.

It answers from messages, schema and tools alone. `chat` passes the request through the wire format first, so that
nothing can reach it which a server would not see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, ToolCall, Usage
from synthtools_stream.chat.wire import from_body, to_body
from synthtools_stream.embedded.error_rates import EmbeddedRates, chance, is_hard
from synthtools_stream.embedded.injected_errors import broken_json, wrong_action, wrong_answer
from synthtools_stream.embedded.invent import INVENTIONS
from synthtools_stream.embedded.job import Job, UnreadableRequestError, read_job
from synthtools_stream.embedded.play import PLAYS
from synthtools_stream.embedded.play.agent_turn import function_tool, next_action, read_attempt
from synthtools_stream.embedded.smallest_value import smallest
from synthtools_stream.embedded.write import program
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["EmbeddedModel"]

_CHARS_PER_TOKEN = 4
"""Characters that pass for one token, as in English text with usual tokenizers."""
ROLES: Mapping[str, Callable[[Job], JsonObject]] = {**INVENTIONS, **PLAYS, "programmer": program}
"""What each role's request is answered with, when nothing goes wrong."""
_UNREADABLE = (UnreadableRequestError, RecursionError)
"""What a hostile request can cause: tags that are absent or of another form, or nested too deep. All else is a bug."""


class EmbeddedModel:
    """A procedural stand-in for an LLM."""

    def __init__(self, rates: EmbeddedRates | None = None, version: str = "1") -> None:
        """Take how often it errs; by default as often as `EmbeddedRates` says."""
        self._rates = rates if rates is not None else EmbeddedRates()
        self._version = version

    @property
    def model(self) -> str:
        """Name of the model, as it stands in `meta.model`."""
        return f"embedded-procedural/{self._version}"

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request as a server would: from its body alone."""
        return self.complete(from_body(to_body(request)))

    async def aclose(self) -> None:
        """Free nothing: the model holds nothing."""

    def complete(self, request: ChatRequest) -> ChatReply:
        """Answer one request."""
        job = read_job(request)
        if request.schema is None and request.tools:
            return self._native(request, job)
        if request.schema is None:
            return self._reply(request, "I am a built-in stand-in for a language model; I answer only known roles.")
        text = orjson.dumps(self._answer(request, job)).decode()
        rng = chance(request.seed, "json")
        if not job.problems and rng.random() < self._rates.bad_json:
            text = broken_json(text, rng)
        return self._reply(request, text)

    def _answer(self, request: ChatRequest, job: Job) -> Json:
        """Play the role; a request that cannot be read is answered as formally as an unknown one."""
        role = ROLES.get(job.schema_name)
        schema = request.schema or {}
        if role is None or not job.tags:
            return smallest(schema)
        try:
            return self._erring(request, job, role)
        except _UNREADABLE:
            return smallest(schema)

    def _erring(self, request: ChatRequest, job: Job, role: Callable[[Job], JsonObject]) -> JsonObject:
        good = role(job)
        rng = chance(request.seed, "slip")
        if job.problems or self._mends(job) or rng.random() >= self._rate(job):
            return good
        return wrong_answer(job, good, rng)

    def _mends(self, job: Job) -> bool:
        """Whether a program is asked for that was found wrong before; what is hard is not understood then either."""
        told = job.schema_name == "programmer" and bool(job.texts("problems"))
        return told and not is_hard(job.object("tool"), self._rates.unreliable_tool)

    def _rate(self, job: Job) -> float:
        rates = self._rates
        match job.schema_name:
            case "simulator" | "programmer" if is_hard(job.object("tool"), rates.unreliable_tool):
                return rates.unreliable_error
            case "simulator":
                return rates.simulator_error
            case "programmer":
                return rates.program_error
            case "solver":
                return rates.solver_error
            case "agent_json":
                return rates.agent_error
            case "audit_judge" | "referee" | "task_judge" | "reader" | "trajectory_judge":
                return rates.judge_error
            case _:
                return 0.0

    def _native(self, request: ChatRequest, job: Job) -> ChatReply:
        """Answer with a tool call, or with the closing message as plain text."""
        try:
            return self._acted(request, job)
        except _UNREADABLE:
            return self._reply(request, "I cannot read this conversation.")

    def _acted(self, request: ChatRequest, job: Job) -> ChatReply:
        attempt = read_attempt(job.text("request") or _first_words(request), request.messages)
        tools = [function_tool(tool) for tool in request.tools]
        action = next_action(tools, attempt, job.text("now"))
        rng = chance(request.seed, "slip")
        if rng.random() < self._rates.agent_error:
            action = wrong_action(action, tools, attempt, job.text("now"), rng)
        if action.get("action") != "call":
            return self._reply(request, str(action.get("message") or ""))
        arguments = orjson.dumps(action.get("arguments")).decode()
        call = ToolCall(f"call_{len(request.messages):04d}", str(action.get("tool_name")), arguments)
        return self._reply(request, "", (call,))

    def _reply(self, request: ChatRequest, text: str, calls: tuple[ToolCall, ...] = ()) -> ChatReply:
        """Wrap an answer, cut where the request's token limit ends it."""
        written = _tokens(len(text) + sum(len(call.name) + len(call.arguments) for call in calls))
        finish = "tool_calls" if calls else "stop"
        if written > request.sampling.max_tokens:
            written, finish, calls = request.sampling.max_tokens, "length", ()
            text = text[: written * _CHARS_PER_TOKEN]
        usage = Usage(prompt_tokens=_prompt_tokens(request), completion_tokens=written)
        return ChatReply(text, calls, finish_reason=finish, usage=usage, model=self.model)


def _first_words(request: ChatRequest) -> str:
    return next((message.content or "" for message in request.messages if message.role == "user"), "")


def _tokens(characters: int) -> int:
    return max(1, (characters + _CHARS_PER_TOKEN - 1) // _CHARS_PER_TOKEN)


def _prompt_tokens(request: ChatRequest) -> int:
    """Count what a server would prefill: messages, calls in them, and the tools on offer."""
    size = sum(len(message.content or "") + 16 for message in request.messages)
    size += sum(len(call.name) + len(call.arguments) for message in request.messages for call in message.tool_calls)
    size += sum(len(orjson.dumps(tool)) for tool in request.tools)
    return _tokens(size)
