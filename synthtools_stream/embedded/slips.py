"""The embedded model's mistakes: each a plausible one, put in place of a good answer."""

from __future__ import annotations

import random

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.agent_turn import altered, read_attempt, spoil
from synthtools_stream.embedded.play.dialogue_recall import past_turns
from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.simulation import play
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["broken_json", "slip"]

_JUDGMENTS = ("correct", "should_fail_but_passed", "should_pass_but_failed", "inappropriate")


def slip(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    """Return a mistaken answer of the role that `job` asks for; other roles' answers stay as they are."""
    match job.schema_name:
        case "simulator":
            return _misplayed(job, good, rng)
        case "solver":
            return _missolved(job, good, rng)
        case "agent_json":
            attempt = read_attempt(job.text("request"), job.conversation)
            return spoil(good, job.objects("tools"), attempt, job.text("now"), rng)
        case "audit_judge":
            return {**good, "judgment": rng.choice([word for word in _JUDGMENTS if word != good.get("judgment")])}
        case "task_judge":
            return {**good, "equivalent": not good.get("equivalent")}
        case "trajectory_judge":
            solved = not good.get("solved")
            return {**good, "solved": solved, "confidence": 0.6, "failure": None if solved else "unclear"}
        case _:
            return good


def _misplayed(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    state = job.tags.get("state")
    shown = state if isinstance(state, dict) else None
    tool = job.object("tool")
    if good.get("status_code") != 200:
        call = PlayedCall.of(tool, job.objects("entity_types"), shown, job.object("call"), job.rng)
        return play(call, unchecked=True)
    kinds = ["status", "contradiction", "contradiction"] + (["lost"] if good.get("changes") else [])
    kind = rng.choice(kinds)
    nothing: list[Json] = []
    if kind == "lost":
        return {**good, "changes": nothing}
    if kind == "status":
        errors = tool.get("error_messages")
        told = errors[0] if isinstance(errors, list) and errors else "The request could not be processed."
        return {**good, "status_code": 400, "response": {}, "error_message": told, "changes": nothing}
    response = good.get("response")
    return {**good, "response": _contradicted(response if isinstance(response, dict) else {}, rng)}


def _contradicted(response: JsonObject, rng: random.Random) -> JsonObject:
    """Return the response with one value that the state does not have."""
    if not response:
        return response
    key = rng.choice(list(response))
    value = response[key]
    if isinstance(value, dict):
        return {**response, key: _contradicted(value, rng)}
    if isinstance(value, list):
        return {**response, key: value[1:]} if value else response
    return {**response, **altered({key: value}, (), rng)}


def _missolved(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    arguments = good.get("arguments")
    given = arguments if isinstance(arguments, dict) else {}
    return {**good, "arguments": altered(given, past_turns(job.objects("dialogue")), rng)}


def broken_json(text: str, rng: random.Random) -> str:
    """Return `text` as models at times end it: cut off, or with a bracket too few."""
    if rng.random() < 0.5:
        return text[: max(1, int(len(text) * rng.uniform(0.4, 0.9)))]
    return text.replace('":', '"', 1)
