"""Rows in the forms that other people's programs read, each into a folder of its own.

`corpus` finds the rows, `selection` chooses one by one, `sampled_tasks` among them, `split` makes parts; a format
(`formats` names them all) turns each task and its attempts into lines, and `export_run` writes them, as a stream that a
kill does not harm. `chat_messages` is an attempt as formats see it.

Belongs here: what a reader of a file wants, what of a row it cannot hold, and how files of a folder are written.

Does not: how our own rows stand in files (`storage/datasets`), and rows that come from others (`intake`).

May import: `envserving`, `errors`, `live`, `proof`, `quality`, `records`, `state`, `storage`, `synthtools_stream`,
`toolcalls`, `toolgraph`, `values`, `wording`.
"""
