"""The tool runtime, the same for audit, evolution and rollout.

A call is checked in code, looked up on the tape, and only then played by a model, whose answer code checks, too.

Belongs here: what serves a call and what is kept of it, and what code finds wrong with an answer, for the runtime and
for the proof.

Does not: calls and their schemas (`toolcalls`), what changes a state (`state`), whether a tool is any good
(`stages.auditing`).

May import: `asking`, `errors`, `programs`, `records`, `roles`, `state`, `toolcalls`, `values`, `wording`.
"""
