"""Does the official MCP client solve our tasks, and get nothing for nothing? Run by `bin/consumers`.

    python mcp_client.py URL CONTROL_TOKEN GOLD

Leaves with 1, and a line for each, where a reward is another than it should be.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

Mcp: Any = importlib.import_module("mcp")


def reward(url: str, token: str, task_id: str) -> float:
    """Take the reward of the task's one session from the control side, and close the session."""

    def ask(path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{url}/control{path}", method=method)
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    [session] = [session for session in ask("/sessions")["sessions"] if session["task_id"] == task_id]
    told: float = ask(f"/sessions/{session['session_id']}")["reward"]
    ask(f"/sessions/{session['session_id']}", "DELETE")
    return told


async def attempt(url: str, gold: dict[str, Any], *, act: bool) -> None:
    """Make an attempt, with all calls or none."""
    async with Mcp.Client(f"{url}/mcp?task_id={quote(gold['task_id'])}") as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        assert {call["name"] for call in gold["calls"]} <= listed, listed
        told = (await client.get_prompt("request")).messages[0].content.text
        assert told.startswith(gold["request"]), told
        for call in gold["calls"] if act else []:
            result = await client.call_tool(call["name"], call["arguments"])
            assert not result.is_error, result
        await client.call_tool("submit_answer", {"message": gold["closing"] if act else "I did nothing."})


def main(url: str, token: str, path: str) -> int:
    """Try all tasks; returns the exit code."""
    wrong = 0
    for line in Path(path).read_text().splitlines():
        gold = json.loads(line)
        for act, wanted in ((True, 1.0), (False, 0.0)):
            asyncio.run(attempt(url, gold, act=act))
            found = reward(url, token, gold["task_id"])
            if found != wanted:
                wrong += 1
                print(f"mcp: {gold['task_id']}: reward {found}, not {wanted}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
