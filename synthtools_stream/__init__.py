"""Synthetic tools, proven tool-use tasks and judged agent trajectories from one streaming engine.

What stands here is the public API; everything below it may move. Read a corpus with `load_tasks`, prove its tasks
again with `verify_task`, let an agent of your own act in a task's world with `ToolEnvironment`, or in many with
`rollouts`, make a corpus with `generate`, take calls apart with `parse_call`, and bring a model of your own as a
`LanguageModel`. `docs/library.md` shows each. `__version__` is that of the installed package.

Tools that are code make their calls again in a sandbox, where nothing that a program does can harm you:

    async with open_sandbox() as sandbox:
        for task in load_tasks("task_content.jsonl"):
            found = await verify_executed(task, sandbox)
            print(task.id, found.status, *found.reasons)
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
    from synthtools_stream.assembly.generation_call import generate
    from synthtools_stream.assembly.pipeline_run import RunSummary
    from synthtools_stream.assembly.rollouts_call import RolloutsReport, rollouts
    from synthtools_stream.chat.language_model import (
        ChatReply,
        ChatRequest,
        LanguageModel,
        Message,
        Sampling,
        ToolCall,
        Usage,
    )
    from synthtools_stream.embedded import EmbeddedModel
    from synthtools_stream.engine.stage import Context, Stage
    from synthtools_stream.errors import (
        BadCall,
        DatasetError,
        Rejection,
        RunStopped,
        SynthToolsError,
        TransportError,
        UsageError,
    )
    from synthtools_stream.live.stepped_world import SteppedWorld
    from synthtools_stream.live.tool_environment import Closing, ToolEnvironment
    from synthtools_stream.live.trl_environment import TrlEnvironments, trl_environments
    from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
    from synthtools_stream.proof.verdict import judge_attempt
    from synthtools_stream.proof.verification import Verification, VerificationStatus, verify_executed, verify_task
    from synthtools_stream.records import (
        AuditedTool,
        Certificate,
        Environment,
        Record,
        RolloutPlan,
        Step,
        Task,
        Tool,
        ToolPool,
        ToolSequence,
        Trajectory,
        Verdict,
    )
    from synthtools_stream.roles.role import Role
    from synthtools_stream.storage.datasets.row_loader import load_tasks, load_trajectories
    from synthtools_stream.toolcalls import Call, format_call, parse_call

__all__ = [
    "AuditedTool",
    "BadCall",
    "Call",
    "Certificate",
    "ChatReply",
    "ChatRequest",
    "Closing",
    "Context",
    "DatasetError",
    "EmbeddedModel",
    "Environment",
    "LanguageModel",
    "Message",
    "Record",
    "Rejection",
    "Role",
    "RolloutPlan",
    "RolloutsReport",
    "RunStopped",
    "RunSummary",
    "Sampling",
    "Sandbox",
    "SandboxMissing",
    "Stage",
    "Step",
    "SteppedWorld",
    "SynthToolsError",
    "Task",
    "Tool",
    "ToolCall",
    "ToolEnvironment",
    "ToolPool",
    "ToolSequence",
    "Trajectory",
    "TransportError",
    "TrlEnvironments",
    "Usage",
    "UsageError",
    "Verdict",
    "Verification",
    "VerificationStatus",
    "format_call",
    "generate",
    "judge_attempt",
    "load_tasks",
    "load_trajectories",
    "open_sandbox",
    "parse_call",
    "rollouts",
    "trl_environments",
    "verify_executed",
    "verify_task",
]

_HOMES = {
    "assembly.generation_call": ("generate",),
    "assembly.pipeline_run": ("RunSummary",),
    "assembly.rollouts_call": ("RolloutsReport", "rollouts"),
    "storage.datasets.row_loader": ("load_tasks", "load_trajectories"),
    "errors": ("BadCall", "DatasetError", "Rejection", "RunStopped", "SynthToolsError", "TransportError", "UsageError"),
    "chat.language_model": ("ChatReply", "ChatRequest", "LanguageModel", "Message", "Sampling", "ToolCall", "Usage"),
    "live.stepped_world": ("SteppedWorld",),
    "live.tool_environment": ("Closing", "ToolEnvironment"),
    "live.trl_environment": ("TrlEnvironments", "trl_environments"),
    "proof.verdict": ("judge_attempt",),
    "proof.verification": ("Verification", "VerificationStatus", "verify_executed", "verify_task"),
    "programs.sandbox": ("Sandbox", "SandboxMissing", "open_sandbox"),
    "embedded": ("EmbeddedModel",),
    "engine.stage": ("Context", "Stage"),
    "records": (
        "AuditedTool",
        "Certificate",
        "Environment",
        "Record",
        "RolloutPlan",
        "Step",
        "Task",
        "Tool",
        "ToolPool",
        "ToolSequence",
        "Trajectory",
        "Verdict",
    ),
    "roles.role": ("Role",),
    "toolcalls": ("Call", "format_call", "parse_call"),
}
"""Which module offers which names. They are imported when asked for: commands that need none of them start sooner."""
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import one of our names when it is first asked for."""
    value: object
    if name == "__version__":
        value = _version()
    elif name in _HOME_OF:
        value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def _version() -> str:
    """Return our version; in a tree that is not installed, the one that its `pyproject.toml` would install."""
    from importlib.metadata import PackageNotFoundError, version
    from tomllib import TOMLDecodeError, loads

    try:
        return version("synthtools-stream")
    except PackageNotFoundError:
        project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    try:
        return str(loads(project.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, TOMLDecodeError):
        return "unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
