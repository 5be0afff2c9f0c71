"""Evolution: a sequence of tools into a dialogue whose every call is grounded, understood and served.

Belongs here: the plan of a dialogue, a task while it grows, and the writing of one version of one step.

Does not: where arguments come from, and whether that proves them (`proof`); playing the tools (`simulator`); the merged
request (`stages/summarizing`).

May import: `engine`, `errors`, `proof`, `quality`, `records`, `roles`, `simulator`, `state`, `toolcalls`, `values`,
`wording`.
"""
