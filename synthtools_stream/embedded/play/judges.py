"""Judge from text and state by an own reading: one answer of a tool, two calls of a step, one attempt at a task."""

from __future__ import annotations

import re
from collections.abc import Sequence

import orjson

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.said_values import said_values
from synthtools_stream.embedded.play.simulation import play, refusal
from synthtools_stream.embedded.prose import content
from synthtools_stream.embedded.read import OutputKind, entities_of, read_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["judge_answer", "judge_task", "judge_trajectory", "referee", "same_call"]

_ID = re.compile(r"^[A-Z][A-Z0-9]*-\d+$")
_MINTED = re.compile(r"^\$new\d+$")


def judge_answer(job: Job) -> JsonObject:
    """Answer an `audit_judge` request."""
    call = PlayedCall.asked(job)
    return _judgment(call, job.integer("status_code", 200), job.object("response"), job.objects("changes"))


def referee(job: Job) -> JsonObject:
    """Answer a `referee` request: of each of two answers, whether it is right."""
    call = PlayedCall.asked(job)
    readings = [_judgment(call, *_parts(job.object(name))) for name in ("first", "second")]
    right = [reading["judgment"] == "correct" for reading in readings]
    follows = {(True, True): "both", (True, False): "first", (False, True): "second"}.get(
        (right[0], right[1]), "neither"
    )
    wrong = next((reading for reading, ok in zip(readings, right, strict=True) if not ok), readings[0])
    return {"reasoning": wrong["reasoning"], "follows": follows}


def _parts(answer: JsonObject) -> tuple[int, JsonObject, list[JsonObject]]:
    response, changes, status = answer.get("response"), answer.get("changes"), answer.get("status_code")
    made = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    return status if isinstance(status, int) else 200, response if isinstance(response, dict) else {}, made


def _judgment(call: PlayedCall, status: int, response: JsonObject, changes: Sequence[JsonObject]) -> JsonObject:
    due = refusal(call)
    if due is not None and status < 400:
        return _judged("should_fail_but_passed", f"The call deserves {due['status_code']}: {due['error_message']}")
    if due is None and status >= 400:
        return _judged("should_pass_but_failed", "Every id exists and every rule holds, and yet the call was refused.")
    if due is not None:
        near = status in (due["status_code"], 409) or due["status_code"] == 400
        text = "The refusal is right." if near else f"The status should be {due['status_code']}."
        return _judged("correct" if near else "inappropriate", text)
    fault = _fault(call, response, changes)
    return _judged("inappropriate", fault) if fault else _judged("correct", "Status, response and changes agree.")


def _judged(judgment: str, reasoning: str) -> JsonObject:
    return {"reasoning": reasoning[:780], "judgment": judgment}


def _fault(call: PlayedCall, response: JsonObject, changes: Sequence[JsonObject]) -> str:
    """Say what is wrong with a successful answer; empty where nothing is."""
    expected = play(call, unchecked=True)
    due = expected["changes"]
    wanted = [change for change in due if isinstance(change, dict)] if isinstance(due, list) else []
    difference = _change_fault(wanted, changes)
    if difference:
        return difference
    shown = expected["response"]
    if not isinstance(shown, dict):
        return ""
    known = {o.key for o in call.reading.outputs if o.kind is not OutputKind.unknown and not _imagined(expected, o.key)}
    for key, value in shown.items():
        if key not in response:
            return f"The response lacks {key}."
        if key in known and value is not None and not _alike(value, response[key]):
            return f"{key} does not agree with the state: it should be {_short(value)}."
    return ""


def _imagined(expected: JsonObject, key: str) -> bool:
    told = expected.get("imagined")
    return isinstance(told, list) and any(str(line).startswith((f"{key} ", f"{key}:")) for line in told)


def _change_fault(wanted: Sequence[JsonObject], made: Sequence[JsonObject]) -> str:
    left = list(made)
    for change in wanted:
        same = next((other for other in left if _same_change(change, other)), None)
        if same is None:
            return (
                f"The {change['op']} that the tool speaks of is missing or wrong: {_short(change.get('attributes'))}."
            )
        left.remove(same)
    return f"A change that nothing asks for: {_short(left[0].get('attributes'))}." if left else ""


