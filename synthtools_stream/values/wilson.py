"""Wilson's score interval: between which bounds a share lies, told from a few trials.

Unlike the normal one it stays within 0 and 1 and is honest at both ends, also of three trials that all went well.
Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
"""

from __future__ import annotations

import math

__all__ = ["wilson_bounds"]


def wilson_bounds(hits: float, trials: int, z: float) -> tuple[float, float]:
    """Return the lower and upper bound of a share at `z` standard errors; 0 and 1 where nothing was tried.

    With both bounds, z = 1.96 gives 95 %; with the lower alone, z = 1.645 does.
    """
    if trials == 0:
        return 0.0, 1.0
    share = hits / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
