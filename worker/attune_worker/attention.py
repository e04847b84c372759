"""What tells a model of Transformers which token sees which."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import create_block_mask

from .micro_batch import MicroBatch


def attention_inputs(batch: MicroBatch, flex: bool) -> dict[str, Any]:
    """Mask and positions of `batch` for the model's forward pass.

    A row of one segment needs neither: without a mask the fastest causal kernel is taken.
    """
    if batch.single:
        return {"attention_mask": None}
    mask = block_mask(batch) if flex else dense_mask(batch)
    return {"attention_mask": mask, "position_ids": batch.position_ids}


def dense_mask(batch: MicroBatch) -> Tensor:
    """[rows, 1, length, length]: true where the first token sees the second."""
    length = batch.segment_ids.shape[1]
    place = torch.arange(length, device=batch.segment_ids.device)
    row = torch.arange(len(batch.segment_ids), device=place.device)[:, None, None]
    related = batch.ancestry[row, batch.segment_ids[:, :, None], batch.segment_ids[:, None, :]]
    causal = place[:, None] >= place
    itself = place[:, None] == place
    return (related & causal | itself)[:, None]


def block_mask(batch: MicroBatch) -> Any:
    """The same for FlexAttention (arXiv 2412.05496), which skips blocks that nobody sees."""
    segments, sees = batch.segment_ids, batch.ancestry

    def visible(row: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        related = sees[row, segments[row, query], segments[row, key]]
        return (related & (query >= key)) | (query == key)

    rows, length = segments.shape
    return create_block_mask(visible, rows, None, length, length, device=segments.device)
