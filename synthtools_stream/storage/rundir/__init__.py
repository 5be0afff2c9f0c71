"""A run's directory: whose it is, who holds it now, and what may be done to it while nobody runs it.

`run_directory` is `run.json`, `run_lock` the lock, `progress_file` the snapshots; `log_repair` sets aside what is
damaged, `reply_compaction` drops replies that nobody will ask for again.

Belongs here: what concerns the directory as a whole, and work on its logs outside a run.

Does not: the logs' lines (`appendlog/`), what is appended during a run (`journal/`), reading how far a run has come
(`engine/run_status.py`).

May import: `chat`, `config`, `errors`, `storage.appendlog`, `storage.journal`, `synthtools_stream`, `values`.
"""
