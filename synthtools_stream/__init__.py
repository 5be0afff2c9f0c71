"""Synthetic tools, proven tool-use tasks and judged agent trajectories from one streaming engine.

What stands here is the public API; everything below it may move. Read a corpus with `read_tasks`, prove its tasks
again with `verify_task`, take calls apart with `parse_call`, judge an attempt of your own agent with `judge_attempt`,
and bring a model of your own as a `LanguageModel`.
"""

from __future__ import annotations

from synthtools_stream.datasets.reading import read_tasks
from synthtools_stream.errors import (
    BadCall,
    DatasetError,
    Rejection,
    RunStopped,
    SynthToolsError,
    TransportError,
    UsageError,
)
from synthtools_stream.llm.protocol import ChatReply, ChatRequest, LanguageModel, Message, Sampling, ToolCall, Usage
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.proof.verifying import Verification, VerificationStatus, verify_task
from synthtools_stream.records import Certificate, Environment, Step, Task, Tool, Trajectory, Verdict
from synthtools_stream.toolcalls import Call, format_call, parse_call

__all__ = [
    "BadCall",
    "Call",
    "Certificate",
    "ChatReply",
    "ChatRequest",
    "DatasetError",
    "Environment",
    "LanguageModel",
    "Message",
    "Rejection",
    "RunStopped",
    "Sampling",
    "Step",
    "SynthToolsError",
    "Task",
    "Tool",
    "ToolCall",
    "Trajectory",
    "TransportError",
    "Usage",
    "UsageError",
    "Verdict",
    "Verification",
    "VerificationStatus",
    "format_call",
    "judge_attempt",
    "parse_call",
    "read_tasks",
    "verify_task",
]
