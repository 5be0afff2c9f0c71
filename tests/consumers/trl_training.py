"""Does TRL's trainer act in our tasks, and learn who solved them? Run by `bin/consumers`, with TRL and ours installed.

    python trl_training.py DATASET GOLD

One step of `GRPOTrainer` on a model of random weights, on the CPU. What is sampled is scripted: of two attempts at each
task one does what solves it, the other only talks. Leaves with 1, and a line for each, where a mean reward is not 0.5.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from synthtools_stream import load_tasks, trl_environments

Transformers: Any = importlib.import_module("transformers")
Tokenizers: Any = importlib.import_module("tokenizers")
Trl: Any = importlib.import_module("trl")
Datasets: Any = importlib.import_module("datasets")

_END = "<|im_end|>"
_VOCABULARY = 2048


def tokenizer(texts: list[str]) -> Any:
    """Return one that knows the texts' words and Qwen's turns."""
    made = Tokenizers.Tokenizer(Tokenizers.models.BPE())
    made.pre_tokenizer = Tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = Tokenizers.decoders.ByteLevel()
    special = ["<|im_start|>", _END, "<|endoftext|>"]
    alphabet = Tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = Tokenizers.trainers.BpeTrainer(
        vocab_size=_VOCABULARY, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(texts, trainer)
    made.add_tokens(["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"])
    whole = Transformers.PreTrainedTokenizerFast(tokenizer_object=made, eos_token=_END, pad_token="<|endoftext|>")
    templates = Path(Trl.__file__).parent / "chat_templates"
    whole.chat_template = (templates / "qwen3.jinja").read_text()
    return whole


def model(size: int) -> Any:
    """Return one of random weights, as small as can be."""
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "head_dim": 8}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    config = Transformers.Qwen3Config(vocab_size=size, max_position_embeddings=1 << 16, **shape, **heads)
    return Transformers.Qwen3ForCausalLM(config)


class Scripted(Trl.GRPOTrainer):  # type: ignore[misc]
    """The trainer, whose policy says what it is told to."""

    gold: list[dict[str, Any]]

    def _generate_single_turn(self, prompt_ids: list[list[int]], *_: Any, **__: Any) -> tuple[list[list[int]], None]:
        texts = [self.processing_class.decode(ids) for ids in prompt_ids]
        said = [self.turn(text, idle=number % 2 == 1) for number, text in enumerate(texts)]
        return [self.processing_class(turn + _END)["input_ids"] for turn in said], None

    def turn(self, text: str, *, idle: bool) -> str:
        """Return the next call, or what is said where nothing is left to do."""
        task = next(task for task in self.gold if task["request"] in text)
        made = text.rpartition(task["request"])[2].count("<tool_response>")
        if made == 0 and idle:
            return "I did nothing."
        calls = [*task["calls"], {"name": "submit_answer", "arguments": {"message": task["closing"]}}]
        return f"<tool_call>\n{json.dumps(calls[made])}\n</tool_call>" if made < len(calls) else "Done."


def means(dataset: str, gold: list[dict[str, Any]], work: str) -> dict[str, float]:
    """Train for a step and return the mean reward of each environment."""
    with trl_environments(load_tasks(dataset)) as worlds:
        speaker = tokenizer([json.dumps(worlds.rows), *(json.dumps(task) for task in gold)])
        attempts = 2 * len(worlds.rows)
        config = Trl.GRPOConfig(
            output_dir=work,
            max_steps=1,
            per_device_train_batch_size=2,
            gradient_accumulation_steps=attempts // 2,
            num_generations=2,
            max_completion_length=1 << 15,
            logging_steps=1,
            report_to="none",
            use_cpu=True,
            bf16=False,
            save_strategy="no",
            disable_tqdm=True,
        )
        trainer = Scripted(
            model=model(len(speaker)),
            args=config,
            train_dataset=Datasets.Dataset.from_list(worlds.rows),
            processing_class=speaker,
            environment_factory=worlds.factories,
        )
        trainer.gold = gold
        trainer.train()
        logged = trainer.state.log_history[0]
        return {name: logged[f"rewards/{name}/mean"] for name in worlds.factories}


def main(dataset: str, path: str) -> int:
    """Train; returns the exit code."""
    gold = [json.loads(line) for line in Path(path).read_text().splitlines()]
    with TemporaryDirectory(prefix="consumers-") as work:
        found = means(dataset, gold, work)
    for name, mean in found.items():
        if mean != 0.5:
            print(f"trl: {name}: mean reward {mean}, not 0.5", file=sys.stderr)
    return int(any(mean != 0.5 for mean in found.values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
