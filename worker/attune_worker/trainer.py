"""Executes optimizer steps: the same methods as `TrainEngine` of `src/train/engine.ts`.

Everything that decides (schedule, order, mix, gates, when to save) has been decided in the plan or is up to who calls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from . import state_files
from .adapter import Adapter
from .attention import attention_inputs
from .errors import WorkerError
from .loss import cross_entropy_sum
from .memory import MemoryTerms, peak_memory_bytes
from .micro_batch import MicroBatch, micro_batch
from .model import choose_computation, compile_layers, load_base
from .optimizer import Optimizer, Trained
from .settings import TrainerOptions
from .shards import ShardSet, open_splits
from .throughput import costs_of, peak_flops
from .world import World


@dataclass(frozen=True)
class StepRequest:
    """One optimizer step as the plan describes it.

    `step` is its number in the plan, from 1; `optimizer_step` counts since the optimizer was fresh. The loss is the sum over
    the supervised tokens of all `micro_batches` (lists of row numbers) divided by `normaliser`.
    """

    step: int
    optimizer_step: int
    micro_batches: list[list[int]]
    learning_rate: float
    normaliser: int


@dataclass(frozen=True)
class StepResult:
    """What a step gave; `grad_norm` is that before clipping, `tokens` exclude padding, `mfu` needs a device of known peak."""

    loss: float
    grad_norm: float
    tokens: int
    flops: int
    mfu: float | None


@dataclass(frozen=True)
class EvaluationResult:
    """Loss over rows that are not trained on."""

    loss_sum: float
    supervised_tokens: int


# Number of a micro-batch and the micro-batch, to its sum of losses.
_Run = Callable[[int, MicroBatch], Tensor]


@dataclass(frozen=True)
class _Counts:
    tokens: int
    supervised: int
    flops: int


class Trainer:
    """Holds model, adapter and optimizer state, and runs steps over them."""

    def __init__(self, options: TrainerOptions, world: World | None = None) -> None:
        self._world = world or World()
        self._options = options
        if options.machine.threads:
            torch.set_num_threads(options.machine.threads)
        self._computation = choose_computation(options, self._world.local_rank)
        self._train: ShardSet = open_splits(options.directory, options.train_splits)
        self._evaluation = open_splits(options.directory, ["validation"]) if options.has_evaluation else None
        self._model = load_base(options, self._computation)
        self.adapter = Adapter(self._model, options.settings) if options.settings.lora else None
        self.trained: list[Trained] = self._trained_tensors()
        self.optimizer = Optimizer(self.trained, options.settings.optimizer)
        self._memory = MemoryTerms(self._model, options.settings, self.optimizer.state_bytes())
        self._costs = costs_of(self._model)
        self._peak_flops = peak_flops(self._computation.device, self._computation.dtype)
        compile_layers(self._model, options.machine)
        if options.start_from:
            self._read_trained(options.start_from)

    def step(self, request: StepRequest) -> StepResult:
        """One optimizer step; on NaN or infinity nothing is changed.

        Raises:
            WorkerError: naming step and rows when loss or gradient is not finite, or the memory does not suffice.
        """
        began = time.perf_counter()
        self.optimizer.zero_gradients()
        contributions, counts = self._run_all(
            self._train,
            request.micro_batches,
            lambda index, batch: self._gradients_of(request, index, batch),
        )
        losses = [value / request.normaliser for value in contributions]
        for rows, value in zip(request.micro_batches, losses, strict=True):
            if not math.isfinite(value):
                raise _not_finite("loss", value, request.step, rows)
        self._world.sum_all_(one.parameter.grad for one in self.trained)
        norm = self.optimizer.gradient_norm()
        if not math.isfinite(norm):
            rows = [row for batch in request.micro_batches for row in batch]
            raise _not_finite("gradient", norm, request.step, rows)
        self.optimizer.update(request.optimizer_step, request.learning_rate, norm)
        seconds = time.perf_counter() - began
        mfu = counts.flops / (seconds * self._world.size * self._peak_flops) if self._peak_flops else None
        return StepResult(sum(losses), norm, counts.tokens, counts.flops, mfu)

    def evaluate(self, rows: Sequence[int], batch_size: int) -> EvaluationResult:
        """Loss over rows of the evaluation shards, `batch_size` rows at a time."""
        if self._evaluation is None:
            raise WorkerError("there are no evaluation shards", field="has_evaluation")
        batches = [list(rows[i : i + batch_size]) for i in range(0, len(rows), batch_size)]
        with torch.no_grad():
            sums, counts = self._run_all(
                self._evaluation, batches, lambda _index, batch: self._loss_sum(batch).double()
            )
        return EvaluationResult(sum(sums), counts.supervised)

    def begin_stage(
        self, carry: Literal["adapter", "merged"], optimizer: Literal["fresh", "keep"], stage: int
    ) -> None:
        """Prepares for the first step of a stage behind another one.

        Moments belong to the adapter that they came from, so a fresh one begins without.

        Raises:
            WorkerError: on `merged` without an adapter.
        """
        if carry == "merged":
            if self.adapter is None:
                raise WorkerError(
                    "a stage cannot begin with a merged adapter: all weights are trained",
                    field="carry",
                    fix="leave carry out, or use method: lora or qlora",
                )
            self.adapter.merge(stage)
        if carry == "adapter" and optimizer == "keep":
            return
        self.optimizer.reset()

    def save(self, directory: Path) -> None:
        """Writes adapter (or model) and optimizer state into the existing folder `directory`."""
        if self._world.first:
            self._write_trained(directory)
            state_files.write_optimizer(directory, self.trained, self.optimizer)

    def save_result(self, directory: Path) -> None:
        """Writes only the result: an adapter in PEFT's form, or `model.safetensors`."""
        if self._world.first:
            self._write_trained(directory)

    def restore(self, directory: Path) -> None:
        """Takes up the state that `save`, or the embedded engine, wrote."""
        self._read_trained(directory)
        state_files.read_optimizer(directory, self.trained, self.optimizer)

    def peak_memory_bytes(self) -> int:
        """Highest memory of a process so far; of several, the highest."""
        return max(self._world.gather(peak_memory_bytes(self._computation.device)))

    @property
    def device(self) -> str:
        """Where it computes, in words."""
        device = self._computation.device
        return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type

    def _trained_tensors(self) -> list[Trained]:
        if self.adapter is None:
            return [
                Trained(name, parameter, decay=parameter.dim() > 1)
                for name, parameter in self._model.named_parameters()
            ]
        trained = []
        for module in self.adapter.layers:
            a, b = self.adapter.pair(module)
            trained.append(Trained(f"{module}.lora_A.weight", a))
            ratio = self.adapter.lora.loraplus_lr_ratio
            trained.append(Trained(f"{module}.lora_B.weight", b, learning_rate_ratio=ratio))
        return trained

    def _gradients_of(self, request: StepRequest, index: int, batch: MicroBatch) -> Tensor:
        pool = self.adapter.pool if self.adapter else None
        if pool:
            pool.draw(request.step, index, batch.positions, self._computation.device)
        try:
            loss = self._loss_sum(batch)
            (loss / request.normaliser).backward()
        finally:
            if pool:
                pool.clear()
        return loss.detach().double()

    def _loss_sum(self, batch: MicroBatch) -> Tensor:
        with self._autocast():
            states = self._model.get_decoder()(
                input_ids=batch.input_ids, **attention_inputs(batch, self._computation.flex)
            ).last_hidden_state
            seen = states.flatten(0, 1).index_select(0, batch.predictors)
        output = self._model.get_output_embeddings()
        return cross_entropy_sum(seen.to(self._computation.dtype), output.weight, batch.targets)

    def _autocast(self) -> AbstractContextManager[object]:
        narrow = self._computation.dtype == torch.bfloat16
        return torch.autocast(self._computation.device.type, torch.bfloat16, enabled=narrow)

    def _run_all(self, shards: ShardSet, batches: Sequence[list[int]], run: _Run) -> tuple[list[float], _Counts]:
        """Runs this process' part of `batches`; the results are those of all, in their order.

        An error of one process is one of all: none is left waiting for the others.
        """
        device = self._computation.device
        # One place for each micro-batch, then tokens, supervised tokens, operations, and how many processes failed.
        shared = torch.zeros(len(batches) + 4, dtype=torch.float64, device=device)
        failure: WorkerError | None = None
        try:
            for index, rows in self._world.mine(batches):
                batch = micro_batch(shards, rows, device)
                with self._memory.named(rows, batch.tokens):
                    shared[index] = run(index, batch)
                shared[len(batches) :] += torch.tensor(
                    [batch.tokens, len(batch.targets), self._costs.of(batch), 0], dtype=torch.float64, device=device
                )
        except WorkerError as error:
            failure = error
            shared[-1] = 1
        self._world.sum_(shared)
        values = shared.tolist()
        if values[-1]:
            found = self._world.gather(failure.to_json() if failure else None)
            raise WorkerError.from_json(next(error for error in found if error))
        tokens, supervised, flops, _ = (int(value) for value in values[len(batches) :])
        return values[: len(batches)], _Counts(tokens, supervised, flops)

    def _write_trained(self, directory: Path) -> None:
        if self.adapter:
            state_files.write_adapter(directory, self.adapter, self._options.base_model)
        else:
            state_files.write_model(directory, self.trained)

    def _read_trained(self, directory: Path) -> None:
        if self.adapter:
            state_files.read_adapter(directory, self.adapter)
        else:
            state_files.read_model(directory, self.trained)


def _not_finite(what: str, value: float, step: int, rows: Iterable[int]) -> WorkerError:
    return WorkerError(
        f"the {what} became {value} at step {step}, rows {', '.join(map(str, rows))}",
        field="learning_rate",
        fix="lower learning_rate or max_grad_norm, and look at the rows with: attune data inspect",
    )
