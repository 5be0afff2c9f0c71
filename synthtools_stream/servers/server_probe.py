"""Find out at start-up what a server is and can do, before a run is built on it.

Servers silently ignore request fields that they do not know, so whether schemas are enforced is seen from an answer: a
prompt that asks for prose, with a schema that only allows one odd word.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

import aiohttp
import orjson
from pydantic import SecretStr

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, Message, Sampling, ToolCall
from synthtools_stream.chat.thoughts import without_reasoning
from synthtools_stream.errors import BackendGone, Rejection, TransportError, UsageError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.dialect import PLAIN, Dialect
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.load_watch import has_figures
from synthtools_stream.servers.model_list import context_length, listed_models, model_name, pick_model
from synthtools_stream.servers.retry_policy import RetryPolicy
from synthtools_stream.servers.server_url import server_root
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["PROBE", "ServerFacts", "Structured", "probe_endpoint"]

PROBE = "probe"
"""Name of the probe's schema."""
PATIENCE = RetryPolicy(max_attempts=6, max_elapsed_s=30.0, min_delay_s=0.05, max_delay_s=1.0)
"""One bad answer in a bad hour must not keep a run from beginning."""
_WORD = "quaggy"
_SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"word": {"type": "string", "enum": [_WORD]}},
    "required": ["word"],
    "additionalProperties": False,
}
_OBEYED = f'{{"word":"{_WORD}"}}'
_TOOL_NAME = "tell_time"
_TOOL: JsonObject = {
    "type": "function",
    "function": {
        "name": _TOOL_NAME,
        "description": "Tell the time.",
        "parameters": {"type": "object", "properties": {}},
    },
}


class Structured(StrEnum):
    """What a server makes of a JSON schema in `response_format`."""

    ENFORCED = "enforced"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True)
class ServerFacts:
    """What a server was found to be; stands in `run.json`."""

    url: str
    model: str
    """The model that will be asked."""
    models: tuple[str, ...]
    max_model_len: int | None
    structured: Structured
    tools: bool
    """Whether requests with tools are taken."""
    metrics: bool
    """Whether figures of its load stand under `/metrics`."""
    version: str
    """What `/version` says; empty if nothing."""
    reasons: bool = False
    """Whether answers come with reasoning, which takes tokens of its own."""
    answers_as: str = ""
    """What answers call their model, which may be another name for it; empty where they call it nothing, or differ."""
    dialect: Dialect = PLAIN
    """The names and shapes in which it takes requests."""
    calls_as_text: bool = False
    """Whether a tool call came back as text: the server has no parser for this model's calls."""

    def to_json(self) -> JsonObject:
        """Return the facts as a JSON object."""
        facts: JsonObject = orjson.loads(orjson.dumps({**asdict(self), "dialect": self.dialect.to_json()}))
        return facts


