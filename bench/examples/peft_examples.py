"""PEFT's side: `python peft_examples.py <folder> <model> <precision> <packed|sorted> [compiled]` runs a training step over each
row of the sample and prints its figures as JSON. The learning rate is zero, so that the loss of all examples is the same in
any order.

`packed`: best-fit decreasing into rows as long as Attune's, with a block mask and positions that begin anew. `sorted`: examples
of about the same length in a batch, padded, which needs no mask but the padding's."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "harness"))
from peft_side import finish_step, load_lora, peak_memory_bytes

import torch


def pack(examples: list[dict], capacity: int) -> list[list[dict]]:
    """Each example, the longest first, goes where it leaves the least room."""
    rows: list[list[dict]] = []
    room: list[int] = []
    for example in sorted(examples, key=lambda one: -len(one["tokens"])):
        size = len(example["tokens"])
        fitting = [index for index, free in enumerate(room) if free >= size]
        if fitting:
            at = min(fitting, key=lambda index: room[index])
            rows[at].append(example)
            room[at] -= size
        else:
            rows.append([example])
            room.append(capacity - size)
    return rows


def packed_batch(row: list[dict], length: int | None) -> dict:
    """One row; padded to `length` where every row must have the same shape."""
    used = sum(len(example["tokens"]) for example in row)
    length = length or used
    ids = torch.zeros(1, length, dtype=torch.long)
    labels = torch.full((1, length), -100)
    positions = torch.zeros(1, length, dtype=torch.long)
    # A token of the padding sees itself, so that its softmax is defined.
    mask = torch.eye(length, dtype=torch.bool)
    at = 0
    for example in row:
        tokens = torch.tensor(example["tokens"])
        end = at + len(tokens)
        ids[0, at:end] = tokens
        labels[0, at:end] = torch.where(torch.tensor(example["mask"]).bool(), tokens, -100)
        positions[0, at:end] = torch.arange(len(tokens))
        mask[at:end, at:end] = torch.ones(len(tokens), len(tokens), dtype=torch.bool).tril()
        at = end
    return {"input_ids": ids, "labels": labels, "position_ids": positions, "attention_mask": mask[None, None]}


def sorted_batches(examples: list[dict], capacity: int) -> list[dict]:
    batches: list[list[dict]] = []
    for example in sorted(examples, key=lambda one: -len(one["tokens"])):
        if batches and len(batches[-1][0]["tokens"]) * (len(batches[-1]) + 1) <= capacity:
            batches[-1].append(example)
        else:
            batches.append([example])
    return [padded_batch(batch) for batch in batches]


def padded_batch(examples: list[dict]) -> dict:
    shape = (len(examples), len(examples[0]["tokens"]))
    ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    labels = torch.full(shape, -100)
    for row, example in enumerate(examples):
        tokens = torch.tensor(example["tokens"])
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
        labels[row, : len(tokens)] = torch.where(torch.tensor(example["mask"]).bool(), tokens, -100)
    return {"input_ids": ids, "labels": labels, "attention_mask": mask}


folder, model_folder, precision, layout, *words = sys.argv[1:]
compiled = "compiled" in words
sample = json.loads((Path(folder) / "sample.json").read_text())
examples, capacity = sample["examples"], sample["capacity"]
if layout == "packed":
    batches = [packed_batch(row, capacity if compiled else None) for row in pack(examples, capacity)]
else:
    batches = sorted_batches(examples, capacity)

model, trained = load_lora(Path(model_folder), precision, compiled=compiled)
optimizer = torch.optim.AdamW(trained, lr=0.0, weight_decay=0.01)


def train(batch: dict) -> float:
    loss = model(**batch).loss
    loss.backward()
    finish_step(optimizer, trained)
    return loss.item()


start = time.perf_counter()
# The first step compiles or warms up and is left out.
train(batches[0])
warm_up_seconds = time.perf_counter() - start
supervised = [int((batch["labels"] != -100).sum()) for batch in batches]
start = time.perf_counter()
losses = [train(batch) for batch in batches]
seconds = time.perf_counter() - start
result = {
    "examples_per_second": len(examples) / seconds,
    "seconds": seconds,
    "warm_up_seconds": warm_up_seconds,
    "steps": len(batches),
    "tokens": sum(batch["input_ids"].numel() for batch in batches),
    "supervised_tokens": sum(supervised),
    "loss": sum(loss * count for loss, count in zip(losses, supervised)) / sum(supervised),
    "peak_memory_bytes": peak_memory_bytes(),
}
print(json.dumps(result))
