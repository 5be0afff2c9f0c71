"""Find out at start-up what a server is and can do, before a run is built on it.

Servers silently ignore request fields that they do not know, so whether schemas are enforced is seen from an answer: a
prompt that asks for prose, with a schema that only allows one odd word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

import aiohttp
import orjson
from pydantic import SecretStr

from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.chat.thoughts import without_reasoning
from synthtools_stream.errors import Rejection, TransportError, UsageError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.dialect import PLAIN, Dialect
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.load_watch import has_figures
from synthtools_stream.servers.model_list import context_length, listed_models, model_name, pick_model
from synthtools_stream.servers.probe_questions import Questions
from synthtools_stream.servers.retry_policy import RetryPolicy
from synthtools_stream.servers.server_url import api_bases, server_root
from synthtools_stream.servers.tool_probe import check_native, probe_tools
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ServerFacts", "Structured", "probe_endpoint"]

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
    base: str = ""
    """What stands before `/chat/completions`."""

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
    native: bool = False,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> ServerFacts:
    """Probe the server at `url`; an empty `model` means its only one.

    A server that is still loading its model is waited for, up to `patience_s`; `notice` is told, and what is odd.
    `dialect` is where the search for what the server takes begins; `schema` is one of those that roles really send.
    `native` says that an agent will make native tool calls there.

    :raises Unanswered: if nobody is there.
    :raises UsageError: if it is no OpenAI-compatible server, or not with this model, or without tools though they are
        needed; one clear line.
    """
    root = server_root(url)
    timeouts = timeouts or HttpTimeouts()
    own = open_session(timeouts) if session is None else None
    try:
        listing = HttpEndpoint(root, model, session=session or own, timeouts=timeouts, api_key=api_key)
        base, entries = await listed_models(listing, api_bases(url), model, notice, patience_s, sleep)
        entry = pick_model(root, entries, model)
        endpoint = HttpEndpoint(
            root,
            model_name(entry),
            session=session or own,
            timeouts=timeouts,
            api_key=api_key,
            dialect=dialect,
            notice=notice,
            base=base,
        )
        questions = Questions(Balancer([endpoint], PATIENCE))
        await _plain(questions)
        structured = await _structured(questions, endpoint)
        tools = await probe_tools(questions)
        if native:
            check_native(root, tools)
        if schema is not None and structured is not Structured.REFUSED:
            structured = await _real_schema(questions, endpoint, schema, structured)
        return ServerFacts(
            url=root,
            base=base,
            model=model_name(entry),
            models=tuple(model_name(one) for one in entries),
            max_model_len=context_length(entry),
            structured=structured,
            dialect=replace(endpoint.dialect, response_format=dialect.response_format),
            tools=not tools.refused,
            calls_as_text=tools.texts > 0,
            metrics=has_figures(await _page(endpoint, "/metrics")),
            version=_version(await _page(endpoint, "/version")),
            answers_as=await questions.settled_name(),
            reasons=any(_reasons(reply) for reply in questions.seen),
        )
    finally:
        if own is not None:
            await own.close()


async def _plain(questions: Questions) -> None:
    try:
        await questions.ask("What is the time?")
    except Rejection as error:
        raise UsageError(error.detail) from error


async def _structured(questions: Questions, endpoint: HttpEndpoint) -> Structured:
    try:
        reply = await questions.ask("Write one short sentence about rivers.", schema=_SCHEMA)
    except Rejection:
        return Structured.REFUSED
    if not endpoint.dialect.response_format:
        return Structured.REFUSED
    # Grammars allow white space between tokens, and some models put a lot of it there, until they are cut off.
    said = "".join(without_reasoning(reply.text).split())
    obeyed = said == _OBEYED or (reply.finish_reason == "length" and said != "" and _OBEYED.startswith(said))
    return Structured.ENFORCED if obeyed else Structured.IGNORED


async def _real_schema(
    questions: Questions, endpoint: HttpEndpoint, schema: JsonObject, so_far: Structured
) -> Structured:
    """A server may enforce a small schema and refuse the keywords of a large one."""
    try:
        await questions.ask("Answer as the schema says.", schema=schema, tokens=48)
    except Rejection as error:
        return Structured.REFUSED if error.reason == "refused_request" else so_far
    return so_far if endpoint.dialect.response_format else Structured.REFUSED


def _reasons(reply: ChatReply) -> bool:
    return bool(reply.reasoning) or reply.text != without_reasoning(reply.text) or reply.text.startswith("<think")


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
