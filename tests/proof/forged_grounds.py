"""Forged grounds: rows whose arguments, values or world are wrong in a way that the rest of the row goes along with.

Each kind is a `Forger` over any row: it alters calls, what they changed and told, the provenance and the final state
together, and makes the certificate's claims anew, as somebody would who wants the row to prove.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.proof.certificate import examine
from synthtools_stream.proof.grounded.spoken_call import is_number
from synthtools_stream.records import Task
from synthtools_stream.records.change import Change
from synthtools_stream.state import apply, as_json, as_state
from synthtools_stream.toolcalls import Call, format_call, parse_call
from synthtools_stream.values.json_pointers import leaf_pointers, resolve
from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.wording.dates import is_date, shifted
from synthtools_stream.wording.numbers import numbers_in
from tests.proof.forged_share import Forger

__all__ = ["FORGED_GROUNDS", "altered", "certified", "set_volatile"]

_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_NOBODY_ASKED = "something that nobody ever asked for"


class _Place(NamedTuple):
    """An argument of a row's step."""

    step: int
    pointer: str
    value: Any
    proof: Any


def _places(row: Any, kind: str = "user") -> Iterator[_Place]:
    for index, step in enumerate(row["steps"]):
        for leaf in leaf_pointers(parse_call(step["call"]).arguments):
            proof = step["provenance"].get(leaf.pointer)
            if proof is not None and proof["kind"] == kind:
                yield _Place(index, leaf.pointer, leaf.value, proof)


def _parameter(row: Any, place: _Place) -> Any:
    name = parse_call(row["steps"][place.step]["call"]).name
    tool = next(tool for tool in row["tools"] if tool["tool_name"] == name)
    return tool["parameters"].get(place.pointer.split("/")[1], {}) if place.pointer.count("/") == 1 else {}


def altered(row: Any, *edits: tuple[_Place, Json, Any]) -> Any:
    """Return the row with arguments of one step altered: value and provenance; what the step did goes along."""
    row = copy.deepcopy(row)
    call = parse_call(row["steps"][edits[0][0].step]["call"])
    arguments: Any = copy.deepcopy(call.arguments)
    step = row["steps"][edits[0][0].step]
    swaps = [(place.value, value) for place, value, _ in edits]
    for place, value, proof in edits:
        head, _, last = place.pointer.rpartition("/")
        holder: Any = resolve(arguments, head)
        holder[int(last) if isinstance(holder, list) else last] = value
        step["provenance"][place.pointer] = proof
    step["call"] = format_call(Call(call.name, arguments))
    row["gt_tool_calls"] = [one["call"] for one in row["steps"]]
    step["response"] = _swapped(step["response"], swaps)
    for change in step["changes"]:
        change["attributes"] = _swapped(change.get("attributes", {}), swaps)
        change["id"] = _swapped(change["id"], swaps) if change["op"] != "create" else change["id"]
    return certified(row)


def _swapped(item: Any, swaps: list[tuple[Any, Any]]) -> Any:
    if isinstance(item, dict):
        return {key: _swapped(value, swaps) for key, value in item.items()}
    if isinstance(item, list):
        return [_swapped(value, swaps) for value in item]
    return next((new for old, new in swaps if same_json(old, item)), item)


def certified(row: Any) -> Any:
    """Return the row with final state, answers and the certificate's claims as they now follow from the rest."""
    try:
        state = as_state(row["initial_state"])
        for step in row["steps"]:
            state = apply(state, [Change.model_validate(one) for one in step["changes"]], mint=None).state
        row["final_state"] = as_json(state)
        for answer in row["answer"]:
            answer["value"] = resolve(row["steps"][answer["step"]]["response"], answer["pointer"])
        found = examine(Task.model_validate(row)).certificate
    except (StateProblem, BadCall, LookupError):
        return row
    if found is not None:
        row["certificate"] = found.model_copy(update={"stability": row["certificate"].get("stability")}).to_json()
    return row


def _user(place: _Place, quote: str, turn: int | None = None) -> Any:
    return {"kind": "user", "turn": place.step if turn is None else turn, "quote": quote}


def _like(value: Any, number: str) -> Json:
    plain = number.replace(",", "")
    return float(plain) if isinstance(value, float) or "." in plain else int(plain)


def _numbers_swapped(row: Any) -> Iterator[Any]:
    numbers = [place for place in _places(row) if is_number(place.value)]
    for one in numbers:
        for two in numbers:
            if one.step == two.step and one.pointer < two.pointer and one.value != two.value:
                ours, theirs = type(two.value)(one.value), type(one.value)(two.value)
                proofs = [_retyped(two, theirs), _retyped(one, ours)]
                yield altered(row, (one, theirs, proofs[0]), (two, ours, proofs[1]))


