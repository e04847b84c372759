"""Training runs of the small model: the loss and gradient norm of each of 50 optimizer steps.

The loss of a step is the sum over its supervised tokens divided by their number, however it is cut into
micro-batches; clipping, AdamW and the schedule are PyTorch's and Transformers' own.
"""

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import torch
from make_model import VOCABULARY, load
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from torch.nn.functional import cross_entropy
from transformers import BitsAndBytesConfig, LlamaForCausalLM, get_linear_schedule_with_warmup

STEPS = 50
WARMUP = 5
BATCH = 4
ROWS = 16
LENGTH = 24
SEED = 7
OPTIMIZER = dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
MAX_GRAD_NORM = 1.0


@dataclass
class Run:
    """One training run; `lora` holds what differs from the usual LoRA settings, None trains everything.

    Before step `merged_before` (from 0) the adapter is merged into the base and a fresh one begins, with an optimizer of
    its own: two stages of training.
    """

    name: str
    learning_rate: float
    lora: dict | None = None
    quantized: bool = False
    accumulation: int = 1
    loraplus_lr_ratio: float = 1.0
    merged_before: int | None = None
    losses: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)


RUNS = [
    Run("full", 2e-3),
    Run("full-accumulated", 2e-3, accumulation=2),
    Run("lora", 1e-2, {}),
    Run("lora-accumulated", 1e-2, {}, accumulation=4),
    Run("lora-rslora", 5e-3, dict(use_rslora=True)),
    Run("lora-two-targets", 1e-2, dict(target_modules=["q_proj", "v_proj"])),
    Run("lora-plus", 5e-3, {}, loraplus_lr_ratio=4.0),
    Run("lora-merged", 1e-2, {}, merged_before=20),
    Run("qlora", 1e-2, {}, quantized=True),
]


def rows() -> dict[str, torch.Tensor]:
    """Rows of different lengths, padded at the end; only what follows the first third is supervised, with gaps."""
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(4, VOCABULARY, (ROWS, LENGTH), generator=generator, dtype=torch.int32)
    # A pattern to learn: every second token repeats the one before it.
    ids[:, 1::2] = ids[:, 0::2]
    lengths = torch.randint(LENGTH // 2, LENGTH + 1, (ROWS,), generator=generator)
    lengths[0] = LENGTH
    position = torch.arange(LENGTH)
    mask = (position < lengths[:, None]) & (position >= lengths[:, None] // 3)
    mask &= torch.rand(ROWS, LENGTH, generator=generator) < 0.8
    mask[:, 0] = False
    ids[position >= lengths[:, None]] = 0
    return {"input_ids": ids, "loss_mask": mask.to(torch.uint8), "lengths": lengths.to(torch.int32)}


def rows_of_step(step: int) -> list[int]:
    """Row numbers of a step (from 0); 5 is prime to 16, so that batches are cut differently each time round."""
    return [(5 * (step * BATCH + i) + step) % ROWS for i in range(BATCH)]


def uniform(seed: int, *path: str | int):
    """The stream of random numbers that Attune gives this path: xoshiro128**, seeded with a SHA-256."""
    digest = hashlib.sha256(json.dumps([seed, *path], separators=(",", ":")).encode()).digest()
    a, b, c, d = (int.from_bytes(digest[i : i + 4], "little") for i in (0, 4, 8, 12))
    d |= 1
    word = 0xFFFFFFFF

    def rotate(value: int, by: int) -> int:
        return ((value << by) | (value >> (32 - by))) & word

    while True:
        yield (rotate(b * 5 & word, 7) * 9 & word) / 2**32
        shifted = b << 9 & word
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotate(d, 11)


def set_initial_adapter(model, *stage: int) -> None:
    """PEFT's initial values (Kaiming uniform and zero), but drawn from Attune's streams; a later stage has its own."""
    with torch.no_grad():
        for path, module in model.named_modules():
            if not hasattr(module, "lora_A"):
                continue
            a, b = module.lora_A["default"].weight, module.lora_B["default"].weight
            stream = uniform(SEED, "lora", path.removeprefix("base_model.model."), *stage)
            bound = 1 / math.sqrt(a.shape[1])
            values = [(2 * next(stream) - 1) * bound for _ in range(a.numel())]
            a.copy_(torch.tensor(values, dtype=torch.float64).reshape(a.shape))
            assert not b.any()


def prepare(run: Run, folder: Path):
    if run.quantized:
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.float32,
        )
        model = LlamaForCausalLM.from_pretrained(
            folder,
            dtype=torch.float32,
            attn_implementation="eager",
            quantization_config=quantization,
            device_map="cpu",
        )
    else:
        model = load(folder)
    return model if run.lora is None else adapted(model, run)


def adapted(model, run: Run, *stage: int):
    """`model` with a fresh adapter."""
    settings = dict(r=4, lora_alpha=8, target_modules="all-linear", lora_dropout=0.0) | run.lora
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **settings))
    set_initial_adapter(model, *stage)
    return model


def optimizer_for(run: Run, model) -> torch.optim.Optimizer:
    if run.loraplus_lr_ratio != 1:
        return create_loraplus_optimizer(
            model,
            torch.optim.AdamW,
            lr=run.learning_rate,
            loraplus_lr_ratio=run.loraplus_lr_ratio,
            loraplus_weight_decay=OPTIMIZER["weight_decay"],
            betas=OPTIMIZER["betas"],
            eps=OPTIMIZER["eps"],
        )
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    # As in Transformers' Trainer, normalization weights are not decayed.
    groups = [
        {"params": [parameter for parameter in trained if parameter.dim() > 1]},
        {"params": [parameter for parameter in trained if parameter.dim() == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=run.learning_rate, **OPTIMIZER)


def loss_sum(model, data: dict[str, torch.Tensor], numbers: list[int]) -> torch.Tensor:
    ids = data["input_ids"][numbers].long()
    attention_mask = (torch.arange(LENGTH) < data["lengths"][numbers][:, None]).long()
    logits = model(input_ids=ids, attention_mask=attention_mask).logits
    targets = torch.where(data["loss_mask"][numbers].bool(), ids, -100)
    return cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten(), ignore_index=-100, reduction="sum")


def train(run: Run, folder: Path):
    """Runs all steps; returns the trained model and the gradients of the first step, before clipping."""
    data = rows()
    model = prepare(run, folder).train()
    optimizer = optimizer_for(run, model)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    first: dict[str, torch.Tensor] = {}
    for step in range(STEPS):
        if step == run.merged_before:
            model = adapted(model.merge_and_unload(), run, 1).train()
            optimizer = optimizer_for(run, model)
            schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
            for _ in range(step):
                schedule.step()
        numbers = rows_of_step(step)
        normaliser = int(data["loss_mask"][numbers].sum())
        size = BATCH // run.accumulation
        loss = 0.0
        for start in range(0, BATCH, size):
            part = loss_sum(model, data, numbers[start : start + size]) / normaliser
            part.backward()
            loss += part.item()
        trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        if step == 0:
            first = {name: parameter.grad.clone() for name, parameter in trained.items()}
        norm = torch.nn.utils.clip_grad_norm_(trained.values(), MAX_GRAD_NORM)
        run.losses.append(loss)
        run.grad_norms.append(norm.item())
        run.learning_rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    return model.eval(), first
