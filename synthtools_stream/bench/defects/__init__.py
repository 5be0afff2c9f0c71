"""Ways to spoil a good answer, a file for each kind of role.

A way takes a `Scene` and a source of chance and returns the spoiled answer, or None where it has nothing to spoil.
None of them looks at how answers are checked: they are what models do wrong, not what we look for.

Belongs here: the ways, and the models that spoil the answers of another at known rates and keep a ledger.

Does not: the audit and the judges that are measured against it, which must not know these ways.

May import: `asking`, `chat`, `programs`, `records`, `roles`, `simulator`, `stages`, `state`, `toolcalls`, `values`.
"""

from __future__ import annotations

from synthtools_stream.bench.defects.agent_defects import ACTION_WAYS, CALL_WAYS
from synthtools_stream.bench.defects.judge_defects import AUDIT_WAYS, READING_WAYS, TASK_JUDGE_WAYS
from synthtools_stream.bench.defects.simulator_defects import ANSWER_WAYS
from synthtools_stream.bench.defects.spoiled_scene import Scene, Way
from synthtools_stream.bench.defects.text_defects import TEXT_WAYS

__all__ = ["TEXT_WAYS", "WAYS", "Scene", "Way"]

WAYS: dict[str, dict[str, Way]] = {
    "simulator": ANSWER_WAYS,
    "agent_json": ACTION_WAYS,
    "solver": CALL_WAYS,
    "evolver": CALL_WAYS,
    "audit_judge": AUDIT_WAYS,
    "task_judge": TASK_JUDGE_WAYS,
    "trajectory_judge": READING_WAYS,
}
"""By role; every role's text can be spoiled besides."""
