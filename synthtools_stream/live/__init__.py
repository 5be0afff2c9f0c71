"""Live worlds: a task's tools, played for one attempt by anybody's agent, and the verdict on it.

Belongs here: the life of an attempt (begun, acted in, judged, over), whoever drives it: a rollout of ours, a program of
the user's, a server's session, a trainer in the same process.

Does not: how a tool is played (`simulator`), what the verdict is (`proof`), an agent of ours and its prompts
(`stages/rollout`), wire protocols (`envserving`).

May import: `asking`, `chat`, `engine`, `errors`, `programs`, `proof`, `records`, `roles`, `simulator`, `state`,
`toolcalls`, `values`.
"""
