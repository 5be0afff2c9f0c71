"""Frozen records: one file per noun.

Belongs here: every row that is written or travels: frozen, tolerant of unknown keys when read, compact when written.

Does not: what a model is asked for and answers (`roles`), nor anything that acts on a row.

May import: `values`.
"""

from __future__ import annotations

from synthtools_stream.records.blueprint import Attribute, Blueprint, Difficulty, Effects, EntityType, Signature
from synthtools_stream.records.change import Change, State, WorldEntity
from synthtools_stream.records.dialogue import ActKind, DialogueAct, DialogueTurn
from synthtools_stream.records.environment import AuditedTool, Environment, Setting, ToolDraft, ToolPlan, ToolPool
from synthtools_stream.records.given_api import GivenApi, GivenTool
from synthtools_stream.records.outline import FieldPlan, ScenarioPlan, SubfieldPlan
from synthtools_stream.records.record import Record
from synthtools_stream.records.sequence import NearTool, ToolSequence
from synthtools_stream.records.task import (
    AnswerValue,
    Certificate,
    Judged,
    ProofKind,
    Provenance,
    ProvenanceKind,
    Reading,
    Step,
    Task,
    TaskMeta,
    VerdictTests,
)
from synthtools_stream.records.tool import OutputField, Parameter, Tool
from synthtools_stream.records.trajectory import (
    Alignment,
    Fault,
    JudgeReading,
    RolloutPlan,
    SaidCall,
    StopReason,
    ToolTurn,
    Trajectory,
    Verdict,
    VerdictKind,
)

__all__ = [
    "ActKind",
    "Alignment",
    "AnswerValue",
    "Attribute",
    "AuditedTool",
    "Blueprint",
    "Certificate",
    "Change",
    "DialogueAct",
    "DialogueTurn",
    "Difficulty",
    "Effects",
    "EntityType",
    "Environment",
    "Fault",
    "FieldPlan",
    "GivenApi",
    "GivenTool",
    "JudgeReading",
    "Judged",
    "NearTool",
    "OutputField",
    "Parameter",
    "ProofKind",
    "Provenance",
    "ProvenanceKind",
    "Reading",
    "Record",
    "RolloutPlan",
    "SaidCall",
    "ScenarioPlan",
    "Setting",
    "Signature",
    "State",
    "Step",
    "StopReason",
    "SubfieldPlan",
    "Task",
    "TaskMeta",
    "Tool",
    "ToolDraft",
    "ToolPlan",
    "ToolPool",
    "ToolSequence",
    "ToolTurn",
    "Trajectory",
    "Verdict",
    "VerdictKind",
    "VerdictTests",
    "WorldEntity",
]
