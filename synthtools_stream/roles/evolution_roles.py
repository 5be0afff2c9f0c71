"""The evolution's roles: plan the dialogue and its world, evolve a step, solve it, judge it, merge the turns, read,
speak."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import WorldEntity
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Arguments, Line, Moment, Name, Output, Reason, Text, Turn
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "DIALOGUE_PLANNER",
    "EVOLVER",
    "READER",
    "SOLVER",
    "SPEAKER",
    "SUMMARIZER",
    "TASK_JUDGE",
    "DialoguePlannerInput",
    "DialoguePlannerOutput",
    "EvolverInput",
    "EvolverOutput",
    "Fault",
    "Goal",
    "Grounding",
    "GroundingReading",
    "ImplicitArgument",
    "ImplicitWish",
    "MadeCall",
    "ReaderInput",
    "ReaderOutput",
    "SolverInput",
    "SolverOutput",
    "SpeakerInput",
    "SpeakerOutput",
    "SummarizerInput",
    "SummarizerOutput",
    "TaskJudgeInput",
    "TaskJudgeOutput",
]


class Goal(Output):
    """What the user wants of one step, in one sentence, without wording or values of responses."""

    tool_name: Name
    goal: Line


class DialoguePlannerInput(Record):
    """Ask for a world and an ordered list of goals that makes `order` one coherent conversation.

    `seed_tasks` are requests that show the manner wanted.
    """

    seed_tasks: list[str] = Field(default_factory=list)
    scenario: str
    entity_types: list[EntityType]
    tools: list[Tool]
    order: list[str]
    implicit_kinds: list[ImplicitKind] = Field(default_factory=list[ImplicitKind])
    """In which ways values of the conversation are to be meant without being said as they are."""
    problem: str | None = None
    """Why the previous plan failed, if there was one."""


class DialoguePlannerOutput(Output):
    """The world at the start, who is asking, and one goal a step, in order."""

    persona: Line
    now: Moment
    entities: list[WorldEntity] = Field(min_length=1, max_length=40)
    goals: list[Goal] = Field(min_length=1, max_length=20)


class Grounding(Output):
    """Where the evolver says an argument's value comes from; code checks it."""

    argument: Line
    """JSON pointer into the arguments, such as `/order_id`."""
    kind: Literal["user", "response", "default", "derived", "choice", "text"]
    quote: Line | None = None
    """Verbatim words of a user turn."""
    step: int | None = None
    pointer: Line | None = None
    """JSON pointer into the response of that earlier step (0-based)."""
    formula: Name | None = None
    inputs: list[Line] = Field(default_factory=list, max_length=6)
    """For `derived`: quotes, or `<step>#<pointer>`, in the formula's order."""


class ImplicitArgument(Record):
    """A value that the user need not say as it is, and in which ways it may be meant."""

    argument: str
    """JSON pointer into the arguments."""
    kinds: list[ImplicitKind]


class ImplicitWish(Record):
    """How many of some values the user is to mean without saying them as they are."""

    count: int
    arguments: list[ImplicitArgument]
    """Those that suit, in the order in which they are wished for."""


class EvolverInput(Record):
    """Ask for the user turn and the expected call of one step."""

    scenario: str
    persona: str
    goals: list[Goal]
    dialogue: list[Turn]
    """The finished steps."""
    step: int
    """0-based index of the step to write."""
    tool: Tool
    state: JsonObject
    """The collections of this tool as they stand now, and `clock`; the user does not see them."""
    implicit: ImplicitWish | None = None
    """Which values are wished to be implicit, where the goal allows it."""
    problems: list[str] = Field(default_factory=list)
    """Why earlier attempts at this step were refused."""


class EvolverOutput(Output):
    """`blocked` says why the world cannot serve the goal (then nothing else counts)."""

    blocked: Line | None = None
    user_turn: Text
    arguments: Arguments
    grounding: list[Grounding] = Field(default_factory=list, max_length=24)
    answer: list[Line] = Field(default_factory=list, max_length=4)
    """In a read step: JSON pointers into the response, such as `/booking/status`: what the user asks to be told."""


class SolverInput(Record):
    """Ask for the one call that serves the last user turn. The solver sees only tools and dialogue."""

    tools: list[Tool]
    now: str
    dialogue: list[Turn]
    user_turn: str
    problems: list[str] = Field(default_factory=list)


