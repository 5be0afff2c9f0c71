"""Rows to look at: a local web page over a run directory or a file of ours, live while a run goes on.

`pages` says what a reader sees of a row, and how that is written as HTML.

Belongs here: what is shown and under which address, what a list of rows is filtered by, what a reader notes on a row.

Does not: figures of a whole corpus (`report`), how rows stand in files (`storage/datasets`).

May import: `errors`, `proof`, `records`, `state`, `toolcalls`, `values`.
"""
