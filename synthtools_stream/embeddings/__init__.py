"""Embeddings: texts into what says how alike they are, with a model or without one.

Belongs here: the one protocol of an encoder, and the sentence encoder that runs in our process.

Does not: the embeddings of servers (`servers.embedding_endpoint`), what is compared and what follows (`toolgraph`).

May import: `asking`, `chat`, `errors`, `toolgraph`.
"""
