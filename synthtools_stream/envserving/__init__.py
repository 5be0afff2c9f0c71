"""Serving worlds: anybody's agent acts in our tasks over the wire, by the protocols that trainers speak.

`sessions` is the one runtime: it begins attempts, keeps them apart, ends them when they are over or forgotten. The
dialects translate: each has its own words for the same few things.

Belongs here: sessions, dialects, and the server that offers them.

Does not: what an attempt is and how it is judged (`live`), chat completions (`serving`).

May import: `asking`, `chat`, `engine`, `errors`, `live`, `programs`, `records`, `serving`, `storage`,
`synthtools_stream`, `toolcalls`, `values`.
"""
