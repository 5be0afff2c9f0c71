"""The proof of a task and the verdict on an attempt, by code alone: whoever has the row can check both again.

Belongs here: what must hold of a task (its parts agree, every argument has a provenance, every call is needed, nothing
is told that the user cannot know), its certificate, the verdict, and verifying rows and files.

Does not: whatever asks a model, such as stability on fresh answers (`stages/summarizing`); checks of a simulator's
answer, which the runtime makes first and the proof repeats (`simulator`); what words say (`wording`).

May import: `chat`, `errors`, `programs`, `records`, `roles`, `simulator`, `state`, `storage`, `toolcalls`, `values`,
`wording`.
"""
