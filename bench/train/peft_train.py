"""PEFT's side: `python peft_train.py <model> <tokens> <precision> <steps> [compiled] [checkpointing]` trains and prints its
figures as JSON. Precisions: float32, bfloat16, nf4."""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "harness"))
from peft_side import finish_step, load_lora, peak_memory_bytes, seconds_since_command

import torch
from safetensors.torch import load_file

model_folder, tokens, precision, steps, *words = sys.argv[1:]
model, trained = load_lora(
    Path(model_folder), precision, compiled="compiled" in words, checkpointing="checkpointing" in words
)
optimizer = torch.optim.AdamW(trained, lr=2e-4, weight_decay=0.01)
rows = load_file(Path(tokens) / "train-0.safetensors")
ids = rows["input_ids"].long()
labels = torch.where(rows["loss_mask"].bool(), ids, -100)

losses, seconds = [], []
# The first step compiles or warms up and is left out of the speed.
for step in range(int(steps) + 1):
    start = time.perf_counter()
    loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    finish_step(optimizer, trained)
    losses.append(loss.item())
    seconds.append(time.perf_counter() - start)
    if step == 0:
        seconds_to_first_step = seconds_since_command()
result = {
    "tokens_per_second": ids.numel() / statistics.median(seconds[1:]),
    "peak_memory_bytes": peak_memory_bytes(),
    "seconds_to_first_step": seconds_to_first_step,
    "first_loss": losses[0],
    "losses": losses,
    "seconds": seconds,
}
print(json.dumps(result))
