"""`python make_model.py <folder> <name>` writes a Llama of the shape of SmolLM2-135M or 360M, or a tiny one to try a bench
out, with random weights."""

import json
import sys
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

SHAPES = {
    # hidden size, intermediate size, layers, heads, key/value heads
    "135m": (576, 1536, 30, 9, 3),
    "360m": (960, 2560, 32, 15, 5),
    "tiny": (64, 128, 2, 2, 1),
}

folder, name = Path(sys.argv[1]), sys.argv[2]
hidden, intermediate, layers, heads, kv_heads = SHAPES[name]
config = LlamaConfig(
    vocab_size=49152,
    hidden_size=hidden,
    intermediate_size=intermediate,
    num_hidden_layers=layers,
    num_attention_heads=heads,
    num_key_value_heads=kv_heads,
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
