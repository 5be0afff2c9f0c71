"""Generation: field → subfields → scenarios → blueprint → one call a tool, so that tools flow one by one.

Belongs here: what is asked to invent an environment, and what code refuses of the answers.

Does not: whether a tool can be played (`stages.auditing`).

May import: `engine`, `errors`, `quality`, `records`, `roles`, `simulator`, `state`, `toolcalls`, `values`, `wording`.
"""
