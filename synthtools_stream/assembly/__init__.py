"""A configuration put together into a run: the only place that knows concrete stages and concrete backends.

`pipeline_run` runs, `wiring` joins `built_stages` into a pipeline, `demand` says how much is begun, `budgets` and
`stop_signals` when a session ends, `backends`, `shared_servers` and `role_models` open the models, `run_inputs` and
`task_file` are what a run starts from, `run_graphs` the tool graphs that it had, `graph_gallery` draws them,
`dataset_rows` says which outcome is which row, `row_ids` how it is named.

Belongs here: choices between parts that know nothing of each other.

Does not: anything that could be told apart from those choices: it goes to the part whose idea it is. What is said on
the screen (`cli/`).

May import: `asking`, `chat`, `config`, `embedded`, `embeddings`, `engine`, `envserving`, `errors`, `live`, `metrics`,
`programs`, `proof`, `quality`, `queues`, `recorded`, `records`, `report`, `roles`, `servers`, `serving`, `stages`,
`storage`, `toolgraph`, `values`, `view`, `vllm`, `wording`.
"""

from __future__ import annotations

from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import (
    Start,
    from_environments,
    from_fields,
    from_given,
    from_tasks,
    from_tools,
)
from synthtools_stream.assembly.run_summary import RunSummary

__all__ = [
    "RunSummary",
    "Start",
    "from_environments",
    "from_fields",
    "from_given",
    "from_tasks",
    "from_tools",
    "run_pipeline",
]
