"""The processes that execute a plan together: one by itself, or those that torchrun started.

A step's micro-batches are dealt to the processes, the gradients are summed, and the loss is put together from the
contributions of all micro-batches in their order. The normaliser is that of the whole step, so the loss does not depend on
how many processes there are.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

# Elements that are summed in one message.
_BUCKET = 2**24
# The others wait for the first one while it evaluates or while a person thinks; only the death of a process ends that.
_PATIENCE = datetime.timedelta(days=30)


class World:
    """What a process knows of the others; by itself, every exchange is nothing."""

    def __init__(self, rank: int = 0, size: int = 1, local_rank: int = 0) -> None:
        self.rank = rank
        self.size = size
        self.local_rank = local_rank
        self._control: Any = None

    @staticmethod
    def from_environment() -> World:
        """The world that torchrun's environment variables describe; without them, this process alone."""
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return World()
        world = World(int(os.environ["RANK"]), size, int(os.environ.get("LOCAL_RANK", "0")))
        gpu = torch.cuda.is_available()
        if gpu:
            torch.cuda.set_device(world.local_rank)
        dist.init_process_group("nccl" if gpu else "gloo")
        world._control = dist.new_group(backend="gloo", timeout=_PATIENCE)
        return world

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and answers."""
        return self.rank == 0

    def mine(self, items: Sequence[Any]) -> list[tuple[int, Any]]:
        """Those of `items` that are dealt to this process, with their numbers."""
        return [(index, item) for index, item in enumerate(items) if index % self.size == self.rank]

    def sum_(self, value: Tensor) -> None:
        """Adds up `value` of all processes, in place."""
        if self.size > 1:
            dist.all_reduce(value)

    def sum_all_(self, values: Iterable[Tensor]) -> None:
        """The same for many tensors of one type, in few messages."""
        if self.size == 1:
            return
        bucket: list[Tensor] = []
        held = 0
        for value in values:
            bucket.append(value)
            held += value.numel()
            if held >= _BUCKET:
                self._sum_bucket(bucket)
                bucket, held = [], 0
        if bucket:
            self._sum_bucket(bucket)

    def broadcast(self, value: Any) -> Any:
        """What the first process has; waits for it as long as it takes."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self._control)
        return box[0]

    def gather(self, value: Any) -> list[Any]:
        """What each process has."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        dist.all_gather_object(values, value, group=self._control)
        return values

    def close(self) -> None:
        """Takes leave of the others."""
        if self.size > 1:
            dist.destroy_process_group()

    @staticmethod
    def _sum_bucket(bucket: list[Tensor]) -> None:
        flat = torch.cat([value.reshape(-1) for value in bucket])
        dist.all_reduce(flat)
        start = 0
        for value in bucket:
            value.copy_(flat[start : start + value.numel()].view_as(value))
            start += value.numel()
