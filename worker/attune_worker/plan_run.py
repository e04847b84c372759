"""Executes the plan of a run folder without the TypeScript loop beside it: for torchrun on another machine, and for Ray.

It does what `src/train/loop.ts` does with a plan, less gates: those ask benchmarks, so extensions are passed over here.
A run that was stopped goes on from its last complete checkpoint, on this engine or another.
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

from .errors import WorkerError
from .plan import Plan, read_plan
from .run_folder import RunFolder, write_folder
from .settings import trainer_options
from .trainer import StepRequest, Trainer
from .world import World

DONE = 0
INTERRUPTED = 3


def run_job(file: Path, world: World) -> int:
    """Executes a job: `run` is the run folder, `trainer` what the trainer is made from (its `settings` are the plan's).

    `eval_batch_size` (default 1) and `save_total_limit` (default: keep all) are optional.

    Returns:
        The exit code.
    """
    try:
        job = json.loads(file.read_text(encoding="utf-8"))
        directory = Path(job["run"])
        made_from = job["trainer"]
    except (OSError, ValueError, KeyError) as error:
        raise WorkerError(f"is no job: {error}", file=str(file)) from error
    plan = read_plan(directory)
    options = trainer_options({**made_from, "settings": plan.header["engine"]})
    folder = RunFolder(directory) if world.first else None
    if folder and folder.manifest["state"] == "done":
        folder = None
    if not world.broadcast(folder is not None if world.first else None):
        return DONE
    run = _PlanRun(plan, Trainer(options, world), folder, world, job)
    try:
        return run.execute()
    except WorkerError as error:
        if folder:
            folder.set_state("failed", str(error))
        raise


class _PlanRun:
    def __init__(
        self, plan: Plan, trainer: Trainer, folder: RunFolder | None, world: World, job: dict[str, Any]
    ) -> None:
        self._plan = plan
        self._trainer = trainer
        # The first process has the folder; the others only compute.
        self._folder = folder
        self._world = world
        self._limit: int | None = job.get("save_total_limit")
        self._eval_batch = int(job.get("eval_batch_size", 1))
        evaluation = plan.header["shards"].get("evaluation")
        # The last steps of the stages are evaluated and saved in any case.
        self._ends = {stage["first_step"] + stage["steps"] - 1 for stage in plan.stages}
        self._eval_rows = list(range(evaluation["rows"])) if evaluation else []
        self._step = 0
        self._saved = -1
        self._optimizer_steps = 0
        self._rows_done = 0
        self._stopping = False

    def execute(self) -> int:
        self._heed_signals()
        self._resume()
        steps = self._plan.planned_steps()
        self._evaluate_where_planned()
        for step in (step for step in steps if step > self._step):
            if self._world.broadcast(self._stopping):
                return self._interrupt()
            self._train(step)
            if self._plan.says("save", step) or step in self._ends:
                self._save()
            self._evaluate_where_planned()
        self._finish()
        return DONE

    def _heed_signals(self) -> None:
        def stop(*_: object) -> None:
            self._stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def _resume(self) -> None:
        state = None
        if self._folder:
            state = self._folder.latest(self._plan.stage_of)
            self._folder.set_state("running")
        state = self._world.broadcast(state)
        if state is None:
            self._save()
            return
        self._step = self._saved = state["global_step"]
        self._optimizer_steps = state.get("optimizer_steps", self._step)
        self._rows_done = state["rows_done"]
        self._trainer.restore(Path(self._world.broadcast(self._folder and str(self._folder.checkpoint(self._step)))))

    def _train(self, step: int) -> None:
        self._enter_stage(step)
        plan = self._plan
        began = time.perf_counter()
        request = StepRequest(
            step,
            self._optimizer_steps + 1,
            plan.micro_batches(step),
            float(plan.arrays["learning_rate"][step - 1]),
            int(plan.arrays["normaliser"][step - 1]),
        )
        try:
            result = self._trainer.step(request)
        except WorkerError:
            # The trainer's state is that before the step.
            if self._saved < self._step:
                self._save()
            raise
        self._step = step
        self._optimizer_steps += 1
        self._rows_done += len(plan.rows_of(step))
        measured = {"mfu": result.mfu} if result.mfu is not None else {}
        self._log(
            began,
            loss=result.loss,
            grad_norm=result.grad_norm,
            learning_rate=request.learning_rate,
            tokens=result.tokens,
            supervised_tokens=request.normaliser,
            **measured,
        )

    def _enter_stage(self, step: int) -> None:
        stage = self._plan.stage_of(step)
        if self._step == 0 or self._plan.stage_of(self._step) == stage:
            return
        described = self._plan.stages[stage]
        if self._saved < self._step:
            self._save()
        optimizer = described.get("optimizer", "fresh")
        self._trainer.begin_stage(described.get("carry", "adapter"), optimizer, stage)
        if optimizer == "fresh":
            self._optimizer_steps = 0

    def _evaluate_where_planned(self) -> None:
        known = self._folder and any(
            line["step"] == self._step and "eval_loss" in line for line in self._folder.lines
        )
        at_start = self._step == 0 and self._plan.header["evaluate_at_start"]
        wanted = at_start or self._plan.says("evaluate", self._step) or self._step in self._ends
        if wanted and self._eval_rows and not self._world.broadcast(known):
            self._evaluate()

    def _evaluate(self) -> None:
        began = time.perf_counter()
        result = self._trainer.evaluate(self._eval_rows, self._eval_batch)
        loss = result.loss_sum / max(1, result.supervised_tokens)
        if loss != loss or loss in (float("inf"), float("-inf")):
            raise WorkerError(
                f"eval_loss after step {self._step} is {loss}",
                field="eval_loss",
                fix="lower learning_rate; the model has become unusable",
            )
        self._log(began, eval_loss=loss, supervised_tokens=result.supervised_tokens)

    def _log(self, began: float, **figures: float) -> None:
        seconds = time.perf_counter() - began
        peak = self._trainer.peak_memory_bytes()
        if self._folder is None:
            return
        common = {
            "step": self._step,
            "epoch": _number(self._plan.epoch_after(self._step)),
            "stage": self._plan.stages[self._plan.stage_of(self._step)]["name"],
            "seconds": seconds,
            "peak_memory_bytes": peak,
        }
        self._folder.append(common | figures)

    def _save(self) -> None:
        if self._folder:
            best = self._best()
            state = {
                "global_step": self._step,
                "epoch": _number(self._plan.epoch_after(self._step)),
                "optimizer_steps": self._optimizer_steps,
                "rows_done": self._rows_done,
                "log_lines": len(self._folder.lines),
                "best_metric": best["eval_loss"] if best else None,
                "best_global_step": best["step"] if best else None,
            }
            stage = self._plan.stage_of(self._step)
            self._folder.write_checkpoint(state, stage, self._trainer.save)
            self._prune()
        self._saved = self._step

    def _prune(self) -> None:
        assert self._folder is not None
        last: dict[int, int] = {}
        for line in self._folder.lines:
            if line["step"] > 0:
                last[self._plan.stage_of(line["step"])] = line["step"]
        # That of the stage in progress is not its end yet.
        last.pop(self._plan.stage_of(self._step), None)
        best = self._best() if self._loads_best() else None
        always = set(last.values()) | ({best["step"]} if best else set())
        self._folder.prune(self._limit, always, lambda step: self._plan.says("save", step))

    def _loads_best(self) -> bool:
        return bool(self._plan.stages[-1]["settings"].get("load_best_model_at_end"))

    def _best(self) -> dict[str, Any] | None:
        """The evaluation with the lowest loss of the stage that was trained last; the first one on a tie."""
        assert self._folder is not None
        lines = self._folder.lines
        found = [
            line
            for line in lines
            if "eval_loss" in line
            and line["stage"] == lines[-1]["stage"]
            and (self._plan.says("save", line["step"]) or line["step"] in self._ends)
        ]
        return min(found, key=lambda line: line["eval_loss"], default=None)

    def _interrupt(self) -> int:
        if self._saved < self._step:
            self._save()
        if self._folder:
            self._folder.set_state("interrupted")
        return INTERRUPTED

    def _finish(self) -> None:
        best = self._best() if self._folder and self._loads_best() else None
        best_step = self._world.broadcast(best["step"] if best else None)
        if best_step is not None and best_step != self._step:
            where = self._world.broadcast(self._folder and str(self._folder.checkpoint(best_step)))
            self._trainer.restore(Path(where))
        if self._folder:
            full = self._plan.header["engine"]["method"] == "full"
            result = self._folder.directory / ("model" if full else "adapter")
            write_folder(result, self._trainer.save_result)
            self._folder.set_state("done")


def _number(value: float) -> float | int:
    """Whole numbers without a point, as JavaScript writes them."""
    return int(value) if float(value).is_integer() else value
