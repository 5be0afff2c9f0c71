"""Sequencing: an environment's reliable tools into chains that make sense together.

Belongs here: walks on the tool graph, the shapes that they are to have, and the rules that a chain keeps whatever the
planner says.

Does not: the graph itself (`toolgraph`), and what a chain is used for (`stages.evolution`).

May import: `embeddings`, `engine`, `errors`, `quality`, `records`, `roles`, `toolgraph`, `values`.
"""
