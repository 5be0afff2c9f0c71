"""Auditing: a written tool is probed against one world, and passes if it can be emulated reliably.

Belongs here: the probes and their schedule, what code judges by itself, what the judge is asked, and when it is enough.

Does not: how a call is played, and what the runtime refuses (`simulator`).

May import: `asking`, `engine`, `errors`, `records`, `roles`, `simulator`, `state`, `toolcalls`, `values`.
"""
