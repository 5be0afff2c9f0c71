"""Closing messages that do not tell what is asked, or tell more than is true."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from synthtools_stream.proof.told.asked_values import Asked
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import parse_date
from tests.proof.wordings import Told, Words, all_told, is_number, label, numbers_as, sentence, value

__all__ = ["WRONG"]


def _other(one: Asked) -> Json:
    """Return another value for what is asked."""
    if isinstance(one.value, bool):
        return not one.value
    if isinstance(one.value, int | float):
        return one.value + 13
    if isinstance(one.value, str) and (day := parse_date(one.value)):
        return f"{day.year}-{day.month % 12 + 1:02d}-{min(day.day + 1, 28):02d}"
    taken = one.peers | {str(held).lower() for held in one.history}
    return next((other for other in sorted(one.siblings) if other not in taken), "something else")


def _wrong(one: Asked) -> str:
    return value(one._replace(value=_other(one)))


def _beside(*forms: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        for form in forms:
            yield " ".join(form.format(label=label(one), right=value(one), wrong=_wrong(one)) for one in told.asked)

    return words


def _first_beside(told: Told) -> Iterator[str]:
    one, *others = told.asked
    rest = " ".join(map(sentence, others))
    yield f"The {label(one)} is {value(one)} or {_wrong(one)}. {rest}"
    yield f"The {label(one)} is {_wrong(one)}. The {label(one)} is {value(one)}. {rest}"
    yield f"{rest} It is {value(one)}. It is {_wrong(one)}."
    yield f"{rest}\n{value(one)}\n{_wrong(one)}"
    yield f"{rest} {label(one)}: {value(one)}, {_wrong(one)}"
    yield f"{rest} {label(one)}: {value(one)} / {_wrong(one)}"
    yield f"{rest} {label(one)}: {value(one)}; {label(one)}: {_wrong(one)}"


def _swapped(told: Told) -> Iterator[str]:
    firsts = [(a, b) for a in told.asked for b in told.asked if a.key < b.key and value(a) != value(b)]
    keys = [one.key for one in told.asked]
    firsts = [(a, b) for a, b in firsts if keys.count(a.key) == keys.count(b.key) == 1]
    for a, b in firsts[:1]:
        others = " ".join(sentence(one) for one in told.asked if one not in (a, b))
        yield f"The {label(a)} is {value(b)} and the {label(b)} is {value(a)}. {others}"
        yield f"{label(a)}: {value(b)}\n{label(b)}: {value(a)}\n{others}"
        yield f"{others}\n- **{label(a).title()}**: {value(b)}\n- **{label(b).title()}**: {value(a)}"
        yield f"The {label(a)} and {label(b)} are {value(b)} and {value(a)}. {others}"
        yield f"{value(b)} is the {label(a)} and {value(a)} is the {label(b)}. {others}"
        yield json.dumps(
            {a.key: b.value, b.key: a.value, **{one.key: one.value for one in told.asked if one not in (a, b)}}
        )


_UNITS = ("hours", "kg", "km", "USD", "lightyears", "percent", "minutes", "litres")


def _unit(told: Told) -> Iterator[str]:
    spelled = {"h": "hours", "kg": "kg", "km": "km", "USD": "USD", "%": "percent", "min": "minutes", "l": "litres"}

    for unit in _UNITS:

        def form(one: Asked, unit: str = unit) -> str | None:
            own = {spelled.get(known, "") for known in one.units}
            return f"{value(one)} {unit}" if unit not in own and (one.units or unit != "USD") else None

        yield from numbers_as(told, form)


def _failed(told: Told) -> Iterator[str]:
    message = all_told(told, sentence)
    yield f"{message} All of it failed."
    yield f"Unfortunately everything failed. {message}"
    yield f"I could not do any of this. {message}"
    yield f"{message} None of the changes were made."
    yield f"{message} I was unable to complete your request."
    yield f"{message} But nothing was done."
    yield f"{message} The whole request failed with an error."
    yield f"{message} All steps were rolled back."
    yield f"Failed. {message}"


def _other_thing(told: Told) -> Iterator[str]:
    one, *others = told.asked
    if any(other.key == one.key and other.value == one.value for other in others):
        return
    rest = " ".join(map(sentence, others))
    own = next((told.known.entities[e][0] for e in told.known.entities if e.lower() in one.owners), None)
    foreign = [e for e in told.known.entities if e.lower() not in one.owners]
    same = [e for e in foreign if told.known.entities[e][0] == own] or foreign
    names = same[:1] + [name for e in same[:1] for name in told.known.names_of(e)]
    for name in names:
        yield f"The {label(one)} of {name} is {value(one)}. {rest}"
        yield f"{name}: {label(one)} {value(one)}. {rest}"
        yield f"For {name}, the {label(one)} is {value(one)}. {rest}"
        yield f"{rest} {name}'s {label(one)} is {value(one)}."
        yield f"{rest}\n**{name}**\n- {label(one)}: {value(one)}"
        yield f"{rest} The {label(one)} is {value(one)} for {name}."
        yield f"{rest} {name} has a {label(one)} of {value(one)}."
        yield f"{rest} I looked at {name}. Its {label(one)} is {value(one)}."


def _enumerated(told: Told) -> Iterator[str]:
    for one in told.asked:
        others = " ".join(sentence(other) for other in told.asked if other is not one)
        if is_number(one) and float(str(one.value)).is_integer():
            low = max(0, int(float(str(one.value))) - 25)
            yield f"It is {', '.join(map(str, range(low, low + 50)))}. {others}"
            yield f"The {label(one)} is one of {' '.join(map(str, range(low, low + 50)))}. {others}"
            yield f"{others}\n" + "\n".join(map(str, range(low, low + 50)))
        elif one.siblings - one.peers - {str(held).lower() for held in one.history}:
            names = [*sorted(one.siblings), value(one)]
            yield f"The {label(one)} is {', '.join(names)}. {others}"
            yield f"It is {' or '.join(names)}. {others}"


def _thought(told: Told) -> Iterator[str]:
    message = all_told(told, sentence)
    yield f"<think>{message}</think>Done."
    yield f"<thinking>{message}</thinking>\n\nAll done!"
    yield f"{message}</think>Done."
    yield f"<think>{message}"
    yield f"<|channel|>analysis<|message|>{message}<|end|><|start|>assistant<|channel|>final<|message|>Done."
    yield f"<scratchpad>{message}</scratchpad> Done."
    yield f"Thought: {message}\n\nFinal answer: Done."
    yield f"<!-- {message} -->Done."


def _dumped(told: Told) -> Iterator[str]:
    responses = [step.response for step in told.task.steps]
    yield "\n".join(json.dumps(held) for held in responses)
    yield json.dumps(responses)
    yield json.dumps(told.task.final_state)
    yield f"Done. Here is the raw data:\n```json\n{json.dumps(responses, indent=2)}\n```"
    yield str(responses)
    yield json.dumps(responses)[:-3]
    yield "\n".join(_yaml(held) for held in responses)
    yield "\n".join(f"{step.call} -> {json.dumps(step.response)}" for step in told.task.steps)
    yield json.dumps({"answer": responses})


def _yaml(held: Any, depth: int = 0) -> str:
    pad = "  " * depth
    if isinstance(held, dict):
        return "\n".join(
            f"{pad}{k}:\n{_yaml(v, depth + 1)}" if isinstance(v, dict | list) else f"{pad}{k}: {v}"
            for k, v in held.items()
        )
    if isinstance(held, list):
        return "\n".join(f"{pad}- {_yaml(v, depth + 1).strip()}" for v in held)
    return f"{pad}{held}"


def _omitted(told: Told) -> Iterator[str]:
    for one in told.asked:
        others = [other for other in told.asked if other is not one]
        if value(one) not in [value(other) for other in others] and value(one).lower() not in told.known.wished:
            yield f"Done. {' '.join(map(sentence, others))}"


def _altered(told: Told) -> Iterator[str]:
    for one in told.asked:
        yield " ".join(sentence(other, _wrong(one) if other is one else None) for other in told.asked)


def _denied(told: Told) -> Iterator[str]:
    for form in (
        "The {label} is not {right}, it is {wrong}.",
        "It is not {right} but {wrong}.",
        "Not {right}, it is {wrong}.",
        "The {label} isn't {right}; it is {wrong}.",
        "The {label} is {wrong}, not {right}.",
        "The {label} is {wrong} rather than {right}.",
        "The {label} is {wrong} instead of {right}.",
        "I do not think that the {label} is {right}.",
        "It is false that the {label} is {right}.",
        "Is the {label} {right}?",
        "If the {label} were {right}, I would say so.",
        "The {label} is no longer {right}.",
        "{right} is not the {label}.",
    ):
        yield from _beside(form)(told)


def _silent(_told: Told) -> Iterator[str]:
    yield from ("", "Done.", "All set! Everything you asked for has been completed.")


WRONG: Mapping[str, Words] = {
    "nothing told": _silent,
    "raw dumps": _dumped,
    "a wrong value beside each": _beside(
        "The {label} is {right} or {wrong}.",
        "The {label} is {wrong}. The {label} is {right}.",
        "The {label} is {right}, {wrong}.",
        "The {label} is {right} and {wrong}.",
        "{label}: {right}\n{label}: {wrong}\n",
        "{right} / {wrong}\n",
        "Either {right} or {wrong}. ",
    ),
    "a wrong value beside one": _first_beside,
    "not 31, it is 44": _denied,
    "labels swapped": _swapped,
    "wrong unit": _unit,
    "all of it failed": _failed,
    "another thing's name": _other_thing,
    "enumerations": _enumerated,
    "thoughts": _thought,
    "another value": _altered,
    "one omitted": _omitted,
}
"""Messages that do not tell it, or tell more than is true."""
