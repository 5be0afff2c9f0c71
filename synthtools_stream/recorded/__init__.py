"""Models that answer what was written down before: a run's own log, or a script.

Belongs here: backends that make nothing up; they ship, since tests of everything that asks a model need them.

Does not: the log that a recording is read from (`storage.journal`).

May import: `asking`, `chat`, `errors`, `values`.
"""
