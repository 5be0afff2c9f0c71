"""What a tool's text means, as data: operation, parameters, rules, effects, order and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary
from synthtools_stream.values.jsontypes import Json

__all__ = [
    "Condition",
    "Effect",
    "EffectKind",
    "Meaning",
    "MeaningKind",
    "Operand",
    "Order",
    "OutputKind",
    "OutputMeaning",
    "Part",
    "Relation",
    "Rule",
    "Source",
    "ToolReading",
]


class MeaningKind(StrEnum):
    """What an argument is for."""

    target_id = "target_id"
    """Id of the entity acted on or looked up."""
    reference = "reference"
    """Id of another entity, stored in `attribute` where there is one."""
    sets = "sets"
    filter = "filter"
    limit = "limit"
    amount = "amount"
    text = "text"
    flag = "flag"
    unknown = "unknown"


@dataclass(frozen=True)
class Part:
    """One value inside a parameter that takes several; of a list of plain values, a part without a name."""

    name: str
    type: str = "string"
    format: str = ""
    unit: str = ""
    description: str = ""


@dataclass(frozen=True)
class Meaning:
    """What one parameter means."""

    parameter: str
    kind: MeaningKind
    type: str = "string"
    required: bool = False
    noun: str = ""
    """Noun of the entity whose id it takes, as the text says it."""
    collection: str = ""
    """Collection whose ids it takes (target_id, reference, or a filter by reference)."""
    attribute: str = ""
    """Attribute that it sets, filters by, or raises; empty where none was found."""
    op: str = "eq"
    """For filters: eq, min, max, from, until."""
    direction: int = 0
    """For amounts: 1 raises, -1 lowers."""
    format: str = ""
    """`date`, `datetime`, or nothing."""
    unit: str = ""
    enum: tuple[Json, ...] = ()
    default: Json = None
    low: float | None = None
    high: float | None = None
    max_length: int | None = None
    parts: tuple[Part, ...] = ()
    """Of objects their properties, of lists what each item holds."""
    description: str = ""

    @property
    def takes_id(self) -> bool:
        """Whether its value is the id of an entity."""
        return self.kind in (MeaningKind.target_id, MeaningKind.reference) or bool(self.collection or self.noun)


class Source(StrEnum):
    """Where an operand's value comes from."""

    parameter = "parameter"
    attribute = "attribute"
    constant = "constant"
    now = "now"


@dataclass(frozen=True)
class Operand:
    """One side of a comparison."""

    source: Source
    name: str = ""
    """The parameter's or attribute's name."""
    entity: str = ""
    """For attributes: the parameter that holds the entity's id."""
    via: str = ""
    """For attributes: the attribute of that entity which leads on to the one meant."""
    via_collection: str = ""
    value: Json = None


class Relation(StrEnum):
    """How two operands must stand to each other."""

    lt = "lt"
    le = "le"
    gt = "gt"
    ge = "ge"
    eq = "eq"
    ne = "ne"
    one_of = "one_of"
    none_of = "none_of"
    given = "given"
    absent = "absent"
    max_length = "max_length"
    min_length = "min_length"
    any_given = "any_given"
    """At least one of the parameters listed in the right operand's value."""
    one_given = "one_given"
    """Exactly one of them."""
    not_together = "not_together"
    """One of them at most."""
    together = "together"
    """All of them or none."""


@dataclass(frozen=True)
class Condition:
    """A comparison that holds or not."""

    left: Operand
    relation: Relation
    right: Operand = field(default_factory=lambda: Operand(Source.constant))


@dataclass(frozen=True)
class Rule:
    """`require` must hold whenever all of `when` does; else the call is answered 400 with `error`."""

    text: str
    """The sentence that says it."""
    error: str
    """The error message to answer with."""
    require: Condition
    when: tuple[Condition, ...] = ()


class EffectKind(StrEnum):
    """A change beyond what the parameters set directly."""

    set = "set"
    """An attribute gets a constant, or a parameter's value."""
    raise_by = "raise_by"
    lower_by = "lower_by"
    create_with = "create_with"
    """The new entity gets a constant."""
    remove = "remove"


