"""Proven tasks in the form of other people's benchmarks, so that their harnesses run them: a benchmark a module.

What lies in `shipped` is written beside the rows as it stands: nothing that a model said becomes source, only data.

Belongs here: how a benchmark tells a task, its tools and its world, and what of a task it cannot hold.

Does not: how worlds are played (`live`), packages for trainers and hubs, and rows that models are trained on.

May import: `errors`, `export`, `records`, `state`, `storage`, `toolcalls`, `values`.
"""
