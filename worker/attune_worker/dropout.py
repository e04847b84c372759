"""Dropout of LoRA with the embedded engine's draws.

A micro-batch has one pool of draws, named by step and number of the micro-batch, and every adapted module reads a window of it
at a random place. So the draws do not depend on the engine, on the number of processes, or on whether a layer is
computed a second time for gradient checkpointing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .random_stream import RandomStream


class DropoutPool:
    """The draws of the micro-batch that is being computed."""

    def __init__(self, seed: int, probability: float, modules: int, widest: int) -> None:
        self._seed = seed
        self.probability = probability
        self._modules = modules
        self._widest = widest
        self.kept: Tensor | None = None
        self.offsets: list[int] = []

    def draw(self, step: int, index: int, positions: int, device: torch.device) -> None:
        """Draws for micro-batch `index` (from 0) of `step`."""
        window = positions * self._widest
        stream = RandomStream(self._seed, "dropout", step, index, device=device)
        self.kept = stream.uniform(2 * window) >= self.probability
        self.offsets = stream.integers(window, self._modules)

    def clear(self) -> None:
        """Nothing is dropped from here on."""
        self.kept = None


class PooledDropout(nn.Module):
    """Stands in PEFT's layers where `nn.Dropout` would; `index` is the module's number among the adapted ones."""

    def __init__(self, pool: DropoutPool, index: int) -> None:
        super().__init__()
        self._pool = pool
        self._index = index

    def forward(self, x: Tensor) -> Tensor:
        pool = self._pool
        if pool.kept is None:
            return x
        start = pool.offsets[self._index]
        window = pool.kept[start : start + x.numel()].view(x.shape)
        return x * window.to(x.dtype) * (1 / (1 - pool.probability))
