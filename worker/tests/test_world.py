"""One process and two give the same steps: the gradients are summed over gloo."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from .fixtures import GOLDEN, Folder, golden_training, settings_of

ROOT = Path(__file__).parents[1]


def run(folder: Path, options: dict[str, Any], requests: list[dict[str, Any]], processes: int) -> dict[str, Any]:
    directory = folder / f"of-{processes}"
    directory.mkdir()
    job = folder / f"job-{processes}.json"
    job.write_text(
        json.dumps(
            {"options": options, "requests": requests, "evaluate": [0, 1, 2], "directory": str(directory)}
        )
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = []
    for rank in range(processes):
        # What torchrun sets.
        environment = os.environ | {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(processes),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.distributed", str(job)]
        running.append(subprocess.Popen(command, cwd=ROOT, env=environment))
    codes = [process.wait(timeout=240) for process in running]
    if any(codes):
        raise AssertionError(f"the processes ended with {codes}")
    return json.loads((directory / "results.json").read_text())


class TwoProcesses(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Folder()
        self.addCleanup(self.folder.close)

    def check(self, settings: dict[str, Any]) -> None:
        options = {
            "model": str(GOLDEN / "tiny"),
            "base_model": {"name": "tiny"},
            "settings": settings,
            "directory": str(self.folder.path),
            "has_evaluation": True,
            "machine": {"device": "cpu", "threads": 1},
        }
        steps = golden_training()["steps"][:6]
        requests = [
            {
                "step": index + 1,
                "optimizer_step": index + 1,
                # Three micro-batches: one process has two of them, and one has one.
                "micro_batches": [step["rows"][:1], step["rows"][1:3], step["rows"][3:]],
                "learning_rate": 0.01,
                "normaliser": step["normaliser"],
            }
            for index, step in enumerate(steps)
        ]
        # A step that only the second process can see failing, and one after it.
        requests.insert(4, requests[3] | {"micro_batches": [[0], [99], [1]]})
        one, two = (run(self.folder.path, options, requests, processes) for processes in (1, 2))
        for a, b in zip(one["steps"], two["steps"], strict=True):
            if isinstance(a, str):
                self.assertEqual(a, "there is no row 99; there are 16")
                self.assertEqual(a, b)
                continue
            self.assertLess(abs(a[0] / b[0] - 1), 1e-5)
            self.assertLess(abs(a[1] / b[1] - 1), 1e-4)
            self.assertEqual(a[2], b[2])
        self.assertAlmostEqual(one["evaluated"][0] / two["evaluated"][0], 1, delta=1e-5)
        self.assertEqual(one["evaluated"][1], two["evaluated"][1])
        a, b = (load_file(str(self.folder.path / f"of-{n}" / "optimizer.safetensors")) for n in (1, 2))
        self.assertEqual(set(a), set(b))
        for name, value in a.items():
            self.assertLess((value - b[name]).abs().max().item(), 1e-4 * value.abs().max().item() + 1e-9, name)

    def test_lora_with_dropout(self) -> None:
        self.check(settings_of(lora={"lora_dropout": 0.2}))

    def test_full(self) -> None:
        self.check(settings_of("full"))


class Served(unittest.TestCase):
    def test_the_first_of_two_processes_reads_and_answers(self) -> None:
        folder = Folder()
        self.addCleanup(folder.close)
        golden = golden_training()
        rows, normaliser = golden["steps"][0]["rows"], golden["steps"][0]["normaliser"]
        options = {
            "model": str(GOLDEN / "tiny"),
            "base_model": {"name": "tiny"},
            "settings": settings_of(),
            "directory": str(folder.path),
            "machine": {"device": "cpu", "threads": 1},
        }
        step = {"step": 1, "optimizer_step": 1, "learning_rate": 0.01, "normaliser": normaliser}
        requests = [
            {"id": 0, "method": "open", "params": options},
            {"id": 1, "method": "step", "params": step | {"micro_batches": [[0], [99]]}},
            {"id": 2, "method": "step", "params": step | {"micro_batches": [[row] for row in rows]}},
            {"id": 3, "method": "fly"},
            {"id": 4, "method": "close"},
        ]
        command = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", "--nproc-per-node=2"]
        served = subprocess.run(
            [*command, "--standalone", "-m", "attune_worker", "serve"],
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            input="".join(json.dumps(request) + "\n" for request in requests),
            capture_output=True,
            text=True,
            timeout=240,
            check=True,
        )
        ready, *replies = (json.loads(line) for line in served.stdout.splitlines())
        self.assertEqual((ready["event"], ready["processes"]), ("ready", 2))
        self.assertEqual([reply["id"] for reply in replies], [0, 1, 2, 3, 4])
        self.assertEqual(replies[1]["error"]["message"], "there is no row 99; there are 16")
        wanted = next(run for run in golden["runs"] if run["name"] == "lora")["losses"][0]
        self.assertAlmostEqual(replies[2]["result"]["loss"], wanted, delta=1e-5)
        self.assertEqual(replies[3]["error"]["field"], "method")


if __name__ == "__main__":
    unittest.main()
