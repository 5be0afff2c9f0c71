"""Rollout: attempts of an agent at a task, judged.

Belongs here: the agent under test, the conversation with it, the simulated user, and how its calls lie against the
task's.

Does not: the verdict (`proof`); playing the tools and the tape that attempts share (`simulator`).

May import: `asking`, `chat`, `engine`, `errors`, `live`, `proof`, `records`, `roles`, `simulator`, `state`,
`toolcalls`, `values`.
"""
