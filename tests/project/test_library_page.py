"""The scripts of docs/library.md, run in their order as a reader would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "library.md").read_text(encoding="utf-8"), re.M | re.S)
SHOWN = [
    r"'tasks': [1-9]",
    r"^\S+ proven$",
    r"kind=<VerdictKind.solved: 'solved'>",
    r"^\d+ \d+ 0 0\.0$",
    r'^\{"status_code":200.*\} 0\.0$',
    r"^\d\d+ requests$",
    r"'tasks': \d",
    r"'tasks': [1-9]",
]
"""What each of them prints, among other things."""


def test_scripts_run(tmp_path: Path) -> None:
    """Each ends well and shows what the page says."""
    assert len(SCRIPTS) == len(SHOWN)
    for script, shown in zip(SCRIPTS, SHOWN, strict=True):
        ran = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
        )
        assert ran.returncode == 0, f"{script}\n{ran.stderr}"
        assert re.search(shown, ran.stdout, re.MULTILINE), f"{script}\n{ran.stdout}"
