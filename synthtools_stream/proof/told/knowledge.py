"""What is asked for, and by which names, things and words a message may tell it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from synthtools_stream.proof.answer_slots import slots_of
from synthtools_stream.proof.told.bare_answers import closing
from synthtools_stream.proof.told.declined import words_for
from synthtools_stream.proof.told.row_facts import RowFacts, plain_words
from synthtools_stream.proof.told.value_units import spellings_of
from synthtools_stream.proof.told.wanted_values import Asked, asked_of
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Expected
from synthtools_stream.values.jsontypes import Json

__all__ = ["NOTHING_KNOWN", "Knowledge"]

_ALIKE = (
    frozenset({"status", "state", "stage", "phase", "condition"}),
    frozenset({"name", "title", "subject", "slug", "headline"}),
    frozenset({"total", "count", "number", "quantity", "amount"}),
    frozenset({"cost", "price", "fee", "amount", "budget"}),
)
"""Names of attributes that people take for each other."""


class Knowledge(RowFacts):
    """A row, and what its user wants to be told."""

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """All that the user wants to be told."""
        return asked_of(self._task, self)

    @property
    def expected(self) -> Expected:
        """What an agent must come to; what is no variant is to be done."""
        twist = self._task.meta.twist
        return twist.expects if twist is not None else Expected.done

    @cached_property
    def held_back(self) -> frozenset[str]:
        """Words that name the value which the user holds back."""
        twist = self._task.meta.twist
        if twist is None or not twist.pointer:
            return frozenset()
        return words_for(twist.pointer, self._task.tools)

    @cached_property
    def by_slot(self) -> dict[str, Json]:
        """The answers under the names by which they may be told."""
        answers = self._task.answer
        return dict(zip(slots_of(self._task), (answer.value for answer in answers), strict=True))

    @cached_property
    def closing(self) -> str:
        """The shortest message that tells it."""
        return closing(self._task.answer)

    @cached_property
    def label_keys(self) -> frozenset[str]:
        """The names that a value may be told under: those asked for, and those of the things that they are asked of."""
        nouns = {one.noun for one in self.asked}
        kinds = (kind for kind in self.types.values() if kind.name.lower() in nouns)
        keys = {attribute.name for kind in kinds for attribute in kind.attributes}
        return frozenset(keys.union(one.key for one in self.asked) - {""})

    @cached_property
    def told_names(self) -> frozenset[str]:
        """The texts asked for: where they are names, they are values first, and seldom say of what another is told."""
        return frozenset(plain_words(one.value) for one in self.asked if isinstance(one.value, str))

    def may_be_called(self, asked: Asked, key: str) -> bool:
        """Say whether what is asked may stand under a name: its own, one that means the same, or one that is true."""
        if key == asked.key:
            return True
        if any(one.key == key for one in self.asked):
            return False
        if not set(asked.key.split("_")).isdisjoint(key.split("_")):
            return True
        return any({asked.key, key} <= alike for alike in _ALIKE) or (key, str(asked.value)) in self.pairs

    def is_of(self, asked: Asked, named: Iterable[str]) -> bool:
        """Say whether what is asked may be said of what is named: of nothing, or of its own thing by all its names."""
        return all(words in asked.owners for words in named)

    def unit_words(self, asked: Asked) -> frozenset[str]:
        """Return the words that may follow a number which is what is asked: its units, name and thing."""
        words = {*asked.key.lower().split("_"), asked.noun, f"{asked.noun}s"}
        return frozenset(words.union(*map(spellings_of, asked.units)) - {""})

    def is_told(self, words: str) -> bool:
        """Say whether the row holds words, in plain small letters, or they name what it holds."""
        return words in self.spoken_words or any(name in words for name in self.names)


NOTHING_KNOWN = Knowledge(
    Task(id="", field="", summary="", tools=[], gt_tool_calls=[], initial_state=None, final_state=None)
)
"""Of a task that asks for no answer and of which nothing is known."""
