"""Understand a tool from its text: what it does, takes, demands, changes and returns.

`read_tool` is all that most callers need; `broken_rules` and `absent_ids` check a call against the reading.

Belongs here: what the words of a tool mean, as data, and whether a call keeps the rules read.

Does not: what is done with a reading (`play`, and `invent`, which foresees with it).

May import: `embedded`, `programs` (how values compare), `values`.
"""

from __future__ import annotations

from synthtools_stream.embedded.read.change_steps import ChangeStep, StepKind, change_steps
from synthtools_stream.embedded.read.meanings import (
    Condition,
    Effect,
    EffectKind,
    Meaning,
    MeaningKind,
    Operand,
    Order,
    OutputKind,
    OutputMeaning,
    Part,
    Relation,
    Rule,
    Source,
    ToolReading,
)
from synthtools_stream.embedded.read.outputs import joined
from synthtools_stream.embedded.read.rule_check import (
    absent_ids,
    broken_rules,
    collection_of,
    days_after,
    holds,
    now_of,
    value_of,
)
from synthtools_stream.embedded.read.search_result import found_ids, matching_ids
from synthtools_stream.embedded.read.tool_reader import read_tool
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary, entities_of, read_vocabulary

__all__ = [
    "ChangeStep",
    "Condition",
    "Effect",
    "EffectKind",
    "EntityKind",
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
    "StepKind",
    "ToolReading",
    "Trait",
    "Vocabulary",
    "absent_ids",
    "broken_rules",
    "change_steps",
    "collection_of",
    "days_after",
    "entities_of",
    "found_ids",
    "holds",
    "joined",
    "matching_ids",
    "now_of",
    "read_tool",
    "read_vocabulary",
    "value_of",
]
