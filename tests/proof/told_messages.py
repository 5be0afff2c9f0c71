"""How closing messages are judged, kind by kind: `python -m tests.proof.told_messages task_content.jsonl`.

Each kind words the answers of a task in one way, right or wrong; the state is as it should be, so that the message alone
decides. Printed is how many of the right ones are not accepted, and how many of the wrong ones are.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from synthtools_stream.errors import DatasetError
from synthtools_stream.proof.told.asked_values import Asked
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.verdict import judge_outcome, target_of
from synthtools_stream.records import Task
from synthtools_stream.state import as_state
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import parse_date

__all__ = ["RIGHT", "WRONG", "Heard", "Told", "heard"]


class Told(NamedTuple):
    """A task and what its user wants to be told."""

    task: Task
    known: Knowledge

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The values asked for, in order."""
        return self.known.asked


Words: TypeAlias = Callable[[Told], Iterator[str]]
"""From a task to closing messages of one kind; none where the kind does not apply."""


class Heard(NamedTuple):
    """Messages of a kind that were accepted, of how many, and an example of each."""

    accepted: int
    tried: int
    examples_accepted: list[str]
    examples_refused: list[str]


def heard(tasks: list[Task], words: Words) -> Heard:
    """Return how many messages of a kind the verdict accepts, the state being right."""
    accepted, refused = list[str](), list[str]()
    for task in tasks:
        target = target_of(task)
        for message in words(Told(task, target.known)) if target.known.asked else ():
            verdict = judge_outcome(target, as_state(task.final_state), message)
            (accepted if verdict.kind == "solved" else refused).append(f"{task.id}\n{message}\n  {verdict.reasons}")
    return Heard(len(accepted), len(accepted) + len(refused), accepted, refused)


def label(one: Asked) -> str:
    """Return an attribute's name as prose has it."""
    return one.key.replace("_", " ")


def value(one: Asked) -> str:
    """Return a value as prose has it."""
    if isinstance(one.value, bool):
        return "yes" if one.value else "no"
    if one.value is None or isinstance(one.value, list | dict):
        return "none"
    if isinstance(one.value, float) and one.value.is_integer():
        return str(int(one.value))
    return str(one.value)


def is_number(one: Asked) -> bool:
    """Say whether a number is asked for."""
    return isinstance(one.value, int | float) and not isinstance(one.value, bool)


def sentence(one: Asked, said: str | None = None) -> str:
    """Return a sentence that tells a value, or `said` in its place."""
    return f"The {label(one)} is {value(one) if said is None else said}."


def all_told(told: Told, form: Callable[[Asked], str], between: str = " ") -> str:
    """Return a message that tells each value in a form."""
    return between.join(form(one) for one in told.asked)


def _numbers_as(told: Told, form: Callable[[Asked], str | None]) -> Iterator[str]:
    forms = [form(one) if is_number(one) else None for one in told.asked]
    if any(forms):
        yield " ".join(sentence(one, said) for one, said in zip(told.asked, forms, strict=True))


def _deeds(told: Told) -> str:
    lines: list[str] = []
    for step in told.task.steps:
        call = parse_call(step.call)
        words = "".join(f" {c.lower()}" if c.isupper() else c for c in call.name).strip()
        given = ", ".join(
            f"{name.replace('_', ' ')} {held}"
            for name, held in call.arguments.items()
            if not isinstance(held, list | dict)
        )
        lines.append(f"- **{words.capitalize()}** with {given}" if given else f"- **{words.capitalize()}**")
    return "\n".join(lines)


def _polite(told: Told) -> Iterator[str]:
    bold = all_told(told, lambda one: f"- **{label(one).capitalize()}**: {value(one)}", "\n")
    yield f"All done! Here is what I found:\n\n{bold}\n\nLet me know if there is anything else I can help you with."
    yield f"Everything you asked for has been completed.\n\n### What I did\n{_deeds(told)}\n\n### What you wanted to know\n{bold}"
    plain = all_told(told, sentence)
    yield f"I have completed all {len(told.task.steps)} steps of your request. {plain} No other changes were made. Is there anything else?"
    yield f"Certainly! {plain}\n\nI did not change anything else."


def _echoed(told: Told) -> Iterator[str]:
    steps = "\n".join(f"{n}. {step.turn}" for n, step in enumerate(told.task.steps, 1))
    yield f"You asked me to:\n{steps}\n\nThat is all done. {all_told(told, sentence)}"
    yield f"Request: {told.task.summary}\n\nOutcome: {all_told(told, sentence)}"


def _entities(told: Told) -> Iterator[str]:
    parts = list[str]()
    for one in told.asked:
        own = next(
            (e for e in told.known.entities if e.lower() in one.owners and one.key in told.known.entities[e][1]), None
        )
        if own is None:
            parts.append(sentence(one))
        else:
            parts.append(f"The {label(one)} of {own} is {value(one)}.")
    yield " ".join(parts)
    yield "\n".join(part.removeprefix("The ").replace(" is ", ": ") for part in parts)


