# /// script
# dependencies = [
#     "addict", "colorama", "datasets>=5.2", "jinja2", "json_repair", "numpy", "omegaconf", "packaging", "pydantic",
#     "pyyaml", "tqdm",
# ]
# [tool.exports]
# alone = ["axolotl==0.19.0", "llamafactory==0.9.5", "ms_swift==4.6.0", "trl==1.16.0"]
# ///
"""Do the trainers' own loaders read what the run says? Run by `bin/exports`.

The trainers are installed alone: `torch` and what else of gigabytes they import at their heads reads no rows, and has a
stand-in. What is run is theirs: parsers, converters, preprocessors, formatters, chat templates, schemas.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

_UNUSED = (
    *("accelerate", "aiohttp", "matplotlib", "modelscope", "peft", "PIL", "requests", "torch", "torchaudio"),
    *("torchvision", "transformers", "trl", "urllib3"),
)
_TRAINERS = ("trl", "axolotl", "llamafactory", "ms_swift", "hermes")


def main(folder: Path) -> None:
    """Let every trainer read the exports of a run, and those of attempts that formats find hard."""
    sys.path.insert(0, str(Path(__file__).parents[3]))
    beside = "tests.readers.exported.trainers"
    stand_ins: Any = importlib.import_module(f"{beside}.stand_ins")
    stand_ins.stand_in(_UNUSED)
    for trainer in _TRAINERS:
        reader: Any = importlib.import_module(f"{beside}.{trainer}_reads")
        for exports in (folder, folder / "hard"):
            reader.check(exports)


main(Path(sys.argv[1]))
