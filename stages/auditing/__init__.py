"""Auditing: a written tool is probed against one world, and passes if it can be emulated reliably.

Belongs here: the probes and their schedule, what code judges by itself, what the judge is asked, and when it is enough;
worlds and calls drawn for a tool's program, the contract that it keeps on them, and what probes show of it.

Does not: how a call is played, and what the runtime refuses (`simulator`); where a program runs, and its mutants
(`programs`).

May import: `asking`, `engine`, `errors`, `programs`, `quality`, `records`, `roles`, `simulator`, `state`,
`toolcalls`, `values`, `wording`.
"""