def _retyped(place: _Place, value: Any) -> Any:
    return _part(place.step, place.proof["quote"], value)


def _dates_swapped(row: Any) -> Iterator[Any]:
    dates = [place for place in _places(row) if is_date(place.value)]
    for one in dates:
        for two in dates:
            if one.step == two.step and one.pointer < two.pointer and one.value != two.value:
                yield altered(row, (one, two.value, two.proof), (two, one.value, one.proof))


def _unrelated_number(row: Any) -> Iterator[Any]:
    for place in _places(row):
        if is_number(place.value):
            for number in numbers_in(row["steps"][place.step]["turn"]):
                value = _like(place.value, number)
                if value != place.value:
                    yield altered(row, (place, value, _part(place.step, number, value)))


def _entity_of_another_turn(row: Any) -> Iterator[Any]:
    for kind in ("user", "response"):
        for place in _places(row, kind):
            if isinstance(place.value, str) and _ID.fullmatch(place.value):
                prefix = place.value.partition("-")[0]
                for turn in range(place.step):
                    for other in _ID.findall(row["steps"][turn]["turn"]):
                        if other.partition("-")[0] == prefix and other != place.value:
                            yield altered(row, (place, other, _user(place, other, turn)))


def _number_of_another_turn(row: Any) -> Iterator[Any]:
    for place in _places(row):
        if is_number(place.value):
            for turn in range(place.step):
                for number in numbers_in(row["steps"][turn]["turn"]):
                    value = _like(place.value, number)
                    if value != place.value:
                        yield altered(row, (place, value, _part(turn, number, value)))


def _number_of_a_response(row: Any) -> Iterator[Any]:
    for place in _places(row):
        if is_number(place.value):
            for step in range(place.step):
                for leaf in leaf_pointers(row["steps"][step]["response"]):
                    if type(leaf.value) is type(place.value) and leaf.value != place.value:
                        proof = {"kind": "response", "step": step, "pointer": leaf.pointer}
                        yield altered(row, (place, leaf.value, proof))


def _boolean_flipped(row: Any) -> Iterator[Any]:
    for place in _places(row, "choice"):
        if isinstance(place.value, bool):
            yield altered(row, (place, not place.value, place.proof))


def _boolean_by_any_quote(row: Any) -> Iterator[Any]:
    for place in _places(row, "choice"):
        words = row["steps"][place.step]["turn"].split()
        for quote in dict.fromkeys((" ".join(words[:3]), words[-1])):
            if isinstance(place.value, bool) and not any(
                word in quote.lower() for word in place.pointer[1:].split("_")
            ):
                yield altered(row, (place, True, {"kind": "choice", "turn": place.step, "quote": quote}))


def _sum_with_a_response(row: Any) -> Iterator[Any]:
    for place in _places(row):
        for step in range(place.step) if is_number(place.value) and place.proof["quote"][:1].isdigit() else ():
            for leaf in leaf_pointers(row["steps"][step]["response"]):
                if is_number(leaf.value) and leaf.value:
                    inputs = [place.proof, {"kind": "response", "step": step, "pointer": leaf.pointer}]
                    values: list[Any] = [_like(place.value, place.proof["quote"]), leaf.value]
                    yield altered(row, (place, type(place.value)(sum(values)), _sum_of(inputs, values)))


def _sum_of(inputs: list[Any], values: list[Any]) -> Any:
    first = _part(inputs[0]["turn"], inputs[0]["quote"], values[0])
    return {"kind": "derived", "formula": "sum", "inputs": [first, *inputs[1:]], "values": values}


def _enum_by_any_quote(row: Any) -> Iterator[Any]:
    for place in _places(row):
        others = [one for one in _parameter(row, place).get("enum") or () if one != place.value]
        turn = row["steps"][place.step]["turn"]
        words = turn.split()
        for other in others[:1]:
            for quote in dict.fromkeys((" ".join(words[:3]), words[-1], place.proof["quote"], turn)):
                yield altered(row, (place, other, {"kind": "choice", "turn": place.step, "quote": quote}))


def _summed_with_itself(row: Any) -> Iterator[Any]:
    for place in _places(row):
        if is_number(place.value):
            values: list[Any] = (
                [_like(place.value, place.proof["quote"])] * 3 if place.proof["quote"][:1].isdigit() else []
            )
            if values:
                yield altered(row, (place, type(place.value)(sum(values)), _derived("sum", [place.proof] * 3, values)))


def _derived(formula: str, inputs: list[Any], values: list[Any]) -> Any:
    parts = [
        _part(part["turn"], part["quote"], value) if is_number(value) else part
        for part, value in zip(inputs, values, strict=True)
    ]
    return {"kind": "derived", "formula": formula, "inputs": parts, "values": values}


