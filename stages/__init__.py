"""The stages: one folder for each, which turns an item into what comes of it, and the ideas that only it has.

Belongs here: what one stage does with one item, as a function of the item and the replies that it gets.

Does not: queues, logs, clocks and other items: a stage never sees them. What several stages need
(`synthtools_stream/`).

May import: `asking`, `chat`, `embeddings`, `engine`, `errors`, `live`, `programs`, `proof`, `quality`, `records`,
`roles`, `simulator`, `state`, `toolcalls`, `toolgraph`, `values`, `wording`.
"""