async def probe_endpoint(
    url: str,
    model: str = "",
    *,
    session: aiohttp.ClientSession | None = None,
    timeouts: HttpTimeouts | None = None,
    api_key: SecretStr | None = None,
    notice: Callable[[str], None] = lambda _line: None,
    patience_s: float = 30.0,
    dialect: Dialect = PLAIN,
    schema: JsonObject | None = None,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> ServerFacts:
    """Probe the server at `url`; an empty `model` means its only one.

    A server that is still loading its model is waited for, up to `patience_s`; `notice` is told, and what is odd.
    `dialect` is where the search for what the server takes begins; `schema` is one of those that roles really send.

    :raises UsageError: if no OpenAI-compatible server is there, or not with this model; one clear line.
    """
    root = server_root(url)
    timeouts = timeouts or HttpTimeouts()
    own = open_session(timeouts) if session is None else None
    try:
        listing = HttpEndpoint(root, model, session=session or own, timeouts=timeouts, api_key=api_key)
        entries = await listed_models(listing, model, notice, patience_s, sleep)
        entry = pick_model(root, entries, model)
        endpoint = HttpEndpoint(
            root,
            model_name(entry),
            session=session or own,
            timeouts=timeouts,
            api_key=api_key,
            dialect=dialect,
            notice=notice,
        )
        seen: list[ChatReply] = []
        patient = Balancer([endpoint], PATIENCE)
        await _plain(patient, seen)
        structured = await _structured(patient, endpoint, seen)
        served = await _tools(patient, seen)
        if served is not None and not await _history(patient, seen):
            served = None
        if schema is not None and structured is not Structured.REFUSED:
            structured = await _real_schema(patient, endpoint, seen, schema, structured)
        return ServerFacts(
            url=root,
            model=model_name(entry),
            models=tuple(model_name(one) for one in entries),
            max_model_len=context_length(entry),
            structured=structured,
            dialect=replace(endpoint.dialect, response_format=dialect.response_format),
            tools=served is not None,
            calls_as_text=served is not None and _wrote_call(served),
            metrics=has_figures(await _page(endpoint, "/metrics")),
            version=_version(await _page(endpoint, "/version")),
            answers_as=await _settled_name(patient, seen),
            reasons=any(_reasons(reply) for reply in seen),
        )
    finally:
        if own is not None:
            await own.close()


async def _plain(model: LanguageModel, seen: list[ChatReply]) -> None:
    try:
        await _ask(model, seen, "What is the time?")
    except Rejection as error:
        raise UsageError(error.detail) from error


async def _structured(model: LanguageModel, endpoint: HttpEndpoint, seen: list[ChatReply]) -> Structured:
    try:
        reply = await _ask(model, seen, "Write one short sentence about rivers.", schema=_SCHEMA)
    except Rejection:
        return Structured.REFUSED
    if not endpoint.dialect.response_format:
        return Structured.REFUSED
    # Grammars allow white space between tokens, and some models put a lot of it there, until they are cut off.
    said = "".join(without_reasoning(reply.text).split())
    obeyed = said == _OBEYED or (reply.finish_reason == "length" and said != "" and _OBEYED.startswith(said))
    return Structured.ENFORCED if obeyed else Structured.IGNORED


async def _real_schema(
    model: LanguageModel, endpoint: HttpEndpoint, seen: list[ChatReply], schema: JsonObject, so_far: Structured
) -> Structured:
    """A server may enforce a small schema and refuse the keywords of a large one."""
    try:
        await _ask(model, seen, "Answer as the schema says.", schema=schema, tokens=48)
    except Rejection as error:
        return Structured.REFUSED if error.reason == "refused_request" else so_far
    return so_far if endpoint.dialect.response_format else Structured.REFUSED


async def _tools(model: LanguageModel, seen: list[ChatReply]) -> ChatReply | None:
    """Return what a question that a tool answers is answered; None where tools are refused."""
    try:
        return await _ask(model, seen, "What is the time?", tools=(_TOOL,))
    except Rejection:
        return None


async def _history(model: LanguageModel, seen: list[ChatReply]) -> bool:
    """Return whether a dialogue is taken in which tools were called, two at once, and the user went on."""
    calls = (ToolCall("call_0000_0", _TOOL_NAME, "{}"), ToolCall("call_0000_1", _TOOL_NAME, "{}"))
    said = (
        Message("assistant", None, tool_calls=calls),
        *(Message("tool", '{"time": "12:00"}', tool_call_id=call.id) for call in calls),
        Message("assistant", "It is noon."),
        Message("user", "And now?"),
    )
    try:
        await _ask(model, seen, "What is the time?", tools=(_TOOL,), history=said)
    except Rejection as error:
        return error.reason != "refused_request"
    return True


def _wrote_call(reply: ChatReply) -> bool:
    return not reply.tool_calls and _TOOL_NAME in without_reasoning(reply.text)


def _reasons(reply: ChatReply) -> bool:
    return bool(reply.reasoning) or reply.text != without_reasoning(reply.text) or reply.text.startswith("<think")


async def _settled_name(model: LanguageModel, seen: list[ChatReply]) -> str:
    """Return the name under which two answers came: one alone may be a fault."""
    for _ in range(4):
        [(name, times)] = Counter(reply.model for reply in seen).most_common(1) or [("", 0)]
        if times > 1:
            return name
        try:
            await _ask(model, seen, "What is the time?")
        except Rejection:
            break
    return ""


async def _ask(
    model: LanguageModel,
    seen: list[ChatReply],
    text: str,
    *,
    schema: JsonObject | None = None,
    tools: tuple[JsonObject, ...] = (),
    history: tuple[Message, ...] = (),
    tokens: int | None = None,
) -> ChatReply:
    """Ask once, patiently, in the form that roles ask in, and keep the answer."""
    request = ChatRequest(
        model=model.model,
        messages=(Message("system", "You answer in a few words."), Message("user", text), *history),
        # A model that reasons comes to the schema's word last; what comes without a schema need not end.
        sampling=Sampling(temperature=0.0, max_tokens=tokens or (48 if schema is None else 1024)),
        seed=1,
        schema_name=PROBE if schema is not None else "",
        schema=schema,
        tools=tools,
    )
    try:
        try:
            reply = await model.chat(request)
        except Rejection as error:
            if error.reason != "moderated":
                raise
            reply = await model.chat(request)  # one prompt that is flagged says nothing of the form
    except BackendGone as error:
        if isinstance(error.__cause__, Rejection):  # a form that no dialect makes acceptable
            raise Rejection("refused_request", str(error)) from error
        raise UsageError(str(error)) from error
    except TransportError as error:
        raise UsageError(f"the server is there but does not answer a chat request: {error}") from error
    seen.append(reply)
    return reply


async def _page(endpoint: HttpEndpoint, route: str) -> str:
    try:
        answer = await endpoint.fetch("GET", f"{endpoint.root}{route}")
    except TransportError:
        return ""
    return answer.body.decode(errors="replace") if answer.status == 200 else ""


def _version(page: str) -> str:
    try:
        said: Json = orjson.loads(page)
    except orjson.JSONDecodeError:
        return ""
    version = said.get("version") if isinstance(said, dict) else None
    return version if isinstance(version, str) else ""
