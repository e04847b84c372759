"""Which token of a row sees which, and where the loss is taken (docs/data-format.md).

Token `i` sees token `j` when `j <= i` and `j`'s segment is `i`'s or one of its ancestors. Padding sees only itself, so that
its softmax is defined. This is the reading of the shards' arrays, not a mask of the worker's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import WorkerError
from .shards import Row


@dataclass(frozen=True)
class Segment:
    """A run of tokens of one segment, from `start` up to but without `end`; `parent` 0 continues none."""

    id: int
    parent: int
    start: int
    end: int


def segments_of(row: Row) -> list[Segment]:
    """The segments in the order in which they lie: each is one run and stands after its parent."""
    ids = row.segment_ids
    starts = np.flatnonzero(np.diff(ids, prepend=0) != 0)
    ends = np.append(starts[1:], len(ids))
    return [
        Segment(int(ids[start]), int(row.parent_ids[start]), int(start), int(end))
        for start, end in zip(starts, ends, strict=True)
        if ids[start] != 0
    ]


def ancestry(segments: list[Segment]) -> NDArray[np.bool_]:
    """[n + 1, n + 1] for the segment numbers 0 to n: whether the column is the row's segment or one of its ancestors."""
    size = max((segment.id for segment in segments), default=0) + 1
    sees = np.zeros((size, size), dtype=bool)
    for segment in segments:
        if segment.parent:
            sees[segment.id] = sees[segment.parent]
        sees[segment.id, segment.id] = True
    return sees


@dataclass(frozen=True)
class Targets:
    """The supervised tokens of a row in its order: their ids, and the index of the token that predicts each."""

    predictors: NDArray[np.int64]
    ids: NDArray[np.int64]


def supervised_targets(row: Row, segments: list[Segment]) -> Targets:
    """The first token of a segment is predicted from the last one of its parent, every other from the one before it.

    Raises:
        WorkerError: when a token without a predecessor is supervised.
    """
    before = np.arange(len(row.input_ids)) - 1
    last = {segment.id: segment.end - 1 for segment in segments}
    for segment in segments:
        before[segment.start] = last.get(segment.parent, -1)
    at = np.flatnonzero(row.loss_mask)
    predictors = before[at]
    if (predictors < 0).any():
        orphan = int(at[predictors < 0][0])
        raise WorkerError(
            f"token {orphan} is supervised but nothing stands before it to predict it from", field="loss_mask"
        )
    return Targets(predictors.astype(np.int64), row.input_ids[at].astype(np.int64))
