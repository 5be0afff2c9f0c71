"""Benchmarks: what `bin/bench` measures. Nothing else imports this package.

Figures are of this machine and this moment. CPU times are of the process, so that neighbours on the machine change them
little; wall times they change a lot.
"""

from __future__ import annotations

__all__: list[str] = []
