"""The wheel holds what is needed to run, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("queues", "stages", "synthtools_stream")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of the files in a freshly built wheel."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_three_packages_only(wheel: list[str]) -> None:
    """Nothing stands at the top of the wheel but our three packages and its metadata."""
    tops = {PurePosixPath(name).parts[0] for name in wheel}
    assert sorted(top for top in tops if not top.endswith(".dist-info")) == sorted(PACKAGES)
    assert sum(top.endswith(".dist-info") for top in tops) == 1


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_whole_and_typed(wheel: list[str], package: str) -> None:
    """Every source file and every data file of a package is in the wheel, and its type marker."""
    ours = (path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    expected = {path.relative_to(ROOT).as_posix() for path in ours}
    packed = {name for name in wheel if name.startswith(f"{package}/") and "/_prompts/" not in name}
    assert packed == expected
    assert f"{package}/py.typed" in packed


def test_prompts_are_inside(wheel: list[str]) -> None:
    """Every prompt of the checkout is inside the package, where the loader looks for it."""
    prompts = ROOT / "prompts"
    expected = {f"synthtools_stream/_prompts/{path.relative_to(prompts).as_posix()}" for path in prompts.rglob("*.md")}
    packed = {name for name in wheel if name.startswith("synthtools_stream/_prompts/")}
    assert packed == expected
    assert packed, "there are no prompts"


def test_word_lists_are_inside(wheel: list[str]) -> None:
    """The embedded model finds its lexicon and its list of fields in the wheel."""
    embedded = [name for name in wheel if name.startswith("synthtools_stream/embedded/")]
    assert any(name.endswith(".json") for name in embedded), "no lexicon"
    assert any(PurePosixPath(name).name == "fields.txt" for name in wheel), "no list of fields"


def test_licence_and_command_are_told(wheel: list[str]) -> None:
    """The metadata carries the licence and the command."""
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in wheel)
