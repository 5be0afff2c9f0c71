# /// script
# dependencies = [
#     "aiofiles", "aiohttp", "anyio", "click", "filelock", "huggingface_hub", "jinja2", "jsonschema-rs", "orjson",
#     "pandas", "pydantic>=2.12", "pydantic-monty", "python-dotenv", "pyzstd>=0.19", "requests", "rich", "tabulate",
#     "tqdm", "tree_sitter==0.21.3", "tree-sitter-java==0.21.0", "tree-sitter-javascript==0.21.4", "uvloop", "yarl",
# ]
# [tool.exports]
# alone = ["bfcl-eval==2026.3.23"]
# ///
"""Do the loaders and checkers of `bfcl-eval` take what `bfcl` writes, and refuse what differs? Run by `bin/exports`.

Every ground truth must pass; the same without its last call, with a number or text changed, or as no calls at all must
not. The table of models, which needs thirty clients and is asked only for names with dots, is left empty.
"""

from __future__ import annotations

import ast
import copy
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
MODELS = "bfcl_eval.constants.model_config"
ROWS = 12
"""Rows of each part whose altered answers are played."""


class Altered(ast.NodeTransformer):
    """Changes one literal of a call."""

    done = False

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Change the first text or number."""
        if self.done or isinstance(node.value, bool) or not isinstance(node.value, str | int | float):
            return node
        self.done = True
        return ast.Constant(f"{node.value}9" if isinstance(node.value, str) else node.value + 9)


def altered(text: str) -> str | None:
    """Return a call with another value in it, if it has one."""
    change = Altered()
    tree = change.visit(ast.parse(text, mode="eval"))
    return ast.unparse(tree) if change.done else None


def wrong_answers(truth: list[list[str]]) -> list[list[list[list[str]]]]:
    """Return answers that are not right, in turns and steps."""
    steps = [[turn] for turn in truth]
    found: list[list[list[list[str]]]] = [[*steps[:-1], [[]]], [[[]] for _ in truth]]
    other = altered(truth[-1][-1])
    return [*found, [*steps[:-1], [[*truth[-1][:-1], other]]]] if other else found


def check_part(part: Path) -> int:
    """Check a part's rows of several turns, and return how many there are."""
    helpers: Any = importlib.import_module("bfcl_eval.utils")
    checker: Any = importlib.import_module("bfcl_eval.eval_checker.multi_turn_eval.multi_turn_checker")
    importlib.import_module("bfcl_worlds").register(part)
    rows = helpers.load_file(str(part / "BFCL_v4_multi_turn_base.json"), sort_by_id=True)
    answers = {row["id"]: row for row in helpers.load_file(str(part / "possible_answer/BFCL_v4_multi_turn_base.json"))}
    rows = helpers.add_language_specific_hint_to_function_doc(
        helpers.populate_test_cases_with_predefined_functions(rows)
    )
    for number, row in enumerate(rows):
        truth = answers[row["id"]]["ground_truth"]
        if {call.split("(")[0] for turn in truth for call in turn} - {function["name"] for function in row["function"]}:
            sys.exit(f"{row['id']}: calls what it does not offer")

        def verdict(answer: Any, name: str, row: Any = row, truth: Any = truth) -> dict[str, Any]:
            found: dict[str, Any] = checker.multi_turn_checker(answer, truth, row, "multi_turn_base", name)
            return found

        right = verdict([[turn] for turn in truth], "right")
        if not right["valid"]:
            sys.exit(f"{row['id']}: its ground truth is refused: {right}")
        for count, answer in enumerate(wrong_answers(truth) if number < ROWS else ()):
            if verdict(answer, f"wrong{count}")["valid"]:
                sys.exit(f"{row['id']}: a wrong answer is accepted: {answer}")
    return len(rows)


def check_documents(part: Path) -> None:
    """Check each function's document as `bfcl-eval` turns it into a tool."""
    casts: Any = importlib.import_module("bfcl_eval.constants.type_mappings").GORILLA_TO_OPENAPI
    for path in part.glob("multi_turn_func_doc/*.json"):
        for line in path.open():
            document = json.loads(line)
            for schema in document["parameters"]["properties"].values():
                if schema["type"] not in casts or "description" not in schema:
                    sys.exit(f"{path}: {document['name']} has a parameter of no known type: {schema}")


def check_single_turn(part: Path) -> int:
    """Check a part's rows of one call with the AST checker, as they are and changed."""
    ast_checker: Any = importlib.import_module("bfcl_eval.eval_checker.ast_eval.ast_checker").ast_checker
    python: Any = importlib.import_module("bfcl_eval.constants.enums").Language.PYTHON
    done = 0
    for category in ("simple_python", "multiple"):
        path = part / f"BFCL_v4_{category}.json"
        for row in map(json.loads, path.open() if path.exists() else ()):
            answers = map(json.loads, (part / f"possible_answer/BFCL_v4_{category}.json").open())
            truth = next(answer["ground_truth"] for answer in answers if answer["id"] == row["id"])
            (name, allowed), *_ = truth[0].items()
            given = {key: plain(values[0]) for key, values in allowed.items() if values[0] != ""}
            spoiled = copy.deepcopy(given)
            key = next(key for key, value in given.items() if isinstance(value, str))
            spoiled[key] = "something else"
            for arguments, right in ((given, True), (spoiled, False)):
                found = ast_checker(row["function"], [{name: arguments}], truth, python, category, "m")
                if found["valid"] is not right:
                    sys.exit(f"{row['id']}: {arguments}: {found}")
            done += 1
    return done


def plain(value: Any) -> Any:
    """Return an allowed value as a model gives it."""
    if isinstance(value, dict):
        return {key: plain(items[0]) for key, items in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def main(folder: Path) -> None:
    """Check every part."""
    sys.modules[MODELS] = ModuleType(MODELS)
    vars(sys.modules[MODELS])["MODEL_CONFIG_MAPPING"] = {}
    sys.path.insert(0, str(folder / "bfcl"))
    for part in (folder / "bfcl" / "train", folder / "bfcl" / "test"):
        check_documents(part)
        print(part.name, check_part(part), check_single_turn(part))


main(Path(sys.argv[1]))
