"""Cross-entropy over supervised tokens that never holds all logits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

# Logits held at once: 2^24 in float32 are 64 MiB.
_LOGITS_AT_ONCE = 2**24


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Computes the gradient beside the loss, a chunk of tokens at a time, as Liger does (arXiv 2410.10989)."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, chunk: int) -> Tensor:
        wants_hidden, wants_weight = ctx.needs_input_grad[:2]
        matrix = weight.to(hidden.dtype)
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        d_hidden = torch.empty_like(hidden) if wants_hidden else None
        d_weight = torch.zeros_like(weight, dtype=torch.float32) if wants_weight else None
        for start in range(0, len(targets), chunk):
            part = slice(start, start + chunk)
            logits = (hidden[part] @ matrix.t()).float()
            norms = torch.logsumexp(logits, -1)
            wanted = targets[part][:, None]
            total += (norms - logits.gather(1, wanted)[:, 0]).sum()
            if not (wants_hidden or wants_weight):
                continue
            # The gradient of the sum: softmax less one at the target.
            gradient = logits.sub_(norms[:, None]).exp_()
            gradient.scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=gradient.dtype))
            gradient = gradient.to(hidden.dtype)
            if d_hidden is not None:
                d_hidden[part] = gradient @ matrix
            if d_weight is not None:
                d_weight += (gradient.t() @ hidden[part]).float()
        ctx.save_for_backward(d_hidden, d_weight)
        ctx.weight_dtype = weight.dtype
        return total

    @staticmethod
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:  # type: ignore[override]
        d_hidden, d_weight = ctx.saved_tensors
        return (
            None if d_hidden is None else d_hidden * scale.to(d_hidden.dtype),
            None if d_weight is None else (d_weight * scale).to(ctx.weight_dtype),
            None,
            None,
        )


def cross_entropy_sum(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """Sum over `targets` of -log p, from the states [n, width] that predict them and the output matrix [vocabulary, width].

    Products have the type of `hidden`, everything else is float32.
    """
    chunk = max(1, _LOGITS_AT_ONCE // weight.shape[0])
    return _ChunkedCrossEntropy.apply(hidden, weight, targets, chunk)
