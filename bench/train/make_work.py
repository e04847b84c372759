"""The work of the bench: `python make_work.py <folder>` writes a model of SmolLM2-135M's shape with random weights, and
four rows of 256 random tokens, the last quarter of each supervised, as token shards."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

ROWS, LENGTH = 4, 256


def make_model(folder: Path) -> None:
    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        max_position_embeddings=8192,
        rope_theta=100000.0,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=2,
    )
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    # No text is tokenized here, but a model is opened with its tokenizer.
    words = {"<unk>": 0, "<s>": 1, "</s>": 2}
    tokenizer = {"version": "1.0", "model": {"type": "WordLevel", "vocab": words, "unk_token": "<unk>"}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": "<s>", "eos_token": "</s>"}))


def make_tokens(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shape = (ROWS, LENGTH)
    position = torch.arange(LENGTH, dtype=torch.int32).repeat(ROWS, 1)
    arrays = {
        "input_ids": torch.randint(3, 49152, shape, dtype=torch.int32),
        "loss_mask": (position >= LENGTH * 3 // 4).to(torch.uint8),
        "position_ids": position,
        "segment_ids": torch.ones(shape, dtype=torch.int32),
        "parent_ids": torch.zeros(shape, dtype=torch.int32),
    }
    save_file(arrays, folder / "train-0.safetensors")
    split = {
        "hash": "bench",
        "files": ["train-0.safetensors"],
        "rows": ROWS,
        "length": LENGTH,
        "tokens": ROWS * LENGTH,
        "supervised_tokens": int(arrays["loss_mask"].sum()),
        "examples": [{"id": f"row-{row}", "row": row, "segment": 1, "tokens": LENGTH} for row in range(ROWS)],
        "contexts": [[] for _ in range(ROWS)],
    }
    (folder / "index.json").write_text(json.dumps({"version": 1, "splits": {"train": split}}))


work = Path(sys.argv[1])
make_model(work / "model")
make_tokens(work / "tokens")
