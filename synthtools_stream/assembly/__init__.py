"""Assembly: the only place that knows concrete stages and concrete backends."""

from __future__ import annotations

from synthtools_stream.assembly.pipeline_run import RunSummary, run_pipeline
from synthtools_stream.assembly.run_inputs import Start, from_environments, from_fields, from_tasks, from_tools

__all__ = ["RunSummary", "Start", "from_environments", "from_fields", "from_tasks", "from_tools", "run_pipeline"]
