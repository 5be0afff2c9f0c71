"""Quality: what makes a well-formed thing poor data, by what it looks like, and which of many things to keep.

Each heuristic is a small pure function that yields `Fault`s; stages tell them to the model, and what stays so is
rejected, with the fault's word in its detail (docs/formats.md lists them).

Belongs here: heuristics over names, parameters, texts and states, choosing among candidates.

Does not: likeness among the rows of a corpus (`export`), whether anything is right (`proof`, `simulator`), nor what
becomes of a fault (`stages`).

May import: `records`, `values`, `wording`.
"""