def _same_change(wanted: JsonObject, made: JsonObject) -> bool:
    if wanted["op"] != made.get("op") or wanted["collection"] != made.get("collection"):
        return False
    if wanted["op"] != "create" and wanted["id"] != made.get("id"):
        return False
    given, due = made.get("attributes"), wanted["attributes"]
    if not isinstance(given, dict) or not isinstance(due, dict):
        return given == due
    return all(value is None or _alike(value, given.get(name)) for name, value in due.items())


def _alike(due: Json, given: Json) -> bool:
    if isinstance(due, str) and isinstance(given, str) and _MINTED.match(due):
        return True
    if isinstance(due, dict) and isinstance(given, dict):
        return all(value is None or _alike(value, given.get(name)) for name, value in due.items())
    if isinstance(due, list) and isinstance(given, list):
        return len(due) == len(given) and all(_alike(one, other) for one, other in zip(due, given, strict=True))
    if isinstance(due, float) and isinstance(given, int | float):
        return abs(due - given) < 1e-6
    return due == given


def _short(value: Json) -> str:
    return orjson.dumps(value).decode()[:160]


def judge_task(job: Job) -> JsonObject:
    """Answer a `task_judge` request."""
    tool, turn = job.object("tool"), job.text("user_turn")
    expected, attempted = job.object("expected"), job.object("attempted")
    heard = " ".join([*(str(item.get("user") or "") for item in job.objects("dialogue")), turn])
    told = _short_dialogue(job)
    readings: list[Json] = []
    for pointer in job.texts("arguments"):
        value = _at(expected.get("arguments"), pointer)
        readings.append({"argument": pointer, "grounded": _grounded(value, heard, told)})
    equivalent = not attempted or same_call(tool, expected, attempted)
    reasoning = "The calls select the same entities and carry the same values." if equivalent else "The calls differ."
    return {"reasoning": reasoning, "equivalent": equivalent, "arguments": readings}


def _short_dialogue(job: Job) -> str:
    return " ".join(orjson.dumps(item.get("response")).decode() for item in job.objects("dialogue"))


def _at(value: Json, pointer: str) -> Json:
    for part in pointer.strip("/").split("/"):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
    return value


def _grounded(value: Json, heard: str, told: str) -> bool:
    """Every id, number and date inside must have been said or returned; free words need to share some."""
    if isinstance(value, bool):
        return True
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    everything = f"{heard} {told}"
    hard = [said.value for said in said_values(text) if said.kind.value in ("id", "number", "moment")]
    known = {said.value for said in said_values(heard)} | {said.value for said in said_values(told.replace('"', " "))}
    if any(item not in known and item not in everything for item in hard):
        return False
    words = set(content(text))
    return bool(hard) or not words or len(words & set(content(everything))) * 2 >= len(words)


def same_call(tool: JsonObject, expected: JsonObject, attempted: JsonObject) -> bool:
    """Say whether two calls do the same: they may differ in free wording, and a default may be left out."""
    if expected.get("tool_name") != attempted.get("tool_name"):
        return False
    one, two = expected.get("arguments"), attempted.get("arguments")
    if not isinstance(one, dict) or not isinstance(two, dict):
        return one == two
    reading = read_tool(tool, [], None)
    for name in dict.fromkeys([*one, *two]):
        meaning = reading.meaning(name)
        default = meaning.default if meaning is not None else None
        left, right = one.get(name, default), two.get(name, default)
        if _alike(left, right):
            continue
        if meaning is None or meaning.kind.value != "text" or not _same_gist(left, right):
            return False
    return True


def _same_gist(left: Json, right: Json) -> bool:
    if not isinstance(left, str) or not isinstance(right, str):
        return False
    hard = [{said.value for said in said_values(text) if said.kind.value != "proper"} for text in (left, right)]
    words = [set(content(text)) for text in (left, right)]
    shared = len(words[0] & words[1]) / max(1, min(len(words[0]), len(words[1])))
    return hard[0] == hard[1] and shared >= 0.5


