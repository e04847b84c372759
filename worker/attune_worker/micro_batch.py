"""Rows of token shards as the tensors of one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .shards import ShardSet
from .visibility import ancestry, segments_of, supervised_targets

# Lengths are rounded up to this, as in the embedded engine: few different shapes, and the same draws of dropout.
_LENGTH_STEP = 8


@dataclass(frozen=True)
class MicroBatch:
    """`input_ids`, `position_ids` and `segment_ids` are [rows, length]; padding at the end that all rows share is cut off.

    `ancestry` [rows, n, n] says which segments see which. `single` is true where each row is one segment from its
    first token on: then plain causal attention gives the same, because padding stands behind everything that is seen.
    `predictors` index the flattened positions.
    """

    input_ids: Tensor
    position_ids: Tensor
    segment_ids: Tensor
    ancestry: Tensor
    single: bool
    predictors: Tensor
    targets: Tensor
    tokens: int
    # Pairs of tokens that see each other: what attention costs.
    visible_pairs: int

    @property
    def positions(self) -> int:
        """Rows × length, padding included."""
        return self.input_ids.numel()


def micro_batch(shards: ShardSet, numbers: Sequence[int], device: torch.device) -> MicroBatch:
    """The rows `numbers` on `device`."""
    rows = [shards.row(number) for number in numbers]
    longest = max(row.used for row in rows)
    length = min(shards.length, -(-longest // _LENGTH_STEP) * _LENGTH_STEP)
    segments = [segments_of(row) for row in rows]
    tables = [ancestry(of_row) for of_row in segments]
    size = max(len(table) for table in tables)
    sees = np.zeros((len(rows), size, size), dtype=bool)
    predictors, targets = [], []
    pairs = 0
    for i, (row, of_row, table) in enumerate(zip(rows, segments, tables, strict=True)):
        sees[i, : len(table), : len(table)] = table
        found = supervised_targets(row, of_row)
        predictors.append(found.predictors + i * length)
        targets.append(found.ids)
        lengths = np.zeros(len(table), dtype=np.int64)
        for segment in of_row:
            lengths[segment.id] = segment.end - segment.start
        pairs += int(lengths @ table @ lengths - (lengths * (lengths - 1) // 2).sum())

    def stacked(name: str) -> Tensor:
        values = np.stack([getattr(row, name)[:length] for row in rows]).astype(np.int64)
        return torch.from_numpy(values).to(device)

    return MicroBatch(
        input_ids=stacked("input_ids"),
        position_ids=stacked("position_ids"),
        segment_ids=stacked("segment_ids"),
        ancestry=torch.from_numpy(sees).to(device),
        single=all(len(of_row) == 1 and of_row[0].start == 0 for of_row in segments),
        predictors=torch.from_numpy(np.concatenate(predictors)).to(device),
        targets=torch.from_numpy(np.concatenate(targets)).to(device),
        tokens=sum(row.used for row in rows),
        visible_pairs=pairs,
    )
