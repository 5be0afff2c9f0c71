"""The errors that the embedded model makes on purpose: each a plausible one, put in place of a good answer.

How often one is put there stands in `error_rates`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.agent_turn import Attempt, asked_attempt, final_action, next_action
from synthtools_stream.embedded.play.dialogue_recall import Past, past_turns
from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.simulation import play
from synthtools_stream.embedded.write import misprogram
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["broken_json", "wrong_action", "wrong_answer"]

_JUDGMENTS = ("correct", "should_fail_but_passed", "should_pass_but_failed", "inappropriate")


def wrong_answer(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    """Return a mistaken answer of the role that `job` asks for; other roles' answers stay as they are."""
    match job.schema_name:
        case "simulator":
            return _misplayed(job, good, rng)
        case "programmer":
            return misprogram(job, rng)
        case "solver":
            return _missolved(job, good, rng)
        case "agent_json":
            return wrong_action(good, job.objects("tools"), asked_attempt(job), job.text("now"), rng)
        case "audit_judge":
            return {**good, "judgment": rng.choice([word for word in _JUDGMENTS if word != good.get("judgment")])}
        case "referee":
            words = ("first", "second", "both", "neither")
            return {**good, "follows": rng.choice([word for word in words if word != good.get("follows")])}
        case "task_judge":
            return {**good, "equivalent": not good.get("equivalent")}
        case "reader":
            return _misread(good, rng)
        case "trajectory_judge":
            solved = not good.get("solved")
            return {**good, "solved": solved, "confidence": 0.6, "failure": None if solved else "unclear"}
        case _:
            return good


def _misread(good: JsonObject, rng: random.Random) -> JsonObject:
    """Answer one of the two questions otherwise, or see a fault where there is none, and none where there is one."""
    if rng.random() < 0.5:
        return {**good, "wrong": not good.get("wrong")}
    faults: list[Json] = [] if good.get("faults") else [{"kind": "missing", "what": "Something is left to be done."}]
    return {**good, "faults": faults, "complete": not faults, "wrong": bool(faults)}


def _misplayed(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    if good.get("status_code") != 200:
        return play(PlayedCall.asked(job), unchecked=True)
    kinds = ["status", "contradiction", "contradiction"] + (["lost"] if good.get("changes") else [])
    kind = rng.choice(kinds)
    nothing: list[Json] = []
    if kind == "lost":
        return {**good, "changes": nothing}
    if kind == "status":
        errors = job.object("tool").get("error_messages")
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
    return {**response, **_altered({key: value}, (), rng)}


def _missolved(job: Job, good: JsonObject, rng: random.Random) -> JsonObject:
    arguments = good.get("arguments")
    given = arguments if isinstance(arguments, dict) else {}
    return {**good, "arguments": _altered(given, past_turns(job.objects("dialogue")), rng)}


def wrong_action(
    action: JsonObject, tools: Sequence[JsonObject], attempt: Attempt, now: str, rng: random.Random
) -> JsonObject:
    """Return a plausible mistake in place of a good action: a skipped step, an early end, or a wrong argument."""
    if action.get("action") != "call":
        return action
    kind = rng.choice(("skip", "stop", "argument"))
    if kind == "skip":
        return next_action(tools, attempt, now, ahead=1)
    if kind == "stop":
        return final_action(tools, attempt, now)
    arguments = action.get("arguments")
    return {**action, "arguments": _altered(arguments if isinstance(arguments, dict) else {}, attempt.past, rng)}


def _altered(arguments: JsonObject, past: Sequence[Past], rng: random.Random) -> JsonObject:
    """Return the arguments with one of them wrong."""
    if not arguments:
        return arguments
    name = rng.choice(list(arguments))
    return {**arguments, name: _wrong(arguments[name], past)}


def _wrong(value: Json, past: Sequence[Past]) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", value):
        day = int(value[8:10])
        return f"{value[:8]}{day % 28 + 1:02d}{value[10:]}"
    if found := re.fullmatch(r"(.*?)(\d+)", value):
        return f"{found[1]}{int(found[2]) + 1}"
    other = next(
        (item for step in past for item in step.response.values() if isinstance(item, str) and item != value), ""
    )
    return other or value[:-1]


def broken_json(text: str, rng: random.Random) -> str:
    """Return `text` as models at times end it: cut off, or with a bracket too few."""
    if rng.random() < 0.5:
        return text[: max(1, int(len(text) * rng.uniform(0.4, 0.9)))]
    return text.replace('":', '"', 1)
