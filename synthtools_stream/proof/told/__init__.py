"""What a closing message tells: each answer as the user would take it, however it is written, and nothing against it.

Belongs here: reading prose, tables and small JSON for the values that a task asks for; what takes a value back (a
negation, another value in its place, another thing that it is said of, a unit); what is no telling at all (thoughts,
dumps, questions).

Does not: comparing states (`state`); finding the value of an argument in the user's words (`wording`).

May import: `chat`, `errors`, `proof`, `records`, `state`, `toolcalls`, `values`, `wording`.
"""
