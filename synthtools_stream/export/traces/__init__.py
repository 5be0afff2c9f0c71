"""Attempts as traces: a file a session, for viewers and for what else reads sessions.

Belongs here: what one reader of traces wants to see in a session's file.

Does not: rows that many of lie in one file (`trainer_rows`), and how files are written.

May import: `export`, `records`, `values`, and the package's version.
"""