def _part(turn: int, quote: str, value: Any) -> Any:
    proof = {"kind": "user", "turn": turn, "quote": quote}
    return proof if quote == repr(value) else {**proof, "normaliser": "number"}


def _sum_of_unrelated(row: Any) -> Iterator[Any]:
    for place in _places(row):
        numbers = list(dict.fromkeys(numbers_in(row["steps"][place.step]["turn"])))
        if is_number(place.value) and len(numbers) > 1:
            values: list[Any] = [_like(place.value, number) for number in numbers[:2]]
            inputs = [_user(place, number) for number in numbers[:2]]
            yield altered(row, (place, sum(values), _derived("sum", inputs, values)))


def _date_and_unrelated_number(row: Any) -> Iterator[Any]:
    for place in _places(row):
        if is_date(place.value):
            for number in numbers_in(row["steps"][place.step]["turn"]):
                days = int(float(number.replace(",", "")))
                later = shifted(place.value, days)
                if later is not None and days:
                    proof = _derived("add_days", [place.proof, _user(place, number)], [place.value, days])
                    yield altered(row, (place, later, proof))


def _invented_text(row: Any) -> Iterator[Any]:
    for place in _places(row):
        free = isinstance(place.value, str) and not _ID.fullmatch(place.value) and not is_date(place.value)
        if free and not _parameter(row, place).get("enum") and place.pointer.count("/") == 1 and _compared(row, place):
            yield altered(row, (place, _NOBODY_ASKED, {"kind": "text"}))


def _compared(row: Any, place: _Place) -> bool:
    """Say whether what a free text is written to is compared; what a search looks for is."""
    volatile = row["meta"]["volatile"]
    written = [
        f"{change['collection']}.{name}"
        for change in row["steps"][place.step]["changes"]
        for name, value in change.get("attributes", {}).items()
        if value == place.value
    ]
    return not row["steps"][place.step]["changes"] or any(name not in volatile for name in written)


def _volatile_made_compared(row: Any) -> Iterator[Any]:
    for name in row["meta"]["volatile"]:
        for place in _places(row):
            writes = [change["collection"] for change in row["steps"][place.step]["changes"]]
            if f"{writes[:1]}.{place.pointer[1:]}" == f"{[name.partition('.')[0]]}.{name.partition('.')[2]}":
                forged = altered(row, (place, _NOBODY_ASKED, {"kind": "text"}))
                forged["meta"]["volatile"] = [other for other in forged["meta"]["volatile"] if other != name]
                set_volatile(forged, [name], volatile=False)
                yield certified(forged)


def _glued_unit(row: Any) -> Iterator[Any]:
    for place in _places(row):
        quote = place.proof["quote"]
        if is_number(place.value) and quote.isdigit():
            forged = copy.deepcopy(row)
            words = f"{quote}lightyears"
            step = forged["steps"][place.step]
            step["turn"] = re.sub(rf"(?<![\w-]){quote}(?![\w-])", words, step["turn"])
            forged["summary"] = re.sub(rf"(?<![\w-]){quote}(?![\w-])", words, forged["summary"])
            for line in forged["dialogue"]:
                line["turn"] = forged["steps"][line["step"]]["turn"]
            step["provenance"][place.pointer] = {**_user(place, words), "normaliser": "unit"}
            yield certified(forged)


def set_volatile(row: Any, names: Collection[str], *, volatile: bool) -> None:
    for kind in row["meta"]["entity_types"]:
        for part in kind["attributes"]:
            if f"{kind['collection']}.{part['name']}" in names:
                part["volatile"] = volatile
    row["meta"]["volatile"] = [
        f"{kind['collection']}.{part['name']}"
        for kind in row["meta"]["entity_types"]
        for part in kind["attributes"]
        if part.get("volatile")
    ]


FORGED_GROUNDS: Mapping[str, Forger] = {
    "grounds: two numbers swapped": _numbers_swapped,
    "grounds: two dates swapped": _dates_swapped,
    "grounds: an unrelated number of the turn": _unrelated_number,
    "grounds: an entity of another turn": _entity_of_another_turn,
    "grounds: a number of another turn": _number_of_another_turn,
    "grounds: a number of a response": _number_of_a_response,
    "grounds: a flipped boolean": _boolean_flipped,
    "grounds: a boolean by any quote": _boolean_by_any_quote,
    "grounds: an enum by any quote": _enum_by_any_quote,
    "grounds: k+k+k": _summed_with_itself,
    "grounds: a sum of unrelated numbers": _sum_of_unrelated,
    "grounds: a sum with a number of a response": _sum_with_a_response,
    "grounds: a date plus an unrelated number": _date_and_unrelated_number,
    "grounds: invented text that is compared": _invented_text,
    "grounds: a text whose attribute is made compared": _volatile_made_compared,
    "grounds: 12lightyears": _glued_unit,
}
"""What arguments rest on, forged."""
