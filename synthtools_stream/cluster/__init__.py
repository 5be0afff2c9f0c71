"""One run on many machines: an engine a shard, wherever there is room, and what happens when one is lost.

`whole_run` begins all shards and sees them to their end, on a `shard_fleet` that it knows nothing of: `ray_fleet` is
Ray's, the only place that knows Ray. A shard's actor, `shard_actor`, lets `shard_engine` run it, with what `shard_plan`
says, beside a server of its own (`own_server`) where it has one. `fair_shares` deals servers and limits out.

Belongs here: what is special about a run whose parts are on several machines.

Does not: which items a shard has (`values/shards.py`), whether shards are a whole (`storage/rundir/shard_runs.py`), how
they are put together (`assembly/shard_merge.py`): all of that holds for shards that anybody started.

May import: `assembly`, `config`, `engine`, `errors`, `storage`, `values`.
"""
