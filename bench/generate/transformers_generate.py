"""Transformers' side: `python transformers_generate.py <model> <prompts.json> <float32|bfloat16> <batch size> <new tokens>` answers
greedily and prints its figures as JSON. The prompts are token ids; those of about the same length are answered together, with
padding on the left."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "harness"))
from peft_side import peak_memory_bytes

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

model_folder, prompts_file, precision, batch_size, new_tokens = sys.argv[1:]
batch_size, new_tokens = int(batch_size), int(new_tokens)
prompts = sorted(json.loads(Path(prompts_file).read_text()), key=lambda prompt: len(prompt["tokens"]))
model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=getattr(torch, precision)).eval()
tokenizer = AutoTokenizer.from_pretrained(model_folder)


def answer(batch: list[dict], count: int) -> torch.Tensor:
    """Exactly `count` new tokens for each prompt."""
    longest = len(batch[-1]["tokens"])
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(batch):
        ids[row, longest - len(prompt["tokens"]) :] = torch.tensor(prompt["tokens"])
        mask[row, longest - len(prompt["tokens"]) :] = 1
    output = model.generate(
        ids,
        attention_mask=mask,
        min_new_tokens=count,
        max_new_tokens=count,
        do_sample=False,
        pad_token_id=0,
        # The model's own end of a turn would be forbidden by min_new_tokens; without one it is an ordinary token.
        eos_token_id=None,
    )
    return output[:, longest:]


def answer_all(count: int) -> tuple[float, dict[str, str]]:
    start = time.perf_counter()
    answers = {}
    for first in range(0, len(prompts), batch_size):
        batch = prompts[first : first + batch_size]
        for prompt, tokens in zip(batch, answer(batch, count)):
            answers[prompt["id"]] = tokenizer.decode(tokens, skip_special_tokens=True).strip()
    return time.perf_counter() - start, answers


with torch.inference_mode():
    answer(prompts[:batch_size], 2)
    prompt_seconds, _ = answer_all(1)
    seconds, answers = answer_all(new_tokens)
prompt_tokens = sum(len(prompt["tokens"]) for prompt in prompts)
result = {
    "answers": answers,
    "new_tokens_per_second": len(prompts) * new_tokens / seconds,
    "prompt_tokens_per_second": prompt_tokens / prompt_seconds,
    "new_tokens": len(prompts) * new_tokens,
    "prompt_tokens": prompt_tokens,
    "seconds": seconds,
    "peak_memory_bytes": peak_memory_bytes(),
}
print(json.dumps(result))