def judge_trajectory(job: Job) -> JsonObject:
    """Answer a `trajectory_judge` request."""
    expected, final = job.state("expected_state"), job.state("final_state")
    attempt = job.objects("attempt")
    message = job.text("final_message")
    ending = job.text("must_end_by")
    if ending:
        return _ended_by(ending, message, expected is None or final is None or _states_agree(expected, final))
    if expected is not None and final is not None and not _states_agree(expected, final):
        return _verdict(False, 0.9, "The final state differs from the expected one.", "wrong final state")
    if not message:
        return _verdict(False, 0.8, "The attempt ended without a closing message.", "no closing message")
    due, by_name = job.tags.get("expected_answers"), [*job.object("told_answers").values()]
    wanted = due if isinstance(due, list) else []
    untold = [value for value in wanted if value not in by_name and not _tells(message, value)]
    if untold:
        text = f"The user was not told {_short(untold[0])}."
        return _verdict(False, 0.85, text, text)
    missing = _missing_calls(job.texts("ground_truth"), attempt)
    writes = expected is not None and expected != job.state("initial_state")
    if missing and not writes:
        return _verdict(False, 0.7, f"{missing} of the calls that the task needs were never made.", "missing calls")
    failed = [item for item in attempt if _status(item) >= 400]
    if attempt and len(failed) == len(attempt):
        return _verdict(False, 0.85, "No call succeeded.", "all calls failed")
    return _verdict(True, 0.9 if not missing else 0.7, "The state is as expected and the user was told.", None)


def _ended_by(ending: str, message: str, state_right: bool) -> JsonObject:
    """Read an attempt at a request that cannot be done: it must decline, or ask for what was held back."""
    asked = re.search(r"\?$|\b(?:please|need you to|could you) (?:tell|give|say|let)", message, re.I)
    declined = re.search(r"\b(?:not|unable|cannot|none|no|refused|failed)\b|n't\b", message, re.I)
    ended = asked is not None if ending == "asking" else declined is not None and state_right
    told = f"The request cannot be done as it stands; the message is {'' if ended else 'not '}one of {ending}."
    return _verdict(ended, 0.8, told, None if ended else told)


def _tells(message: str, value: Json) -> bool:
    """Say whether a message holds a value, in its own form or in another that is usual."""
    if value is None or isinstance(value, bool | dict | list) or _ID.match(str(value)):
        return True  # what may be said in too many ways, or be named otherwise, is no ground for a complaint
    said = {entry.value.casefold() for entry in said_values(message)}
    text = str(value).casefold()
    plain = text.removesuffix(".0")
    return bool({text, plain, text[:10]} & said) or _spaced(plain) in _spaced(message.casefold())


def _spaced(text: str) -> str:
    return re.sub(r"[_,\s]+", " ", text)


def _verdict(solved: bool, confidence: float, reasoning: str, failure: str | None) -> JsonObject:
    return {"reasoning": reasoning, "solved": solved, "confidence": confidence, "failure": failure}


def _status(item: JsonObject) -> int:
    status = item.get("status_code")
    return status if isinstance(status, int) else 200


def _missing_calls(truth: Sequence[str], attempt: Sequence[JsonObject]) -> int:
    made = [_normal(str(item.get("call"))) for item in attempt if _status(item) < 400]
    return sum(_normal(call) not in made for call in truth)


def _normal(call: str) -> str:
    return re.sub(r"\s+", " ", call).replace('"', "'").strip()


def _states_agree(expected: JsonObject, final: JsonObject) -> bool:
    """Equal as far as ids go that both have; new entities are paired by what they hold."""
    for name in dict.fromkeys([*expected, *final]):
        due, held = entities_of(expected, name), entities_of(final, name)
        common = [key for key in due if key in held]
        new_due, new_held = [due[k] for k in due if k not in held], [held[k] for k in held if k not in due]
        if any(not _alike(due[key], held[key]) and not _differs_in_wording(due[key], held[key]) for key in common):
            return False
        if len(new_due) != len(new_held):
            return False
    return True


def _differs_in_wording(one: JsonObject, other: JsonObject) -> bool:
    """Longer free text may be worded differently."""
    return all(
        _alike(one.get(name), other.get(name)) or (isinstance(one.get(name), str) and len(str(one[name])) > 24)
        for name in dict.fromkeys([*one, *other])
    )