class SolverOutput(Output):
    """The call."""

    reasoning: Reason
    tool_name: Name
    arguments: Arguments


class TaskJudgeInput(Record):
    """Ask whether two calls do the same for the user, and whether judged arguments are grounded."""

    tool: Tool
    dialogue: list[Turn]
    user_turn: str
    expected: ToolRequest
    attempted: ToolRequest | None = None
    """Absent when only `arguments` are to be judged."""
    arguments: list[str] = Field(default_factory=list)
    """JSON pointers of arguments whose grounding is to be judged."""


class GroundingReading(Output):
    """The judge's word on one argument."""

    argument: Line
    grounded: bool


class TaskJudgeOutput(Output):
    """`equivalent` compares `attempted` with `expected`; true where nothing was attempted."""

    reasoning: Reason
    equivalent: bool
    arguments: list[GroundingReading] = Field(default_factory=list, max_length=24)


class SummarizerInput(Record):
    """Ask for one request that merges the user's turns."""

    turns: list[str]
    must_contain: list[str]
    """Quotes that must stand in it word for word."""
    must_not_contain: list[str]
    """Values that the user does not know yet, and tool names."""
    problems: list[str] = Field(default_factory=list)


class SummarizerOutput(Output):
    """The request, in the user's voice."""

    summary: Text


class SpeakerInput(Record):
    """Ask for the words of one act of a planned dialogue."""

    persona: str
    said: list[str]
    """The user's earlier turns."""
    act: Literal["held_back", "corrected", "together", "chat"]
    turns: list[str]
    """What the user would say without it: one turn, `together` two."""
    value: str = ""
    """Words of the turn that are held back, or said wrongly first."""
    meaning: str = ""
    """What that value is for: the parameter's description."""
    must_contain: list[str] = Field(default_factory=list[str])
    """Words that must stand in the opening word for word."""


class SpeakerOutput(Output):
    """What is said, in this order; what an act does not have is empty."""

    opening: Text
    first: Line = ""
    """`corrected`: the wrong words in the opening."""
    reply: Line = ""
    """Of the assistant, to `held_back` and `chat`."""
    reveal: Line = ""
    """Of the user then: `held_back`, `corrected`."""


class MadeCall(ToolRequest):
    """One call as its reader sees it, defaults filled in, and what came of it."""

    response: JsonObject
    """Of the response what a later call uses, or the user is told."""
    told: list[str]
    """JSON pointers into the response: what the user is told of it."""


class ReaderInput(Record):
    """Ask whether calls do what a request asks for. The reader sees neither turns nor where a value comes from."""

    tools: list[Tool]
    now: str
    calls: list[MadeCall]
    request: str


class Fault(Output):
    """One thing in which calls and request differ."""

    kind: Literal["missing", "unasked", "contradicted"]
    what: Line


class ReaderOutput(Output):
    """One question asked both ways: a reader who says yes to both, or no, or names faults in a right one, is unsure."""

    reasoning: Reason
    faults: list[Fault] = Field(default_factory=list[Fault], max_length=12)
    complete: bool
    """Whether all that is asked is done and told, as it is asked, and nothing else."""
    wrong: bool
    """Whether anything is left out, done unasked, or done otherwise."""


DIALOGUE_PLANNER = Role(
    "dialogue_planner", DialoguePlannerInput, DialoguePlannerOutput, temperature=0.8, max_tokens=8192
)
EVOLVER = Role("evolver", EvolverInput, EvolverOutput, temperature=0.8, max_tokens=2048)
SOLVER = Role("solver", SolverInput, SolverOutput, temperature=0.2, max_tokens=1536)
TASK_JUDGE = Role("task_judge", TaskJudgeInput, TaskJudgeOutput, temperature=0.0, max_tokens=1536)
SUMMARIZER = Role("summarizer", SummarizerInput, SummarizerOutput, temperature=0.8, max_tokens=2048)
SPEAKER = Role("speaker", SpeakerInput, SpeakerOutput, temperature=0.8, max_tokens=1024)
READER = Role("reader", ReaderInput, ReaderOutput, temperature=0.0, max_tokens=1536)
