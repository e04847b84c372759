"""The small Llama-shaped models of the golden files, with random weights and a tokenizer of made-up words."""

import json
import math
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

VOCABULARY = 160

TINY = dict(
    vocab_size=VOCABULARY,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    max_position_embeddings=64,
    rms_norm_eps=1e-5,
    rope_theta=10000.0,
    tie_word_embeddings=True,
)
# What the first leaves at the usual values: heads wider than hidden_size / heads, an own head, bfloat16.
UNTIED = TINY | dict(
    num_hidden_layers=1,
    head_dim=32,
    num_key_value_heads=1,
    rope_theta=100000.0,
    rms_norm_eps=1e-6,
    tie_word_embeddings=False,
)


def create(folder: Path, settings: dict, seed: int, dtype: torch.dtype) -> None:
    """Writes a model as a Transformers folder with one safetensors file."""
    generator = torch.Generator().manual_seed(seed)
    config = LlamaConfig(**settings, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1:
                weight.copy_(1 + 0.1 * noise)
            elif "embed_tokens" in name or "lm_head" in name:
                weight.copy_(0.3 * noise)
            else:
                weight.copy_(noise / math.sqrt(weight.shape[1]))
    model.to(dtype).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    words = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3} | {f"w{i}": i for i in range(4, VOCABULARY)}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [
            dict(id=i, content=word, special=True, single_word=False, lstrip=False, rstrip=False, normalized=False)
            for word, i in list(words.items())[:4]
        ],
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "vocab": words, "unk_token": "<unk>"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, separators=(",", ":")) + "\n")
    tokenizer_config = dict(
        tokenizer_class="PreTrainedTokenizerFast",
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config, indent=2) + "\n")


def load(folder: Path) -> LlamaForCausalLM:
    """The model of a folder in float32, with attention written out in plain operations."""
    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
