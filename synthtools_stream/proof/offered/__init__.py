"""What a row's tools must be for its proof to mean something: told apart, honest about their effects, rules kept.

Belongs here: each thing that must hold of the tools which a task offers, beside the calls that it makes of them.

Does not: whether a call fits its tool and what it came to (`proof.integrity`, `proof.execution`); whether the tools are
those that were audited (`proof.audited_tools`).

May import: `proof`, `records`, `simulator`, `state`, `toolcalls`, `values`, `wording`.
"""
