"""Attempts as traces: a file a session, for viewers and for what else reads sessions.

Belongs here: what one reader of traces wants to see in a session's file.

Does not: rows of which many lie in one file (`trainer_rows`), and how files are written.

May import: `errors`, `export`, `records`, `synthtools_stream`, `values`.
"""
