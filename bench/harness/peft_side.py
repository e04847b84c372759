"""What the peers in Python have in common: a model with LoRA in one precision, a step, peak memory."""

import os
import re
import sys
import time
from pathlib import Path

import torch

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def peak_memory_bytes() -> int:
    """Highest resident memory so far: VmHWM on Linux, getrusage elsewhere."""
    try:
        return int(re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.M)[1]) * 1024
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def seconds_since_command() -> float:
    """Seconds since the runner gave the command that started this process."""
    return time.time() - float(os.environ["BENCH_STARTED"]) / 1000


def load_lora(model: Path, precision: str, *, compiled: bool, checkpointing: bool = False):
    """LoRA of rank 16 on all linear layers, over a base in float32, bfloat16 or NF4 (QLoRA)."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    torch.manual_seed(0)
    quantization = None
    if precision == "nf4":
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.float32,
        )
    base = AutoModelForCausalLM.from_pretrained(
        model,
        dtype=torch.bfloat16 if precision == "bfloat16" else torch.float32,
        quantization_config=quantization,
        device_map="cpu",
    )
    if checkpointing:
        base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        base.enable_input_require_grads()
    lora = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    tuned = get_peft_model(base, lora).train()
    trained = [parameter for parameter in tuned.parameters() if parameter.requires_grad]
    return (torch.compile(tuned) if compiled else tuned), trained


def finish_step(optimizer, trained) -> None:
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
