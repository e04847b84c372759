"""A plan that is executed from its folder, stopped, taken up again, and executed by two processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from safetensors.numpy import load_file, save_file

from attune_worker.errors import WorkerError
from attune_worker.plan_run import DONE, INTERRUPTED, _PlanRun, run_job
from attune_worker.trainer import Trainer
from attune_worker.world import World

from .fixtures import GOLDEN, Folder, golden_rows, settings_of

STEPS = 6
LORA = settings_of(lora={"lora_dropout": 0.1})


def write_run(directory: Path) -> None:
    """Two stages of three steps over 16 rows, the second over what was merged."""
    supervised = golden_rows()["loss_mask"].sum(1)
    rows = np.arange(STEPS * 4, dtype=np.int32) * 5 % 16
    offsets = np.arange(0, STEPS * 4 + 1, 4, dtype=np.int32)
    arrays = {
        "rows": rows,
        "step_offsets": offsets,
        "learning_rate": np.full(STEPS, 0.01, np.float32),
        "normaliser": np.array([supervised[rows[i : i + 4]].sum() for i in offsets[:-1]], np.int32),
        "stage": np.array([0, 0, 0, 1, 1, 1], np.int32),
        "evaluate": np.array([0, 1, 0, 0, 0, 0], np.uint8),
        "save": np.array([0, 1, 0, 0, 1, 0], np.uint8),
    }
    settings = {"per_device_train_batch_size": 2}
    part = {"first_row": 0, "rows": 16, "replay": False}
    stages = [
        {"name": "one", "first_step": 1, "steps": 3, "settings": settings, "parts": [part]},
        {"name": "two", "first_step": 4, "steps": 3, "settings": settings, "parts": [part], "carry": "merged"},
    ]
    header = {
        "format": "attune-plan",
        "version": 1,
        "seed": 7,
        "engine": LORA,
        "stages": stages,
        "shards": {"train": {"rows": 16}, "evaluation": {"rows": 3}},
        "evaluate_at_start": True,
        "totals": {"steps": STEPS},
    }
    directory.mkdir()
    save_file(arrays, str(directory / "plan.safetensors"))
    (directory / "plan.json").write_text(json.dumps(header))
    manifest = {"state": "running", "hashes": {"stages": ["first", "second"]}}
    (directory / "manifest.json").write_text(json.dumps(manifest))


def metrics(directory: Path) -> list[dict[str, Any]]:
    """The lines without what differs from run to run."""
    lines = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in ("seconds", "peak_memory_bytes")} for line in lines]


class Runs(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Folder()
        self.addCleanup(self.folder.close)

    def job(self, name: str) -> tuple[Path, Path]:
        directory = self.folder.path / name
        write_run(directory)
        file = self.folder.path / f"{name}.json"
        trainer = {
            "model": str(GOLDEN / "tiny"),
            "base_model": {"name": "tiny"},
            "directory": str(self.folder.path),
            "has_evaluation": True,
            "machine": {"device": "cpu", "threads": 1},
        }
        file.write_text(json.dumps({"run": str(directory), "trainer": trainer, "save_total_limit": 1}))
        return file, directory

    def test_a_whole_run_and_one_that_was_stopped_after_each_step(self) -> None:
        file, whole = self.job("whole")
        self.assertEqual(run_job(file, World()), DONE)
        lines = metrics(whole)
        self.assertEqual([line["step"] for line in lines], [0, 1, 2, 2, 3, 3, 4, 5, 6, 6])
        self.assertEqual([line["epoch"] for line in lines], [0, 0.25, 0.5, 0.5, 0.75, 0.75, 0.25, 0.5, 0.75, 0.75])
        self.assertLess(lines[-1]["eval_loss"], lines[0]["eval_loss"])
        kept = sorted(path.name for path in (whole / "checkpoints").iterdir())
        self.assertEqual(kept, ["checkpoint-0", "checkpoint-3", "checkpoint-6"])
        self.assertEqual(json.loads((whole / "manifest.json").read_text())["state"], "done")
        result = load_file(str(whole / "adapter" / "adapter_model.safetensors"))
        self.assertEqual(next(iter(result.values())).shape[0], 8)

        for how, error in (("interrupted", None), ("failed", RuntimeError("crash"))):
            for stop in (1, 3, 4):
                file, directory = self.job(f"{how}-{stop}")
                train = _PlanRun._train

                def stopping(run: _PlanRun, step: int, stop=stop, error=error, train=train) -> None:
                    if step == stop and error:
                        raise error
                    train(run, step)
                    run._stopping = step == stop

                with patch.object(_PlanRun, "_train", stopping):
                    if error:
                        self.assertRaises(RuntimeError, run_job, file, World())
                    else:
                        self.assertEqual(run_job(file, World()), INTERRUPTED)
                        state = json.loads((directory / "manifest.json").read_text())["state"]
                        self.assertEqual(state, "interrupted")
                self.assertEqual(run_job(file, World()), DONE)
                self.assertEqual(metrics(directory), lines, (how, stop))
                for path in ("adapter/adapter_model.safetensors", "checkpoints/checkpoint-6/optimizer.safetensors"):
                    self.assertEqual((directory / path).read_bytes(), (whole / path).read_bytes(), (how, stop))

    def test_a_damaged_checkpoint_is_passed_over(self) -> None:
        file, directory = self.job("damaged")
        run_job(file, World())
        lines = metrics(directory)
        manifest = json.loads((directory / "manifest.json").read_text())
        (directory / "manifest.json").write_text(json.dumps(manifest | {"state": "running"}))
        with (directory / "checkpoints/checkpoint-6/optimizer.safetensors").open("r+b") as opened:
            opened.seek(-1, 2)
            opened.write(b"\x7f")
        self.assertEqual(run_job(file, World()), DONE)
        self.assertEqual(metrics(directory), lines)

    def test_a_failed_step_is_recorded(self) -> None:
        file, directory = self.job("failing")

        def fail(_trainer: Trainer, request: Any) -> None:
            raise WorkerError(f"the loss became nan at step {request.step}")

        with patch.object(Trainer, "step", fail), self.assertRaises(WorkerError):
            run_job(file, World())
        manifest = json.loads((directory / "manifest.json").read_text())
        self.assertEqual((manifest["state"], manifest["error"]), ("failed", "the loss became nan at step 1"))

    def test_two_processes_have_the_curve_of_one(self) -> None:
        one, alone = self.job("alone")
        run_job(one, World())
        two, together = self.job("together")
        command = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", "--nproc-per-node=2"]
        root = Path(__file__).parents[1]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        job = ["--standalone", "-m", "attune_worker", "run", str(two)]
        subprocess.run([*command, *job], cwd=root, env=environment, check=True, timeout=300, capture_output=True)
        for a, b in zip(metrics(alone), metrics(together), strict=True):
            for name in ("loss", "eval_loss"):
                if name in a:
                    self.assertLess(abs(a[name] - b[name]), 1e-5)

    def test_a_signal_stops_after_the_step(self) -> None:
        file, directory = self.job("signalled")
        root = Path(__file__).parents[1]
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "attune_worker", "run", str(file)], cwd=root)
        while process.poll() is None and not (directory / "checkpoints" / "checkpoint-0").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=240)
        state = json.loads((directory / "manifest.json").read_text())["state"]
        # It may have been done before the signal came.
        self.assertIn((code, state), ((INTERRUPTED, "interrupted"), (DONE, "done")))


if __name__ == "__main__":
    unittest.main()
