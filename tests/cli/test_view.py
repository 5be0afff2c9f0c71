"""`view`: what is said, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import USAGE
from tests.export.exported import corpus


def test_address_and_end(tmp_path: Path) -> None:
    """The address is all that stands on stdout, and leads to the pages; the first signal ends it, well."""
    command = [sys.executable, "-m", "synthtools_stream", "view", str(corpus(tmp_path / "run")), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", address)
        base, _, _ = address.partition("?")
        with pytest.raises(HTTPError, match="401") as refused:
            urlopen(base, timeout=10)
        refused.value.close()
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")
    assert "open this address in a browser" in said


def test_what_cannot_be_looked_at(tmp_path: Path) -> None:
    """One line, and 2."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.jsonl").write_text('{"id": "a", "text": "b"}\n')
    told = {
        str(tmp_path / "nowhere"): "there is no such file",
        str(tmp_path / "empty"): "holds no rows; name a run directory or a .jsonl file",
        str(tmp_path / "other.jsonl"): "holds no rows of ours",
    }
    for path, said in told.items():
        ended = CliRunner().invoke(main, ["view", path])
        assert ended.exit_code == USAGE
        assert said in ended.stderr
    open_to_all = CliRunner().invoke(main, ["view", str(tmp_path), "--host", "0.0.0.0", "--no-token"])
    assert open_to_all.exit_code == USAGE
    assert "--no-token would show the pages to whoever reaches this machine" in open_to_all.stderr
