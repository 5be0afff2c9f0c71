"""The tool graph: which tool's values another tool can take, and what follows from that.

Belongs here: how alike two texts are, the edges between an environment's tools, the tools nearest to one, how a task's
steps hang together, and how far rows are from a distribution that was asked for.

Does not: drawing walks on a graph (`stages.sequencing`), nor getting embeddings from a model (`embeddings`).

May import: `records`, `toolcalls`, `values`, `wording`.
"""
