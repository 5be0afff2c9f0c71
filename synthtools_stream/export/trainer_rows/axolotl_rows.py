"""`axolotl`: messages for `type: chat_template`, and the lines of its configuration that name them.

Source: Axolotl 0.19.0, `prompt_strategies/chat_template.py`: it parses arguments and tools that are JSON text, which no
Arrow table can put nulls into, and takes reasoning from `reasoning_content`.
"""

from __future__ import annotations

import orjson

from synthtools_stream.export.chat_messages import conversation_of
from synthtools_stream.export.export_format import AttemptFormat, Choices, Made
from synthtools_stream.export.trainer_rows.template_messages import template_messages
from synthtools_stream.records import Trajectory
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AxolotlRows"]


class AxolotlRows(AttemptFormat):
    """`{"messages", "tools"}`, a line an attempt."""

    name = "axolotl"
    read_by = "Axolotl (type: chat_template)"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; arguments and `tools` are JSON text."""
        conversation = conversation_of(attempt, choices)
        return {
            "messages": template_messages(conversation.messages, arguments_as_text=True),
            "tools": orjson.dumps([*conversation.tools]).decode(),
        }

    def finish(self, made: Made) -> None:
        """Write `dataset.yml`."""
        put_file(made.folder / "dataset.yml", _configuration(made).encode())

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""In the configuration (`dataset.yml` has the same):

```yaml
{_configuration(made).strip()}
```"""


def _configuration(made: Made) -> str:
    return f"""\
datasets:
  - path: {made.parts[0]}.jsonl
    ds_type: json
    type: chat_template
    field_messages: messages
    field_tools: tools
    roles_to_train: [assistant]
"""
