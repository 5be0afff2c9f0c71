"""A task as words beside calls: each turn and the request read, each call with its tool; what all checks look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from synthtools_stream.proof.worded.text_mentions import Reading, read_text
from synthtools_stream.proof.worded.word_stems import name_stems, stems_of
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Provenance, ProvenanceKind, Step
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import Call, parse_call
from synthtools_stream.values.json_pointers import Leaf, leaves
from synthtools_stream.values.object_memo import ObjectMemo
from synthtools_stream.wording.dates import is_date

__all__ = ["Conversation", "SpokenStep", "key_of", "user_parts"]

_TOOLS = 256
"""Tools whose words are remembered: those of some tens of environments, whose tasks hold the same ones."""


@dataclass(frozen=True)
class SpokenStep:
    """A step: its turn, read, and its call with the tool."""

    index: int
    step: Step
    turn: Reading
    call: Call
    tool: Tool

    @cached_property
    def arguments(self) -> list[Leaf]:
        """The call's arguments, down to what is in them."""
        return [leaf for leaf in leaves(self.call.arguments) if leaf.pointer]

    def parameter(self, pointer: str) -> Parameter | None:
        """Return the top-level parameter that an argument belongs to."""
        return self.tool.parameters.get(pointer[1:].partition("/")[0])

    @property
    def purpose(self) -> frozenset[str]:
        """The stems of the words that say what the tool does, and to what."""
        return _purpose_of(self.tool)

    @property
    def tool_stems(self) -> frozenset[str]:
        """The stems of all words with which the tool is described, names of its parts included."""
        return _stems_of_tool(self.tool)

    @cached_property
    def value_stems(self) -> frozenset[str]:
        """The stems of the words in the call's values."""
        return stems_of(" ".join(str(leaf.value) for leaf in self.arguments))


@dataclass(frozen=True)
class Conversation:
    """The steps of a task and, once there is one, the request that merges their turns."""

    steps: Sequence[SpokenStep]
    types: Sequence[EntityType]
    collections: Mapping[str, str]
    """Where each entity lives, by id; those that the steps create included."""
    request: Reading | None = None

    @classmethod
    def of(
        cls,
        steps: Sequence[Step],
        tools: Sequence[Tool],
        types: Sequence[EntityType],
        start: State,
        request: str | None = None,
    ) -> Conversation:
        """Read turns and request.

        :raises BadCall: when a call cannot be read.
        """
        by_name = {tool.tool_name: tool for tool in tools}
        calls = [parse_call(step.call) for step in steps]
        homes = {key: name for name, entities in start.items() if name != CLOCK for key in entities}
        homes |= {change.id: change.collection for step in steps for change in step.changes}
        ids = {leaf.value for call in calls for leaf in leaves(call.arguments) if isinstance(leaf.value, str)}
        known = sorted(ids & homes.keys())
        dictated = sorted({quote for step in steps for quote in _dictated(step)})
        spoken = [
            SpokenStep(index, step, read_text(step.turn, dictated, known), call, by_name[call.name])
            for index, (step, call) in enumerate(zip(steps, calls, strict=True))
        ]
        return cls(spoken, types, homes, read_text(request, dictated, known) if request is not None else None)

    @cached_property
    def turn_stems(self) -> frozenset[str]:
        """The stems of all that the turns say."""
        return frozenset[str]().union(*(spoken.turn.stems for spoken in self.steps))

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The names of all attributes."""
        return frozenset(attribute.name for kind in self.types for attribute in kind.attributes)

    @cached_property
    def names(self) -> frozenset[str]:
        """What can be asked for: all attributes, and all keys of responses."""
        pointers = {leaf.pointer for spoken in self.steps for leaf in leaves(spoken.step.response)}
        return self.attributes.union(map(key_of, pointers))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The same and the names of the types."""
        return self.names.union(kind.name for kind in self.types)

    @cached_property
    def name_parts(self) -> frozenset[str]:
        """The stems of the words in names that are made of several."""
        return frozenset(part for name in self.names if "_" in name for part in name_stems(name))


def _purpose(tool: Tool) -> frozenset[str]:
    descriptions = (part.description for part in tool.parameters.values())
    names = [tool.tool_name, *tool.parameters]
    return stems_of(" ".join([tool.tool_description, *descriptions])).union(*map(name_stems, names))


def _tool_stems(tool: Tool) -> frozenset[str]:
    names = [tool.tool_name, *tool.parameters, *tool.output_details]
    texts = [
        *(tool.tool_description, tool.usage, *tool.error_messages),
        *(part.description for part in tool.parameters.values()),
        *(part.description for part in tool.output_details.values()),
    ]
    return stems_of(" ".join(texts)).union(*map(name_stems, names))


_purpose_of = ObjectMemo(_purpose, _TOOLS)
_stems_of_tool = ObjectMemo(_tool_stems, _TOOLS)


@lru_cache(maxsize=2048)
def key_of(pointer: str) -> str:
    """Return the last part of a pointer that is a name, and no place in a list."""
    return next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")


def user_parts(proof: Provenance) -> list[Provenance]:
    """Return what of a provenance rests on words of the user, a formula's inputs included."""
    if proof.kind in (ProvenanceKind.user, ProvenanceKind.choice):
        return [proof]
    return [part for source in proof.inputs or () for part in user_parts(source)]


def _dictated(step: Step) -> list[str]:
    """Return the texts of more than one word that a user says to the letter."""
    quotes = (part for proof in step.provenance.values() for part in user_parts(proof))
    return [
        part.quote
        for part in quotes
        if part.quote
        and part.kind is ProvenanceKind.user
        and part.normaliser in (None, "case")
        and " " in part.quote.strip()
        and not is_date(part.quote)
    ]
