"""How a closing message may word what a task asks to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.wanted_values import Asked
from synthtools_stream.records import Task

__all__ = ["Told", "Words", "all_told", "is_number", "label", "numbers_as", "once", "sentence", "value"]


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


def numbers_as(told: Told, form: Callable[[Asked], str | None]) -> Iterator[str]:
    """Yield a message in which numbers stand in a form, where any may; None of a number that may not."""
    forms = [form(one) if is_number(one) else None for one in told.asked]
    if any(forms):
        yield " ".join(sentence(one, said) for one, said in zip(told.asked, forms, strict=True))


def once(make: Callable[[Told], str]) -> Words:
    """Return a kind of which every task makes one message."""
    return lambda told: iter([make(told)])