@dataclass(frozen=True)
class Effect:
    """One statement of what a call changes."""

    kind: EffectKind
    collection: str
    """Collection of the entity that changes."""
    attribute: str = ""
    value: Operand = field(default_factory=lambda: Operand(Source.constant))
    secondary: bool = False
    """Said with "also": about an entity that the target or an argument refers to."""


@dataclass(frozen=True)
class Order:
    """How a list is sorted."""

    attribute: str
    descending: bool = False


class OutputKind(StrEnum):
    """What a key of the response holds."""

    id = "id"
    attribute = "attribute"
    entity = "entity"
    """An object with `keys` (all attributes where none are listed)."""
    list = "list"
    count = "count"  # type: ignore[assignment]  # shadows str.count, which nobody calls on a kind
    unknown = "unknown"


@dataclass(frozen=True)
class OutputMeaning:
    """What one key of the response means."""

    key: str
    kind: OutputKind
    type: str = "string"
    collection: str = ""
    attribute: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """For lists and entities: (key, attribute); the attribute is `` for the id, `?` where unknown."""
    description: str = ""


@dataclass(frozen=True)
class ToolReading:
    """A tool, understood."""

    name: str
    description: str
    operation: Operation
    collection: str
    """Collection that the tool looks in, creates in or changes; empty where the text does not tell."""
    noun: str
    meanings: tuple[Meaning, ...]
    rules: tuple[Rule, ...]
    effects: tuple[Effect, ...]
    order: Order | None
    outputs: tuple[OutputMeaning, ...]
    absent_errors: tuple[str, ...]
    """Messages for ids that are not there."""
    vocabulary: Vocabulary

    @property
    def kind(self) -> EntityKind | None:
        """The kind of entity that the tool is about."""
        return self.vocabulary.kind(self.collection)

    def meaning(self, parameter: str) -> Meaning | None:
        """Return what `parameter` means."""
        return next((meaning for meaning in self.meanings if meaning.parameter == parameter), None)

    @property
    def target(self) -> Meaning | None:
        """The parameter that holds the id of the entity acted on."""
        return next((meaning for meaning in self.meanings if meaning.kind is MeaningKind.target_id), None)

    def of_kind(self, kind: MeaningKind) -> tuple[Meaning, ...]:
        """Return the parameters of one kind."""
        return tuple(meaning for meaning in self.meanings if meaning.kind is kind)

    def trait(self, attribute: str) -> Trait | None:
        """Return an attribute of the tool's kind."""
        kind = self.kind
        return kind.trait(attribute) if kind is not None else None

    def absence(self, meaning: Meaning) -> tuple[str, str]:
        """Return the message for an id that is not there: what stands before that id, and what behind it."""
        ids = [other for other in self.meanings if other.takes_id]
        kinds = {error: self.vocabulary.find(error) for error in self.absent_errors}
        named = [error for error, kind in kinds.items() if kind is not None and kind.collection == meaning.collection]
        spoken = [error for error in self.absent_errors if meaning.noun and meaning.noun.lower() in error.lower()]
        told = next(iter(named or spoken or (self.absent_errors if len(ids) == 1 else ())), "")
        if not told:
            return f"No {meaning.noun or 'entity'} has the id '", "'."
        condition, mark, hint = told.partition(";")
        return f"{condition.rstrip('.')} (", f"){mark}{hint}"

    @property
    def storing(self) -> tuple[Meaning, ...]:
        """The parameters whose values the call stores."""
        kinds = (MeaningKind.sets, MeaningKind.reference, MeaningKind.text)
        return tuple(meaning for meaning in self.meanings if meaning.kind in kinds and meaning.attribute)

    def stored(self, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """Return the attributes that the arguments of a call set, in the order of the parameters."""
        return {m.attribute: value for m in self.storing if (value := arguments.get(m.parameter)) is not None}
