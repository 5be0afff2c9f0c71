"""Task: a user's goal with its tools, ground-truth calls, initial and final state, and its certificate."""

from __future__ import annotations

from enum import StrEnum
from operator import not_

from pydantic import Field

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change
from synthtools_stream.records.dialogue import DialogueTurn
from synthtools_stream.records.record import Record
from synthtools_stream.records.sequence import NearTool
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import Twist
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "BROUGHT",
    "CERTIFICATE_VERSION",
    "CONVERTED",
    "SHARED_COLUMNS",
    "AnswerValue",
    "Certificate",
    "Guard",
    "Judged",
    "ProofKind",
    "Provenance",
    "ProvenanceKind",
    "Reading",
    "Step",
    "Task",
    "TaskMeta",
    "VerdictTests",
]


CERTIFICATE_VERSION = 2
"""2 since certificates say by what kind of proof each part holds, and claim more; 1 is read and verified as before."""
BROUGHT = "brought"
"""The origin of rows that somebody brought."""
SHARED_COLUMNS = ("id", "field", "summary", "tools", "gt_tool_calls", "initial_state", "final_state")
"""The columns that other people's corpora have too."""


CONVERTED = "converted"
"""The formula of an amount that is said in another unit than its parameter's."""


class ProvenanceKind(StrEnum):
    """Where the value of an argument comes from."""

    user = "user"
    """Said by the user: `quote` and, unless verbatim, `normaliser`."""
    response = "response"
    """Returned by an earlier step: `step` and `pointer`."""
    default = "default"
    """The parameter's declared default."""
    derived = "derived"
    """Recomputed by a formula of a closed list from other provenances."""
    choice = "choice"
    """A boolean or enum value that the user's words imply: `quote`; may rest on the judge role."""
    text = "text"
    """Free wording whose ids, numbers and names all have provenance; may rest on the judge role."""


class Provenance(Record):
    """The proof that one argument value was obtainable when its call was made."""

    kind: ProvenanceKind
    turn: int | None = None
    """Index of the step whose user turn holds `quote`."""
    quote: str | None = None
    normaliser: str | None = None
    """How the quote became the value: number, date, unit, synonym."""
    step: int | None = None
    pointer: str | None = None
    """JSON pointer into that step's response."""
    formula: str | None = None
    inputs: list[Provenance] | None = None
    values: list[Json] | None = None
    """The input values of the formula, in order."""


class Step(Record):
    """One ground-truth call with the user turn that asks for it."""

    turn: str
    call: str
    """`ToolName(a=1, b='x')`, canonical."""
    status_code: int
    response: JsonObject
    changes: list[Change] = Field(default_factory=list)
    """As applied: minted ids in place."""
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    """By JSON pointer into the arguments, such as `/order_id` or `/items/0/sku`."""
    answer: list[str] = Field(default_factory=list)
    """JSON pointers into the response: what the user wants to be told."""


class AnswerValue(Record):
    """A value that the agent's closing message must hold."""

    step: int
    pointer: str
    value: Json
    slot: str = Field(default="", exclude_if=not_)
    """The name under which an agent may tell it apart from its message. Rows made before have none."""


class Judged(Record):
    """An argument whose provenance rests on the judge role."""

    step: int
    argument: str
    kind: ProvenanceKind


class Guard(Record):
    """A read that is needed because a later call's rule rests on what it shows."""

    step: int
    guards: int
    """The later step."""
    entity: str
    attribute: str
    """`collection.attribute`: shown of `entity` by the one, spoken of in the rules of the other."""


class ProofKind(StrEnum):
    """By what a part of a proof was found to hold, the strictest first."""

    executed = "executed"
    """Programs made the calls again, and came to the same."""
    consistent = "consistent"
    """Code found the parts of the row to agree with each other."""
    worded = "worded"
    """Code read words by rules; what they mean beyond these was not read."""
    read = "read"
    """A model's word: `reading` says how often such a reader is right."""
    declared = "declared"
    """The word of whoever brought the row; nobody looked."""


class Reading(Record):
    """A model compared the request with the calls, blind to how both were made, and found nothing wrong."""

    model: str = ""
    recall: float | None = None
    """Share of planted mistakes that this reader found, 0 to 1, by the latest measurement; None where there is none."""
    false_alarms: float | None = None
    """Share of sound requests that it refused, 0 to 1."""


