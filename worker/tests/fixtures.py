"""A tiny model, rows of tokens, and trainers over them: the golden files of the TypeScript side (test/golden)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from attune_worker.settings import TrainerOptions, trainer_options
from attune_worker.trainer import StepRequest, Trainer
from attune_worker.world import World

GOLDEN = Path(__file__).parents[2] / "test" / "golden"
VOCABULARY = 160

torch.set_num_threads(1)


def golden_training() -> dict[str, Any]:
    return json.loads((GOLDEN / "training.json").read_text(encoding="utf-8"))


def write_shards(directory: Path, arrays: dict[str, NDArray[Any]], split: str = "train") -> None:
    """Writes rows as one split of a folder of shards; the index has what the worker reads."""
    name = f"{split}-0.safetensors"
    save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, str(directory / name))
    index = directory / "index.json"
    splits = json.loads(index.read_text())["splits"] if index.exists() else {}
    splits[split] = {"files": [name]}
    index.write_text(json.dumps({"splits": splits}))


def golden_rows() -> dict[str, NDArray[Any]]:
    """The rows of the golden runs: one example a row, padding at its end."""
    stored = load_file(str(GOLDEN / "rows.safetensors"))
    ids, lengths = stored["input_ids"], stored["lengths"]
    place = np.arange(ids.shape[1])
    real = place < lengths[:, None]
    return {
        "input_ids": ids.astype(np.int32),
        "loss_mask": stored["loss_mask"].astype(np.uint8),
        "position_ids": np.where(real, place, 0).astype(np.int32),
        "segment_ids": real.astype(np.int32),
        "parent_ids": np.zeros_like(ids, dtype=np.int32),
    }


# Number of the piece that it continues (from 1, 0 for none), token ids, and which of them are supervised.
Piece = tuple[int, Sequence[int], Sequence[bool]]


def laid_out(rows: Sequence[Sequence[Piece]], length: int) -> dict[str, NDArray[Any]]:
    """Rows of pieces one after the other; each begins where the piece that it continues ends."""
    names = ("input_ids", "loss_mask", "position_ids", "segment_ids", "parent_ids")
    arrays = {name: np.zeros((len(rows), length), dtype=np.int32) for name in names}
    arrays["loss_mask"] = arrays["loss_mask"].astype(np.uint8)
    for r, pieces in enumerate(rows):
        at = 0
        ends = {0: 0}
        for number, (parent, ids, supervised) in enumerate(pieces, 1):
            part = slice(at, at + len(ids))
            arrays["input_ids"][r, part] = ids
            arrays["loss_mask"][r, part] = supervised
            arrays["position_ids"][r, part] = ends[parent] + np.arange(len(ids))
            arrays["segment_ids"][r, part] = number
            arrays["parent_ids"][r, part] = parent
            ends[number] = ends[parent] + len(ids)
            at += len(ids)
    return arrays


def settings_of(method: str = "lora", **changes: Any) -> dict[str, Any]:
    """Engine settings as `plan.json` has them; `lora` and `optimizer` are merged into the usual ones."""
    lora = {
        "r": 4,
        "lora_alpha": 8,
        "target_modules": "all-linear",
        "lora_dropout": 0,
        "bias": "none",
        "use_rslora": False,
        "loraplus_lr_ratio": 1,
    } | changes.pop("lora", {})
    optimizer = {
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "adam_epsilon": 1e-8,
        "weight_decay": 0.01,
        "max_grad_norm": 1,
    } | changes.pop("optimizer", {})
    settings = {
        "method": method,
        "precision": "nf4" if method == "qlora" else "float32",
        "optimizer": optimizer,
        "gradient_checkpointing": False,
        "seed": 7,
    }
    return settings | ({} if method == "full" else {"lora": lora}) | changes


class Folder:
    """A temporary folder with the shards of a test, and trainers over them."""

    def __init__(self, rows: dict[str, NDArray[Any]] | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self.path = Path(self._temporary.name)
        write_shards(self.path, rows or golden_rows())
        write_shards(self.path, rows or golden_rows(), "validation")

    def options(self, settings: dict[str, Any], machine: dict[str, Any] | None = None) -> TrainerOptions:
        return trainer_options(
            {
                "model": str(GOLDEN / "tiny"),
                "base_model": {"name": "tiny"},
                "settings": settings,
                "directory": str(self.path),
                "has_evaluation": True,
                "machine": {"device": "cpu", "threads": 1} | (machine or {}),
            }
        )

    def trainer(
        self,
        settings: dict[str, Any] | None = None,
        machine: dict[str, Any] | None = None,
        world: World | None = None,
    ) -> Trainer:
        return Trainer(self.options(settings or settings_of(), machine), world)

    def new_folder(self, name: str) -> Path:
        path = self.path / name
        path.mkdir()
        return path

    def close(self) -> None:
        self._temporary.cleanup()


def request(
    step: int, batches: list[list[int]], normaliser: int = 14, learning_rate: float = 0.01, optimizer_step: int = 0
) -> StepRequest:
    return StepRequest(step, optimizer_step or step, batches, learning_rate, normaliser)
