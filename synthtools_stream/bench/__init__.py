"""Benchmarks: what `bin/bench` measures. Nothing else imports this package.

Figures are of this machine and this moment. CPU times are of the process, so that neighbours on the machine change them
little; wall times they change a lot.

Belongs here: a part of `bin/bench` a file, what several parts share, and planted defects (`defects/`).

Does not: anything that a run needs: a figure that a run tells is `engine.progress`'s.

May import: `asking`, `assembly`, `chat`, `cli`, `config`, `embedded`, `engine`, `envserving`, `errors`, `export`,
`programs`, `proof`, `records`, `roles`, `servers`, `serving`, `simulator`, `stages`, `state`, `storage`, `toolcalls`,
`values`, `view`.
"""

from __future__ import annotations

__all__: list[str] = []
