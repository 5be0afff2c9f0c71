"""Whole corpora, for people rather than trainers: data sets to publish, other people's columns, a sheet.

Belongs here: how one corpus looks, and what its card tells of the rows.

Does not: which rows are taken, and how files are written.

May import: `errors`, `export`, `live`, `records`, `storage`, `values`, `wording`.
"""
