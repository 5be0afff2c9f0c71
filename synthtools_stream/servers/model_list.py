"""Which models a server lists, and what to make of one that lists none, or is still loading its model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import orjson

from synthtools_stream.errors import TransportError, Unanswered, UsageError
from synthtools_stream.servers.answer_body import is_page, read_json
from synthtools_stream.servers.http_endpoint import Answer, HttpEndpoint
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Listed", "context_length", "listed_models", "model_name", "pick_model"]

LOADING_S = 2.0
"""Seconds between two looks at a server that loads its model, which takes it a minute or more."""
NO_LIST = (404, 405, 501)
"""Statuses of servers and gateways that list no models at all, though they serve some."""


class Listed(NamedTuple):
    """What a server lists, and the base of its routes."""

    base: str
    entries: list[JsonObject]


async def listed_models(
    endpoint: HttpEndpoint,
    bases: Sequence[str],
    model: str,
    notice: Callable[[str], None],
    patience_s: float,
    sleep: Callable[[float], Awaitable[object]],
) -> Listed:
    """Return what the server lists under the first of `bases` where it lists anything.

    Where it has no list, that is just `model`, if it is given, under the first base with a route for chats.

    :raises Unanswered: if nobody is there.
    :raises UsageError: if the key is refused, or no list can be had and no model is named.
    """
    root = endpoint.root
    answers: dict[str, Answer] = {}
    for base in bases:
        answers[base] = await _listed(endpoint, base, notice, patience_s, sleep)
        if entries := _entries(answers[base]):
            if base != bases[0]:
                notice(f"{root}: its routes lie under {base}")
            return Listed(base, entries)
    for base, answer in answers.items():
        if _is_silent(answer) and await _has_chat(endpoint, base, model):
            if not model:
                raise UsageError(f"{root} lists no models (/models answers {answer.status}); name one with --model")
            notice(f"{base}: lists no models (status {answer.status}); {model!r} is taken as it is given")
            return Listed(base, [{"id": model}])
    for answer in answers.values():
        if answer.status in (401, 403):
            raise UsageError(f"{root} answers {answer.status}: it refuses the API key, or wants one")
    tried = " and ".join(f"{base}/models answers {answer.status}" for base, answer in answers.items())
    raise UsageError(f"{root} is no OpenAI-compatible server: {tried}, no list of models and no route for chats")


def _entries(answer: Answer) -> list[JsonObject]:
    """Return the models of an answer that is a list of some."""
    data = _data(answer)
    return [entry for entry in data if isinstance(entry, dict) and model_name(entry)] if isinstance(data, list) else []


def _is_silent(answer: Answer) -> bool:
    """Return whether an answer is that of a server which lists no models, though it may serve some."""
    empty = answer.status == 200 and not answer.body.strip()
    return answer.status in NO_LIST or empty or isinstance(_data(answer), list)


def _data(answer: Answer) -> Json:
    try:
        listed: Json = read_json(answer.body) if answer.status == 200 else None
    except TransportError:
        return None
    return listed.get("data") if isinstance(listed, dict) else None


async def _has_chat(endpoint: HttpEndpoint, base: str, model: str) -> bool:
    """Return whether there is a route for chats: what is no request is refused there, and is not found elsewhere."""
    try:
        answer = await endpoint.fetch("POST", f"{base}/chat/completions", orjson.dumps({"model": model}))
    except TransportError:
        return True
    unknown_model = b"model" in answer.body and not is_page(answer.body)
    return answer.status != 405 and (answer.status != 404 or unknown_model)


async def _listed(
    endpoint: HttpEndpoint,
    base: str,
    notice: Callable[[str], None],
    patience_s: float,
    sleep: Callable[[float], Awaitable[object]],
) -> Answer:
    waited = 0.0
    while True:
        try:
            answer = await endpoint.fetch("GET", f"{base}/models")
        except TransportError as error:
            raise Unanswered(f"no server answers at {error}; start it, or give another --server-url") from error
        if answer.status != 503 or waited >= patience_s:
            return answer
        if not waited:
            said = " ".join(answer.body[:120].decode(errors="replace").split())
            notice(f"{endpoint.root}: not ready yet (503 {said}); waiting up to {patience_s:.0f} s")
        await sleep(LOADING_S)
        waited += LOADING_S


def pick_model(root: str, entries: list[JsonObject], model: str) -> JsonObject:
    """Return the entry of `model`, or the only one there is.

    :raises UsageError: if there is no such model, or no telling which.
    """
    names = ", ".join(model_name(entry) for entry in entries[:20]) or "none"
    if model:
        found = [entry for entry in entries if model_name(entry) == model]
        if not found:
            raise UsageError(f"{root} has no model {model!r}; it has: {names}")
        return found[0]
    if len(entries) != 1:
        raise UsageError(f"{root} has several models or none; name one with --model; it has: {names}")
    return entries[0]


def model_name(entry: JsonObject) -> str:
    """Return the name of a listed model; empty where it has none."""
    name = entry.get("id")
    return name if isinstance(name, str) else ""


def context_length(entry: JsonObject) -> int | None:
    """Return how many tokens the model's context holds; None where the list does not tell."""
    meta = entry.get("meta")  # llama.cpp's: what it was started with, then what the model was trained with
    known = {**(meta if isinstance(meta, dict) else {}), **entry}
    for key in ("max_model_len", "context_length", "max_context_length", "n_ctx", "n_ctx_train"):
        length = known.get(key)
        if isinstance(length, int) and not isinstance(length, bool) and length > 0:
            return length
    return None
