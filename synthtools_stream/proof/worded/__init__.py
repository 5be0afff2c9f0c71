"""What holds of a task's words: its request and its turns say the same as its calls, as far as code can tell.

Belongs here: one idea a module, each a pure function from words and calls to findings. A finding has the stable name of
its check and one line that whoever wrote the words can act on.

Does not: whether a value was obtainable (`proof/provenance`); forms of numbers, dates and times that others need, too
(`wording`); whatever asks a model.

May import: `records`, `state`, `toolcalls`, `values`, `wording`.
"""