def _table(told: Told) -> Iterator[str]:
    yield "| Item | Value |\n|---|---|\n" + all_told(
        told, lambda one: f"| {label(one).capitalize()} | {value(one)} |", "\n"
    )
    if len({one.key for one in told.asked}) == len(told.asked):
        heads, cells = " | ".join(map(label, told.asked)), " | ".join(map(value, told.asked))
        yield f"Here you are:\n\n| {heads} |\n|{'---|' * len(told.asked)}\n| {cells} |\n"


def _json(told: Told) -> Iterator[str]:
    keys = [one.key for one in told.asked]
    if len(set(keys)) == len(keys):
        held = {one.key: one.value for one in told.asked}
        yield json.dumps(held, separators=(",", ":"))
        yield f"```json\n{json.dumps(held, indent=2)}\n```"
        yield f"Here it is: {json.dumps(held)}"


def _words_of(number: int) -> str | None:
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    if number == 12:
        return "a dozen"
    if 0 <= number < 20:
        return ones[number]
    if number < 100:
        return tens[number // 10 - 2] + (f"-{ones[number % 10]}" if number % 10 else "")
    if number == 100:
        return "one hundred"
    return None


def _worded(one: Asked) -> str | None:
    return (
        _words_of(int(one.value))
        if isinstance(one.value, int | float) and float(one.value).is_integer() and one.value >= 0
        else None
    )


def _grouped(mark: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        def form(one: Asked) -> str | None:
            assert isinstance(one.value, int | float)
            return (
                f"{one.value:,}".removesuffix(".0").replace(",", mark)
                if one.value >= 1000 and float(one.value).is_integer()
                else None
            )

        yield from _numbers_as(told, form)

    return words


def _money(form: str) -> Words:
    signs = {"EUR": "€", "USD": "$", "GBP": "£"}

    def words(told: Told) -> Iterator[str]:
        def money(one: Asked) -> str | None:
            code = next((unit for unit in signs if unit in one.units), None)
            return form.format(code=code, sign=signs[code], n=value(one)) if code else None

        yield from _numbers_as(told, money)

    return words


def _hyphened(told: Told) -> Iterator[str]:
    names = {
        "min": "minute",
        "h": "hour",
        "day": "day",
        "month": "month",
        "kg": "kg",
        "m": "metre",
        "km": "km",
        "cm": "cm",
    }
    if not any(is_number(one) and one.units & names.keys() for one in told.asked):
        return
    yield " ".join(
        f"It has a {value(one)}-{names[next(u for u in sorted(one.units) if u in names)]} {label(one)}."
        if is_number(one) and one.units & names.keys()
        else sentence(one)
        for one in told.asked
    )


def _dates(told: Told) -> Iterator[str]:
    days = [
        parse_date(one.value) if isinstance(one.value, str) and "T" not in one.value else None for one in told.asked
    ]
    if not any(days):
        return
    forms: tuple[Callable[[date], str], ...] = (
        lambda d: f"{d.day} {d:%B %Y}",
        lambda d: f"{d:%B} {d.day}, {d.year}",
        lambda d: f"{d:%b} {_ordinal(d.day)}",
        lambda d: f"{d:%b} {_ordinal(d.day)}, {d.year}",
        lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
        lambda d: f"the {_ordinal(d.day)} of {d:%B %Y}",
        lambda d: f"{d.day}/{d.month}/{d.year}",
        lambda d: f"{d:%d.%m.%Y}",
        lambda d: f"{d:%Y/%m/%d}",
        lambda d: f"{d:%d-%b-%Y}",
        lambda d: f"{d:%B} {d.day}",
    )
    for form in forms:
        yield " ".join(sentence(one, form(day) if day else None) for one, day in zip(told.asked, days, strict=True))


def _ordinal(number: int) -> str:
    return f"{number}{'th' if 10 < number % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _inflected(told: Told) -> Iterator[str]:
    def form(one: Asked) -> str | None:
        if not isinstance(one.value, str) or not one.value.islower():
            return None
        for a, b in (("celled", "celed"), ("celed", "celled"), ("_", " "), ("_", "-")):
            if a in one.value:
                return one.value.replace(a, b)
        return None

    forms = [form(one) for one in told.asked]
    if any(forms):
        yield " ".join(sentence(one, said) for one, said in zip(told.asked, forms, strict=True))


def _once(make: Callable[[Told], str]) -> Words:
    return lambda told: iter([make(told)])


def _spaced(mark: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        message = all_told(told, sentence)
        if any(" " in value(one) for one in told.asked):
            yield message.replace(" ", mark)

    return words


def _unbroken(told: Told) -> Iterator[str]:
    if any("-" in value(one) for one in told.asked):
        yield all_told(told, lambda one: sentence(one, value(one).replace("-", "\u2011")))


RIGHT: Mapping[str, Words] = {
    "a sentence each": _once(lambda t: all_told(t, sentence)),
    "values alone": _once(lambda t: all_told(t, value, "\n")),
    "values in one sentence": _once(lambda t: f"Here you go: {all_told(t, value, ', ')}."),
    "polite and long": _polite,
    "the request repeated": _echoed,
    "of which thing": _entities,
    "in a table": _table,
    "_italics_": _once(lambda t: all_told(t, lambda one: sentence(one, f"_{value(one)}_"))),
    "**bold**": _once(lambda t: all_told(t, lambda one: sentence(one, f"**{value(one)}**"))),
    "`code`": _once(lambda t: all_told(t, lambda one: sentence(one, f"`{value(one)}`"))),
    "in quotes": _once(lambda t: all_told(t, lambda one: sentence(one, f"“{value(one)}”"))),
    "no-break spaces": _spaced("\u00a0"),
    "thin spaces": _spaced("\u2009"),
    "line breaks": _spaced("\n"),
    "U+2011": _unbroken,
    "JSON": _json,
    "key:value": _once(lambda t: all_told(t, lambda one: f"{one.key}:{value(one)}", "\n")),
    "key=value": _once(lambda t: all_told(t, lambda one: f"{one.key}={value(one)}", "; ")),
    "key: value": _once(lambda t: all_told(t, lambda one: f"{label(one).title()}: {value(one)}", ", ")),
    "value is the key": _once(lambda t: all_told(t, lambda one: f"{value(one)} is the {label(one)}.")),
    "EUR31": _money("{code}{n}"),
    "31EUR": _money("{n}{code}"),
    "€31": _money("{sign}{n}"),
    "31 EUR": _money("{n} {code}"),
    "31-minute": _hyphened,
    "number words": lambda t: _numbers_as(t, _worded),
    "41'970": _grouped("'"),
    "41,970": _grouped(","),
    "41.970": _grouped("."),
    "41 970 (thin)": _grouped("\u2009"),
    "41 970 (narrow)": _grouped("\u202f"),
    "dates": _dates,
    "inflected": _inflected,
    "upper case": _once(lambda t: all_told(t, sentence).upper()),
}
"""Messages that tell all that is asked, in the order of the issue."""


def _other(told: Told, one: Asked) -> Json:
    """Return another value for what is asked."""
    if isinstance(one.value, bool):
        return not one.value
    if isinstance(one.value, int | float):
        return one.value + 13
    if isinstance(one.value, str) and (day := parse_date(one.value)):
        return f"{day.year}-{day.month % 12 + 1:02d}-{min(day.day + 1, 28):02d}"
    taken = one.peers | {str(held).lower() for held in one.history}
    return next((other for other in sorted(one.siblings) if other not in taken), "something else")


def _wrong(told: Told, one: Asked) -> str:
    return value(one._replace(value=_other(told, one)))


def _beside(*forms: str) -> Words:
    def words(told: Told) -> Iterator[str]:
        for form in forms:
            yield all_told(
                told,
                lambda one, form=form: form.format(label=label(one), right=value(one), wrong=_wrong(told, one)),
            )

    return words


def _first_beside(told: Told) -> Iterator[str]:
    one, *others = told.asked
    rest = " ".join(map(sentence, others))
    yield f"The {label(one)} is {value(one)} or {_wrong(told, one)}. {rest}"
    yield f"The {label(one)} is {_wrong(told, one)}. The {label(one)} is {value(one)}. {rest}"
    yield f"{rest} It is {value(one)}. It is {_wrong(told, one)}."
    yield f"{rest}\n{value(one)}\n{_wrong(told, one)}"
    yield f"{rest} {label(one)}: {value(one)}, {_wrong(told, one)}"
    yield f"{rest} {label(one)}: {value(one)} / {_wrong(told, one)}"
    yield f"{rest} {label(one)}: {value(one)}; {label(one)}: {_wrong(told, one)}"


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

        yield from _numbers_as(told, form)


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
        yield " ".join(sentence(other, _wrong(told, one) if other is one else None) for other in told.asked)


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


WRONG: Mapping[str, Words] = {
    "nothing told": lambda t: iter(["", "Done.", "All set! Everything you asked for has been completed."]),
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


def main() -> None:
    """Print the share of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=250)
    parser.add_argument("--only", default="")
    parser.add_argument("--examples", type=int, default=0)
    options = parser.parse_args()
    tasks = [
        row.task
        for path in options.dataset
        for row, _ in zip(read_located_tasks(path), range(options.limit), strict=False)
        if not isinstance(row, DatasetError)
    ]
    for title, kinds, good in (("right, not accepted", RIGHT, True), ("wrong, accepted", WRONG, False)):
        sys.stdout.write(f"{title}\n")
        for kind, words in kinds.items():
            if options.only in kind:
                found = heard(tasks, words)
                amiss = found.tried - found.accepted if good else found.accepted
                sys.stdout.write(f"  {kind:<40} {amiss:>5} of {found.tried}\n")
                for example in (found.examples_refused if good else found.examples_accepted)[: options.examples]:
                    sys.stdout.write(f"    {example[:1500]}\n")


if __name__ == "__main__":
    main()
