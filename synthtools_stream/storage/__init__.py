"""What is on disk: logs, what a run keeps on them, datasets, and the directory that holds it all.

`appendlog` makes lines durable, `journal` keeps outcomes and replies on them, `datasets` are the rows that users read,
`rundir` is the directory of a run and what may be done to it.

Belongs here: every byte that we write to a run's directory, and every file of rows that we read.

Does not: what rows mean (`records/`, `proof/`), when something is written (`engine/`), what is said of it (`cli/`).

May import: `chat`, `config`, `errors`, `records`, `synthtools_stream`, `toolcalls`, `values`.
"""
