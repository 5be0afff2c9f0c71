"""Make a language model with random weights that is small enough to test vLLM with on any machine.

It is a directory with a Llama configuration of two narrow layers, a byte-level BPE tokenizer trained on our own prompts
and a chat template that knows tools. There are no weights: vLLM makes them up (`--load-format dummy`). What it writes
is gibberish, so it proves how requests are carried, and nothing about what they say.

    python -m synthtools_stream.vllm.tiny_model DIRECTORY PROMPTS
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import orjson

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["make_tiny_model"]

RECIPE = 1
"""Goes up when the model is made otherwise, so that one that stands already is made anew."""
VOCABULARY = 2048
"""Tokens: few, so that training and sampling take no time; the texts of the prompts still fit."""
CONTEXT = 32768
"""Tokens of context: our longest prompts and answers fit."""
START, END, PAD = "<|im_start|>", "<|im_end|>", "<|pad|>"
# Tool calls in the manner of Hermes and Qwen, which vLLM's `hermes` parser reads.
TEMPLATE = """\
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message['content'] %}{{- message['content'] }}{%- endif %}
{%- if loop.first and tools %}
{{- '\\n\\nTools, one a line. To call one, write <tool_call>{"name": …, "arguments": {…}}</tool_call>.' }}
{%- for tool in tools %}{{- '\\n' + (tool['function'] | tojson) }}{%- endfor %}
{%- endif %}
{%- for call in message['tool_calls'] or [] %}
{{- '\\n<tool_call>{"name": "' + call['function']['name'] + '", "arguments": ' }}
{%- set arguments = call['function']['arguments'] %}
{{- arguments if arguments is string else arguments | tojson }}{{- '}</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""


def make_tiny_model(directory: Path, texts: Sequence[str]) -> bool:
    """Write the model into `directory`, its tokenizer trained on `texts`; return False if it stood there already.

    Needs the packages `transformers` and `tokenizers`, which come with vLLM.
    """
    stamp = directory / ".made"
    recipe = hashlib.blake2b(orjson.dumps([RECIPE, TEMPLATE, *texts]), digest_size=16).hexdigest()
    if stamp.exists() and stamp.read_text() == recipe:
        return False
    directory.mkdir(parents=True, exist_ok=True)
    _save_tokenizer(directory, texts)
    config = {**_architecture(), "dtype": "float32"}
    (directory / "config.json").write_bytes(orjson.dumps(config, option=orjson.OPT_INDENT_2))
    generation: JsonObject = {"eos_token_id": 1, "pad_token_id": 2}
    (directory / "generation_config.json").write_bytes(orjson.dumps(generation))
    stamp.write_text(recipe)
    return True


def _architecture() -> JsonObject:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 32,
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-6,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 2,
    }


def _save_tokenizer(directory: Path, texts: Sequence[str]) -> None:
    tokenizers = import_module("tokenizers")
    transformers = import_module("transformers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[START, END, PAD],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=START, eos_token=END, pad_token=PAD, model_max_length=CONTEXT
    )
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(directory)


def _main(directory: str, prompts: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(prompts).glob("*.md"))]
    made = make_tiny_model(Path(directory), texts)
    sys.stderr.write(f"{'made' if made else 'found'} {directory}\n")


if __name__ == "__main__":
    _main(*sys.argv[1:3])
