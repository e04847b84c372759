"""The plan: the run as data (docs/training.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from .errors import WorkerError

_FIX = "write the plan again with `attune plan`"


@dataclass(frozen=True)
class Plan:
    """`plan.json` as `header`, and the arrays of `plan.safetensors`; index 0 is optimizer step 1.

    It was checked where it was written; what is read here is not checked a second time.
    """

    header: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def stages(self) -> list[dict[str, Any]]:
        return self.header["stages"]

    def stage_of(self, step: int) -> int:
        """Number of the stage, from 0; checkpoint 0 belongs to the first."""
        return 0 if step == 0 else int(self.arrays["stage"][step - 1])

    def rows_of(self, step: int) -> list[int]:
        begin, end = self.arrays["step_offsets"][step - 1 : step + 1]
        return self.arrays["rows"][begin:end].tolist()

    def micro_batches(self, step: int) -> list[list[int]]:
        """The rows of a step, cut by its stage's batch size."""
        size = self.stages[self.stage_of(step)]["settings"]["per_device_train_batch_size"]
        rows = self.rows_of(step)
        return [rows[i : i + size] for i in range(0, len(rows), size)]

    def says(self, what: str, step: int) -> bool:
        """Whether `evaluate` or `save` follows the step."""
        return step > 0 and bool(self.arrays[what][step - 1])

    def epoch_after(self, step: int) -> float:
        """Epochs done; in a plan of several stages passes over the rows of the step's stage that are not replayed."""
        stage = self.stages[self.stage_of(step)]
        parts = stage.get("parts")
        if step == 0 or parts is None:
            return float(self.arrays["step_offsets"][step] / self.header["shards"]["train"]["rows"])
        own = [part for part in parts if not part["replay"]]
        offsets = self.arrays["step_offsets"]
        used = self.arrays["rows"][offsets[stage["first_step"] - 1] : offsets[step]]
        done = sum(
            int(((used >= part["first_row"]) & (used < part["first_row"] + part["rows"])).sum()) for part in own
        )
        return done / sum(part["rows"] for part in own)

    def planned_steps(self) -> list[int]:
        """The steps of each stage that is executed in any case: of all but extensions, which a gate asks for."""
        return [
            step
            for stage in self.stages
            if "extends" not in stage
            for step in range(stage["first_step"], stage["first_step"] + stage["steps"])
        ]


def read_plan(directory: Path) -> Plan:
    """Reads the plan in the folder `directory`."""
    header_file, arrays_file = directory / "plan.json", directory / "plan.safetensors"
    try:
        header = json.loads(header_file.read_text(encoding="utf-8"))
        arrays = load_file(str(arrays_file))
    except (OSError, ValueError, SafetensorError) as error:
        raise WorkerError(f"its plan cannot be read: {error}", file=str(directory), fix=_FIX) from error
    if header.get("format") != "attune-plan" or header.get("version") != 1:
        raise WorkerError("is no plan of version 1", file=str(header_file), field="version", fix=_FIX)
    names = ("rows", "step_offsets", "learning_rate", "normaliser", "stage", "evaluate", "save")
    missing = next((name for name in names if name not in arrays), None)
    if missing:
        raise WorkerError(f"array {missing} is missing", file=str(arrays_file), field=missing, fix=_FIX)
    return Plan(header, {name: np.asarray(arrays[name]) for name in names})
