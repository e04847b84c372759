"""A trainer's state in the files of a checkpoint: names, shapes and types are those of the embedded engine.

So a run that was begun on one engine goes on with the other. Files are written into a folder that exists; syncing and
renaming it is up to who asked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from .adapter import Adapter, Pair
from .errors import WorkerError
from .optimizer import MOMENTS, Optimizer, Trained
from .settings import BaseModel

ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
MODEL_WEIGHTS = "model.safetensors"
OPTIMIZER = "optimizer.safetensors"

_KEY_PREFIX = "base_model.model."
_FIX = "resume with the recipe that began the run, or start a new run"


def write_adapter(directory: Path, adapter: Adapter, base: BaseModel) -> None:
    """Writes an adapter that loads in PEFT as it is; merged ones and the trained one are one."""
    rank, alpha, rslora = adapter.joined_settings()
    tensors = {}
    for module, (a, b) in adapter.joined_pairs().items():
        tensors[f"{_KEY_PREFIX}{module}.lora_A.weight"] = a
        tensors[f"{_KEY_PREFIX}{module}.lora_B.weight"] = b
    save_file(tensors, str(directory / ADAPTER_WEIGHTS), {"format": "pt"})
    targets = adapter.lora.target_modules
    if targets == "all-linear":
        # Written out, as PEFT does, for the tools that read only lists.
        targets = list(dict.fromkeys(module.rsplit(".", 1)[-1] for module in adapter.layers))
    config: dict[str, Any] = {
        "alpha_pattern": {},
        "auto_mapping": None,
        "base_model_name_or_path": base.name,
        "bias": adapter.lora.bias,
        "fan_in_fan_out": False,
        "inference_mode": True,
        "init_lora_weights": True,
        "layers_pattern": None,
        "layers_to_transform": None,
        "lora_alpha": int(alpha) if float(alpha).is_integer() else alpha,
        "lora_dropout": adapter.lora.lora_dropout,
        "modules_to_save": None,
        "peft_type": "LORA",
        "r": rank,
        "rank_pattern": {},
        "revision": base.revision,
        "target_modules": targets,
        "task_type": "CAUSAL_LM",
        "use_rslora": rslora,
    }
    text = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    (directory / ADAPTER_CONFIG).write_text(text, encoding="utf-8")


def read_adapter(directory: Path, adapter: Adapter) -> None:
    """Fills the adapter from a folder that either engine wrote.

    One of a multiple of the settings' rank holds merged ones too, and is then scaled as they are.

    Raises:
        WorkerError: when rank, scaling or tensors do not go with the settings.
    """
    file = directory / ADAPTER_CONFIG
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        rank = int(config["r"])
        scaling = config["lora_alpha"] / (rank**0.5 if config.get("use_rslora") else rank)
    except (OSError, ValueError, KeyError) as error:
        raise WorkerError(f"cannot be read: {error}", file=str(file), fix=_FIX) from error
    lora = adapter.lora
    scaled = abs(scaling / lora.scaling - 1) < 1e-6
    if rank != lora.r and (rank % lora.r or not scaled):
        raise WorkerError(
            f"the adapter's rank {rank} and scaling {scaling} do not go with the settings' r {lora.r} "
            f"and scaling {lora.scaling}",
            file=str(directory),
            field="r",
            fix=_FIX,
        )
    weights = directory / ADAPTER_WEIGHTS
    tensors = _load(weights)
    pairs: dict[str, Pair] = {}
    for module in adapter.layers:
        a, b = adapter.pair(module)
        pairs[module] = (
            _taken(tensors, f"{_KEY_PREFIX}{module}.lora_A.weight", (rank, a.shape[1]), weights),
            _taken(tensors, f"{_KEY_PREFIX}{module}.lora_B.weight", (b.shape[0], rank), weights),
        )
    if tensors:
        raise WorkerError(
            f"holds a tensor that this model has no place for: {next(iter(tensors))}", file=str(weights), fix=_FIX
        )
    adapter.set_joined(pairs, rank)


def write_model(directory: Path, trained: Sequence[Trained]) -> None:
    """Writes all weights of full fine-tuning; a tied output matrix is the embedding."""
    tensors = {one.name: _whole(one.parameter) for one in trained}
    save_file(tensors, str(directory / MODEL_WEIGHTS), {"format": "pt"})


def read_model(directory: Path, trained: Sequence[Trained]) -> None:
    """Fills all weights from a `model.safetensors`."""
    file = directory / MODEL_WEIGHTS
    tensors = _load(file)
    with torch.no_grad():
        for one in trained:
            one.parameter.copy_(_taken(tensors, one.name, tuple(one.parameter.shape), file))


def write_optimizer(directory: Path, trained: Sequence[Trained], optimizer: Optimizer) -> None:
    """Writes both moments of every trained tensor."""
    tensors = {
        f"{moment}.{one.name}": _whole(optimizer.moment(one, moment)) for moment in MOMENTS for one in trained
    }
    save_file(tensors, str(directory / OPTIMIZER))


def read_optimizer(directory: Path, trained: Sequence[Trained], optimizer: Optimizer) -> None:
    """Fills both moments of every trained tensor."""
    file = directory / OPTIMIZER
    tensors = _load(file)
    for moment in MOMENTS:
        for one in trained:
            value = _taken(tensors, f"{moment}.{one.name}", tuple(one.parameter.shape), file)
            optimizer.moment(one, moment).copy_(value)


def _whole(value: Tensor) -> Tensor:
    return value.detach().float().cpu().contiguous()


def _load(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(str(file))
    except (OSError, SafetensorError) as error:
        raise WorkerError(f"cannot be read: {error}", file=str(file), fix=_FIX) from error


def _taken(tensors: dict[str, Tensor], name: str, shape: tuple[int, ...], file: Path) -> Tensor:
    value = tensors.pop(name, None)
    if value is None or tuple(value.shape) != shape:
        raise WorkerError(
            f"tensor {name} is {'missing' if value is None else 'of another shape'}: "
            "the checkpoint belongs to other settings",
            file=str(file),
            field=name,
            fix=_FIX,
        )
    return value.float()
