"""Rows that models are trained on: a trainer a module.

Belongs here: how one trainer's rows look, and the files that it wants beside them.

Does not: which rows are taken, and how files are written.

May import: `errors`, `export`, `live`, `proof`, `records`, `state`, `storage`, `toolcalls`, `values`.
"""
