"""Sequencing: an environment's reliable tools into chains that make sense together.

Belongs here: the tool graph, walks on it, and the rules that a chain keeps whatever the planner says.

Does not: what a chain is used for (`stages.evolution`).

May import: `engine`, `errors`, `records`, `roles`, `values`, `wording`.
"""
