"""Variants: tasks that code derives from a proven one, each with an answer that is known because the base is proven.

A kind of variant is a module: what it changes, and when it can. `base_task` finds the base in a variant's row, and
`derivation` derives the variant anew, which is how it is verified.

Belongs here: what a variant changes, what an agent must come to then, and that both follow from the base.

Does not: which variants of which tasks are made (`stages/summarizing`); how a message declines or asks (`proof/told`).

May import: `errors`, `programs`, `proof`, `records`, `simulator`, `state`, `toolcalls`, `values`.
"""
