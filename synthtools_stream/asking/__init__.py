"""Asking: from a role's input to its checked output, whoever the model is.

Belongs here: rendering a prompt, the request and its digest, where the reply comes from, reading it, repairs, and that
equal questions are asked once.

Does not: a role's models (`roles`), the templates (`prompts/`), how a request travels (`servers`), who may ask for what
(`engine.stage`).

May import: `chat`, `errors`, `records`, `roles`, `values`.
"""
