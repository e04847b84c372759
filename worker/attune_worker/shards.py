"""Token shards: the rows that are trained on (docs/data-format.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from .errors import WorkerError

_ARRAYS = {
    "input_ids": np.int32,
    "loss_mask": np.uint8,
    "position_ids": np.int32,
    "segment_ids": np.int32,
    "parent_ids": np.int32,
}
_FIX = "build the shards again: remove the folder and run the same command"


@dataclass(frozen=True)
class Row:
    """One row, padding at its end included."""

    input_ids: NDArray[np.int32]
    loss_mask: NDArray[np.uint8]
    position_ids: NDArray[np.int32]
    segment_ids: NDArray[np.int32]
    parent_ids: NDArray[np.int32]

    @property
    def used(self) -> int:
        """Tokens up to the last one that is no padding."""
        used = np.flatnonzero(self.segment_ids)
        return int(used[-1]) + 1 if used.size else 0


@dataclass(frozen=True)
class _Shard:
    first_row: int
    rows: int
    file: str
    arrays: dict[str, object]


class ShardSet:
    """Rows of several files, numbered through; they stay on the disk and are read one at a time.

    That rows keep the contract is checked where they are built and opened for planning; here only names and shapes are.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._shards: list[_Shard] = []
        self.rows = 0
        self.length = 0
        for file in files:
            shard = _open(file, self.rows)
            self._shards.append(shard)
            self.rows += shard.rows
            self.length = max(self.length, shard.arrays["input_ids"].get_shape()[1])  # type: ignore[attr-defined]

    def row(self, number: int) -> Row:
        """Row `number`, from 0, padded to the length of the longest file."""
        shard = next((s for s in self._shards if s.first_row <= number < s.first_row + s.rows), None)
        if shard is None:
            raise WorkerError(
                f"there is no row {number}; there are {self.rows}",
                field="rows",
                fix="write the plan again with `attune plan`",
            )
        at = number - shard.first_row
        values = {name: shard.arrays[name][at] for name in _ARRAYS}  # type: ignore[index]
        short = self.length - len(values["input_ids"])
        return Row(**{name: np.pad(value, (0, short)) for name, value in values.items()})


def open_splits(directory: Path, splits: Sequence[str]) -> ShardSet:
    """The rows of `splits`, one after the other, of a folder of shards."""
    index_file = directory / "index.json"
    try:
        known = json.loads(index_file.read_text(encoding="utf-8"))["splits"]
    except (OSError, ValueError, KeyError) as error:
        raise WorkerError(f"cannot be read: {error}", file=str(index_file), fix=_FIX) from error
    missing = next((split for split in splits if split not in known), None)
    if missing is not None:
        raise WorkerError(
            f"there are no token shards of the split {missing}", file=str(index_file), field="splits", fix=_FIX
        )
    return ShardSet([directory / name for split in splits for name in known[split]["files"]])


def _open(file: Path, first_row: int) -> _Shard:
    try:
        opened = safe_open(str(file), framework="numpy")
    except (OSError, SafetensorError) as error:
        raise WorkerError(f"cannot be read: {error}", file=str(file), fix=_FIX) from error
    absent = next((name for name in _ARRAYS if name not in opened.keys()), None)
    if absent is not None:
        raise WorkerError(f"has no array {absent}", file=str(file), field=absent, fix=_FIX)
    arrays = {name: opened.get_slice(name) for name in _ARRAYS}
    wanted = arrays["input_ids"].get_shape()
    for name, array in arrays.items():
        if len(wanted) != 2 or array.get_shape() != wanted:
            raise WorkerError(f"{name} is {array.get_shape()}, expected {wanted}", file=str(file), field=name, fix=_FIX)
    return _Shard(first_row, wanted[0], str(file), arrays)