class VerdictTests(Record):
    """The verdict, tried on this very task. Absent: not tried."""

    accepts_ground_truth: bool
    rejects_nothing: bool
    """Doing nothing at all is not accepted."""
    rejects_missing_write: bool
    """Leaving out any one write's changes is not accepted."""
    rejects_altered_value: bool | None = None
    rejects_extra_write: bool | None = None
    rejects_subset: bool | None = None
    """Leaving out any two writes' changes, or all, is not accepted either. Absent: version 1."""
    accepts_equivalent: bool | None = None
    """The same end is accepted with numbers spelled otherwise, and keys and entities in another order. Absent: version
    1."""


class Certificate(Record):
    """What was found to hold for a task; no model had a say in it but for what `kinds` calls `read`."""

    version: int = CERTIFICATE_VERSION
    integrity: bool
    verdict: VerdictTests
    provenance: bool
    """Every argument has a checked provenance."""
    necessity: bool | None = None
    stability: bool | None = None
    guards: list[Guard] = Field(default_factory=list[Guard])
    """Reads that are needed as guards only."""
    exempt: list[int] = Field(default_factory=list[int], exclude_if=not_)
    """Steps of a brought row that are needed only because its owner says so. Not written where there are none."""
    judged: list[Judged] = Field(default_factory=list)
    executed: list[int] = Field(default_factory=list, exclude_if=not_)
    """Steps that their tools' programs made again, and came to the same. Not written where there are none."""
    unobserved: list[str] | None = None
    """Arguments, as `<step><pointer>`, that neither select an entity nor are written nor feed an answer."""
    played: int | None = None
    """Altered ground truths that programs played at release, each of which the verdict judged as it must. Absent: none
    were."""
    reading: Reading | None = None
    """What a model's reading of the request rests on. Absent: no model read it."""
    kinds: dict[str, list[ProofKind]] = Field(default_factory=dict[str, list[ProofKind]], exclude_if=not_)
    """Every kind of proof on which each part rests; version 1 does not say. Parts are those of `proof.proof_kinds`."""
    digest: str = ""
    """Of the row that this was found for, its `meta.usage` aside, and of the claims above."""


class TaskMeta(Record):
    """How a task came to be, and what its runtime needs to know of its entities."""

    environment: str = ""
    subfield: str = ""
    scenario: str = ""
    persona: str = ""
    model: str = ""
    prompts: str = ""
    """Digest of the prompt templates."""
    seed: int = 0
    variant: str = "base"
    twist: Twist | None = None
    """How a variant differs from the task that it was derived from. None: it is no variant."""
    parallel: list[list[int]] = Field(default_factory=list[list[int]], exclude_if=not_)
    """Steps that may be made at once, wave by wave: none needs what another of its wave tells or changes. Empty where
    each waits for the one before."""
    strategy: str = "graph"
    volatile: list[str] = Field(default_factory=list)
    """`collection.attribute` names that the verdict does not compare."""
    entity_types: list[EntityType] = Field(default_factory=list)
    programs: dict[str, str] = Field(default_factory=dict, exclude_if=not_)
    """Source of the tools that are played by code, by tool name. Not written where there are none: such rows, and their
    digests, are what they were before there were programs."""
    origin: str = Field(default="", exclude_if=not_)
    """`BROUGHT` where `certify` proved the row, and we did not make it. Ours have none."""
    exempt: list[int | str] = Field(default_factory=list[int | str], exclude_if=not_)
    """Of brought rows: steps, or names of tools, whose reads are required although nothing shows that they are."""
    usage: JsonObject = Field(default_factory=dict)

    @property
    def is_brought(self) -> bool:
        """Whether the row was proven for somebody who brought it."""
        return self.origin == BROUGHT


class Task(Record):
    """A row of `task_content.jsonl`: seven columns that everybody reads, then ours."""

    id: str
    field: str
    summary: str
    tools: list[Tool]
    gt_tool_calls: list[str]
    initial_state: JsonObject | None
    """`State` in our own rows; free-form or null in other people's."""
    final_state: JsonObject | None
    steps: list[Step] = Field(default_factory=list)
    answer: list[AnswerValue] = Field(default_factory=list)
    dialogue: list[DialogueTurn] = Field(default_factory=list)
    certificate: Certificate | None = None
    meta: TaskMeta = Field(default_factory=TaskMeta)
    near: list[NearTool] = Field(default_factory=list[NearTool], exclude_if=not_)
    """Until the task is released: other tools of its environment, for variants. No row has them."""

    def to_json(self) -> JsonObject:
        """Return the row; the seven shared columns stand first, null states included."""
        row = super().to_json()
        shared: JsonObject = {name: row.get(name) for name in SHARED_COLUMNS}
        return {**shared, **row}
