"""The one seam to any language model: what a request, a reply and a model are, and their wire format.

Belongs here: the protocol of a `LanguageModel`, and the OpenAI chat-completions codec, one for clients, our own server
and the digests of requests.

Does not: how a question is made (`asking`), how it travels (`servers`), who answers it (`embedded`, `vllm`,
`recorded`).

May import: `errors`, `values`.
"""
