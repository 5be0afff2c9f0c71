"""What a run has done, on append logs: how every item left every stage, and what every model answered.

`outcomes` is the journal with the index that a resume asks, `reply_log` finds replies by their request, `packed_index`
is the table that keeps such an index small.

Belongs here: what must be on disk before anything is built on it, and how it is found again.

Does not: the lines themselves (`appendlog/`), rows for users (`datasets/`), dropping spent replies (`rundir/`).

May import: `chat`, `errors`, `storage.appendlog`, `values`.
"""
