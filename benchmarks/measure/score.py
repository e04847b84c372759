"""python score.py MODEL_FOLDER < requests.jsonl: the share of items whose right continuation is the likeliest, by task,
or bits per byte where an item has one continuation. Sums of log-probabilities, the first of equal ones."""
import collections
import json
import math
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

BATCH = 16
folder = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
items = [json.loads(line) for line in sys.stdin]


def encode(item, continuation):
    """Token ids, and how many of them are the prompt's."""
    if item.get("messages"):
        prompt = tokenizer.apply_chat_template(item["messages"], tokenize=False, add_generation_prompt=True)
    else:
        prompt = item["text"]
    before = tokenizer(prompt, add_special_tokens=False).input_ids or [tokenizer.bos_token_id]
    ids = before[:1] if prompt == "" else []
    ids = ids + tokenizer(prompt + continuation, add_special_tokens=False).input_ids
    assert ids[: len(before)] == before, prompt
    return ids, len(before)


requests = [(i, *encode(item, text)) for i, item in enumerate(items) for text in item["continuations"]]
order = sorted(range(len(requests)), key=lambda k: len(requests[k][1]))
sums = [0.0] * len(requests)
with torch.inference_mode():
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        rows = torch.zeros(len(part), max(len(requests[k][1]) for k in part), dtype=torch.long)
        for row, k in zip(rows, part):
            row[: len(requests[k][1])] = torch.tensor(requests[k][1])
        states = model.model(rows).last_hidden_state
        for state, k in zip(states, part):
            _, ids, before = requests[k]
            logs = model.lm_head(state[before - 1 : len(ids) - 1]).log_softmax(-1)
            sums[k] = logs.gather(1, torch.tensor(ids[before:])[:, None]).sum().item()

scores = collections.defaultdict(list)
by_item = collections.defaultdict(list)
for (i, _, _), total in zip(requests, sums):
    by_item[i].append(total)
for i, item in enumerate(items):
    totals = by_item[i]
    if len(totals) == 1:
        size = len(item["continuations"][0].encode())
        scores[item["task"]].append((-totals[0] / math.log(2), size))
    else:
        scores[item["task"]].append((totals.index(max(totals)) == item["right"], 1 / len(totals)))
kind = "bits per byte" if len(by_item[0]) == 1 else "right"
everything = [pair for pairs in scores.values() for pair in pairs]
for task, pairs in [*sorted(scores.items()), ("all", everything)]:
    first, second = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    if kind == "right":
        print(f"{task:24} {len(pairs):5} {100 * first / len(pairs):6.1f} %   chance {100 * second / len(pairs):5.1f} %")
    else:
        print(f"{task:24} {len(pairs):5} {first / second:8.4f} {kind}")
