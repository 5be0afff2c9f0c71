"""What our modules say they offer."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import queues
import stages
import synthtools_stream

PUBLIC = [
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
"""The names that outsiders may import from `synthtools_stream`; a change here is a change of the public API."""


def public_modules() -> Iterator[str]:
    """Yield every module of ours whose name has no private part."""
    for package in (synthtools_stream, stages, queues):
        yield package.__name__
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part.startswith("_") for part in module.name.split(".")):
                yield module.name


def is_mere_folder(module: ModuleType) -> bool:
    """Tell whether a package holds modules and nothing of its own."""
    own = (value for name, value in vars(module).items() if not name.startswith("_") and name != "annotations")
    return hasattr(module, "__path__") and all(isinstance(value, ModuleType) for value in own)


@pytest.mark.parametrize("name", sorted(public_modules()))
def test_module_names_its_exports(name: str) -> None:
    """Every public module that offers something has `__all__`, without doubles, and every name in it exists."""
    module = importlib.import_module(name)
    if is_mere_folder(module):
        return
    assert hasattr(module, "__all__"), f"{name} has no __all__"
    exported: list[str] = module.__all__
    assert len(set(exported)) == len(exported)
    assert [missing for missing in exported if not hasattr(module, missing)] == []


def test_public_api_pinned() -> None:
    """The top of the package offers exactly what is pinned here."""
    assert sorted(getattr(synthtools_stream, "__all__", [])) == sorted(PUBLIC)
