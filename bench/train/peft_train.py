"""PEFT's side: `python peft_train.py <work folder> float32|nf4 <steps>` trains and prints its figures as JSON."""

import json
import os
import re
import statistics
import sys
import time
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig


def peak_memory_bytes() -> int:
    """Highest resident memory so far: VmHWM on Linux, getrusage elsewhere."""
    try:
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)[1]) * 1024
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def load(work: Path, precision: str):
    quantization = None
    if precision == "nf4":
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.float32,
        )
    model = AutoModelForCausalLM.from_pretrained(
        work / "model", dtype=torch.float32, quantization_config=quantization, device_map="cpu"
    )
    return get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"))


def main() -> None:
    work, precision, steps = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(0)
    model = load(work, precision).train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=2e-4, weight_decay=0.01)
    rows = load_file(work / "tokens" / "train-0.safetensors")
    ids = rows["input_ids"].long()
    labels = torch.where(rows["loss_mask"].bool(), ids, -100)

    losses, seconds = [], []
    # The first step warms up and is left out.
    for _ in range(steps + 1):
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    result = {
        "tokens_per_second": ids.numel() / statistics.median(seconds[1:]),
        "peak_memory_bytes": peak_memory_bytes(),
        "losses": losses,
        "seconds": seconds,
    }
    print(json.dumps(result))


main()
