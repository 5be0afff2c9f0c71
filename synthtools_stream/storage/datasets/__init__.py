"""Files of rows: ours, written from the journal, and anybody's, read with tolerance.

`dataset_writer` writes, in the form that `columns` says. `dataset_reader` reads: files by `jsonl_reader` and
`parquet_reader`, a task's row by `task_row`, its tools by `foreign_tools`.

Belongs here: how rows stand in files, and how other people write theirs.

Does not: which outcome is which row (`assembly/dataset_rows.py`), what a row's fields are (`records/`), whether a task
is proven (`proof/`).

May import: `errors`, `records`, `storage.appendlog`, `storage.journal`, `toolcalls`, `values`.
"""
