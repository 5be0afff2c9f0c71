"""What words say: values, numbers, dates and times of day as people write them, whole words, and texts that are alike.

Belongs here: finding a known thing in free text, or comparing texts, without a model and without regard to any task.

Does not: what a found value proves (`proof`); how the embedded model words or understands things (`embedded`).

May import: `values`.
"""
