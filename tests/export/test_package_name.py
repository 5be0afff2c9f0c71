"""What a package may be called."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.package_name import package_name


@pytest.mark.parametrize("text", ["bees", "bee_tasks_2", "synthtools_tasks"])
def test_names(text: str) -> None:
    """Modules, folders and images can be called so."""
    assert package_name(text) == text


@pytest.mark.parametrize(
    "text", ["", "Bees", "bee tasks", "../bees", "bee__tasks", "_bees", "2bees", "a" * 51, "bees\n", "class", "json"]
)
def test_what_is_no_name(text: str) -> None:
    """Neither what no module can be called, nor what one is called already."""
    with pytest.raises(UsageError, match="--name"):
        package_name(text)


@pytest.mark.parametrize("text", ["verifiers", "openenv", "synthtools_stream"])
def test_names_of_readers(text: str) -> None:
    """A package must not hide the program that reads it."""
    with pytest.raises(UsageError, match="already"):
        package_name(text)
