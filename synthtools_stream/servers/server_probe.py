"""Find out at start-up what a server is and can do, before a run is built on it.

Servers silently ignore request fields that they do not know, so whether schemas are enforced is seen from an answer: a
prompt that asks for prose, with a schema that only allows one odd word.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum

import aiohttp
import orjson
from pydantic import SecretStr

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, Message, Sampling
from synthtools_stream.chat.thoughts import without_reasoning
from synthtools_stream.errors import BackendGone, Rejection, TransportError, UsageError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.http_endpoint import HttpEndpoint, HttpTimeouts, open_session, read_json, server_root
from synthtools_stream.servers.retry_policy import RetryPolicy
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
    """Whether vLLM's figures stand under `/metrics`."""
    version: str
    """What `/version` says; empty if nothing."""
    reasons: bool = False
    """Whether answers come with reasoning, which takes tokens of its own."""
    answers_as: str = ""
    """What answers call their model, which may be another name for it; empty where they call it nothing, or differ."""
    calls_as_text: bool = False
    """Whether a tool call came back as text: the server has no parser for this model's calls."""

    def to_json(self) -> JsonObject:
        """Return the facts as a JSON object."""
        facts: JsonObject = orjson.loads(orjson.dumps(asdict(self)))
        return facts


async def probe_endpoint(
    url: str,
    model: str = "",
    *,
    session: aiohttp.ClientSession | None = None,
    timeouts: HttpTimeouts | None = None,
    api_key: SecretStr | None = None,
) -> ServerFacts:
    """Probe the server at `url`; an empty `model` means its only one.

    :raises UsageError: if no OpenAI-compatible server is there, or not with this model; one clear line.
    """
    root = server_root(url)
    own = open_session(timeouts or HttpTimeouts()) if session is None else None
    try:
        listing = HttpEndpoint(root, model, session=session or own, api_key=api_key)
        entries = await _models(listing)
        entry = _pick(root, entries, model)
        endpoint = HttpEndpoint(root, _name(entry), session=session or own, api_key=api_key)
        seen: list[ChatReply] = []
        patient = Balancer([endpoint], PATIENCE)
        structured = await _structured(patient, seen)
        served = await _tools(patient, seen)
        return ServerFacts(
            url=root,
            model=_name(entry),
            models=tuple(_name(one) for one in entries),
            max_model_len=_length(entry),
            structured=structured,
            tools=served is not None,
            calls_as_text=served is not None and _wrote_call(served),
            metrics="vllm:" in await _page(endpoint, "/metrics"),
            version=_version(await _page(endpoint, "/version")),
            answers_as=await _settled_name(patient, seen),
            reasons=any(_reasons(reply) for reply in seen),
        )
    finally:
        if own is not None:
            await own.close()


async def _models(endpoint: HttpEndpoint) -> list[JsonObject]:
    root = endpoint.root
    try:
        answer = await endpoint.fetch("GET", f"{root}/v1/models")
    except TransportError as error:
        raise UsageError(f"no server answers at {error}; start it, or give another --server-url") from error
    if answer.status in (401, 403):
        raise UsageError(f"{root} answers {answer.status}: it refuses the API key, or wants one")
    try:
        listed: Json = read_json(answer.body)
    except TransportError:
        listed = None
    data = listed.get("data") if isinstance(listed, dict) else None
    if answer.status != 200 or not isinstance(data, list):
        raise UsageError(
            f"{root} is no OpenAI-compatible server: /v1/models answers {answer.status}, no list of models"
        )
    return [entry for entry in data if isinstance(entry, dict) and _name(entry)]


def _pick(root: str, entries: list[JsonObject], model: str) -> JsonObject:
    names = ", ".join(_name(entry) for entry in entries[:20]) or "none"
    if model:
        found = [entry for entry in entries if _name(entry) == model]
        if not found:
            raise UsageError(f"{root} has no model {model!r}; it has: {names}")
        return found[0]
    if len(entries) != 1:
        raise UsageError(f"{root} has several models or none; name one with --model; it has: {names}")
    return entries[0]


def _name(entry: JsonObject) -> str:
    name = entry.get("id")
    return name if isinstance(name, str) else ""


def _length(entry: JsonObject) -> int | None:
    for key in ("max_model_len", "context_length", "max_context_length"):
        length = entry.get(key)
        if isinstance(length, int) and not isinstance(length, bool) and length > 0:
            return length
    return None


async def _structured(model: LanguageModel, seen: list[ChatReply]) -> Structured:
    try:
        reply = await _ask(model, seen, "Write one short sentence about rivers.", schema=_SCHEMA)
    except Rejection:
        return Structured.REFUSED
    # Grammars allow white space between tokens, and some models put a lot of it there, until they are cut off.
    said = "".join(without_reasoning(reply.text).split())
    obeyed = said == _OBEYED or (reply.finish_reason == "length" and said != "" and _OBEYED.startswith(said))
    return Structured.ENFORCED if obeyed else Structured.IGNORED


async def _tools(model: LanguageModel, seen: list[ChatReply]) -> ChatReply | None:
    """Return what a question that a tool answers is answered; None where tools are refused."""
    try:
        return await _ask(model, seen, "What is the time?", tools=(_TOOL,))
    except Rejection:
        return None


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
) -> ChatReply:
    """Ask once, patiently, and keep the answer."""
    request = ChatRequest(
        model=model.model,
        messages=(Message("user", text),),
        # A model that reasons comes to the schema's word last; what comes without a schema need not end.
        sampling=Sampling(temperature=0.0, max_tokens=48 if schema is None else 1024),
        seed=1,
        schema_name=PROBE if schema is not None else "",
        schema=schema,
        tools=tools,
    )
    try:
        reply = await model.chat(request)
    except (TransportError, BackendGone) as error:
        raise UsageError(f"the server lists its models but does not answer a chat request: {error}") from error
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
