"""Summarizing: a dialogue's turns into one request, then the proof and the certificate.

Belongs here: having the request written and checked, and making the ground truth's calls once more on fresh answers.

Does not: what code alone proves and what a user cannot know (`proof`); writing the turns (`stages/evolution`).

May import: `asking`, `engine`, `errors`, `programs`, `proof`, `quality`, `records`, `roles`, `simulator`, `state`,
`toolcalls`, `values`, `wording`.
"""
