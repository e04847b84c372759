"""Memory: how much was held at most, and what to do when it does not suffice."""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from .errors import WorkerError
from .settings import EngineSettings


def peak_memory_bytes(device: torch.device) -> int:
    """Highest memory so far: of the GPU where there is one, else what the process had resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device)
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024  # type: ignore[index]
    except (OSError, TypeError):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an allocation failed, on a GPU or a CPU."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and ("can't allocate memory" in text or "not enough memory" in text)


class MemoryTerms:
    """What a training holds apart from the activations, to name the term that did not fit."""

    def __init__(self, model: nn.Module, settings: EngineSettings, state_bytes: int) -> None:
        self._settings = settings
        self._state = state_bytes
        tensors = [*model.parameters(), *model.buffers()]
        self._frozen = sum(t.numel() * t.element_size() for t in tensors if not t.requires_grad)

    @contextmanager
    def named(self, rows: Sequence[int], tokens: int) -> Iterator[None]:
        """Turns a failed allocation inside into an error that says what was held and which setting frees how much."""
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise self._explain(rows, tokens) from error

    def _explain(self, rows: Sequence[int], tokens: int) -> WorkerError:
        message = (
            f"the memory does not suffice for {len(rows)} rows of {tokens} tokens in all: "
            f"the frozen base takes {_gib(self._frozen)}, trained weights with gradients and moments {_gib(self._state)}, "
            "and the activations of this micro-batch the rest"
        )
        field, fix = self._advice(len(rows))
        return WorkerError(message, field=field, fix=fix)

    def _advice(self, rows: int) -> tuple[str, str]:
        if rows > 1:
            return (
                "per_device_train_batch_size",
                f"lower per_device_train_batch_size to {rows // 2} and raise gradient_accumulation_steps as much: "
                "the steps stay the same, and the activations take half",
            )
        if not self._settings.gradient_checkpointing:
            return "gradient_checkpointing", (
                "set gradient_checkpointing: true: the activations of one layer are held instead of all, for a third more time"
            )
        if self._settings.precision != "nf4" and self._settings.method != "full":
            stored = 2 if self._settings.precision == "bfloat16" else 4
            freed = self._frozen * (1 - 0.5625 / stored)
            return "method", f"use method: qlora, which frees up to {_gib(freed)} of the base"
        if self._settings.method == "full":
            return "method", f"use method: lora, which frees most of {_gib(self._state)}"
        return "max_length", "lower max_length, or use a smaller model or a larger GPU"


def _gib(count: float) -> str:
    return f"{count / 2**30:.2f} GiB"
