"""`python check.py <base model> <run folder> <data folder> <logits>` computes Attune's figures again with Transformers
and PEFT and prints them as JSON. It knows of the run only its files."""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM


def validation_shards(plan: dict, data: Path) -> list[Path]:
    """The shards that the plan was made for, found by their content's hash."""
    wanted = plan["shards"]["evaluation"]["hash"]
    for index in data.glob("**/index.json"):
        split = json.loads(index.read_text())["splits"].get("validation")
        if split and split["hash"] == wanted:
            return [index.parent / file for file in split["files"]]
    raise SystemExit(f"no shards with the hash {wanted} in {data}")


def ancestors(segment: int, parents: dict[int, int]) -> list[int]:
    path = []
    while segment:
        path.append(segment)
        segment = parents[segment]
    return path


def visibility(segments: torch.Tensor, parents: torch.Tensor) -> torch.Tensor:
    """Which token sees which in a row: those before it on its path; padding sees itself."""
    parent_of = dict(zip(segments.tolist(), parents.tolist()))
    length = len(segments)
    visible = torch.eye(length, dtype=torch.bool)
    for i in range(length):
        path = ancestors(int(segments[i]), parent_of)
        if path:
            visible[i] |= torch.isin(segments, torch.tensor(path)) & (torch.arange(length) <= i)
    return visible


def predictors(segments: torch.Tensor, parents: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """For each target the token before it on its path: its neighbour, or the last of the parent segment."""
    before = []
    for target in targets.tolist():
        if target and segments[target - 1] == segments[target]:
            before.append(target - 1)
        else:
            before.append(int((segments == parents[target]).nonzero().max()))
    return torch.tensor(before)


def eval_loss(model, shards: list[Path]) -> float:
    """Mean loss of the supervised tokens of all rows."""
    total, count = 0.0, 0
    for shard in map(load_file, shards):
        for row in range(len(shard["input_ids"])):
            ids = shard["input_ids"][row].long()
            segments, parents = shard["segment_ids"][row], shard["parent_ids"][row]
            hidden = torch.finfo(torch.float32).min
            mask = torch.where(visibility(segments, parents), 0.0, hidden)
            logits = model(
                input_ids=ids[None], position_ids=shard["position_ids"][row].long()[None], attention_mask=mask[None, None]
            ).logits[0]
            targets = shard["loss_mask"][row].nonzero().flatten()
            before = predictors(segments, parents, targets)
            total += cross_entropy(logits[before], ids[targets], reduction="sum").item()
            count += len(targets)
    return total / count


@torch.no_grad()
def main() -> None:
    base, run, data, logits_file = map(Path, sys.argv[1:5])
    shards = validation_shards(json.loads((run / "plan.json").read_text()), data)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32, attn_implementation="eager").eval()
    result = {"base_eval_loss": eval_loss(model, shards)}
    model = PeftModel.from_pretrained(model, run / "adapter").eval()
    result["tuned_eval_loss"] = eval_loss(model, shards)
    ours = load_file(logits_file)
    theirs = model(input_ids=ours["input_ids"].long()).logits[:, -1]
    result["logits_difference"] = (theirs - ours["logits"]).abs().max().item()
    result["largest_logit"] = theirs.abs().max().item()
    print(json.dumps(result))


main()
