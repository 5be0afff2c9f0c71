"""What drives the stages: pools of workers around them, the routes between the pools, and how far a run has come.

`worker_pool` settles each item once and journals what became of it, `routes` and `fan_in` hand outcomes on, `progress`
and `run_status` tell how a run goes, from inside and from outside. `stage` is all that a stage sees of this.

Belongs here: what is the same for every stage and every pipeline.

Does not: any stage's own work (`stages/`), which pool feeds which (`assembly/wiring.py`), bounded queues and gates
(`queues/`), files (`storage/`).

May import: `asking`, `chat`, `config`, `errors`, `programs`, `queues`, `roles`, `simulator`, `storage`, `values`.
"""
