"""Writing a run folder as `src/train/` does: metrics, checkpoints, result and state.

The folder, its plan and its manifest were made by Attune; what is in them is only followed here. Files
appear complete or not at all.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import WorkerError

_STATE = "trainer_state.json"
_STEP = re.compile(r"checkpoint-(\d+)")


class RunFolder:
    """One run on the disk; only the first of several processes has one."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._manifest_file = directory / "manifest.json"
        try:
            self.manifest: dict[str, Any] = json.loads(self._manifest_file.read_text(encoding="utf-8"))
            self._plans: list[str] = self.manifest["hashes"]["stages"]
        except (OSError, ValueError, KeyError) as error:
            raise WorkerError(
                "is no run folder with a plan", file=str(directory), fix="make it with `attune train`"
            ) from error
        self.lines: list[dict[str, Any]] = []
        self._metrics = directory / "metrics.jsonl"

    def checkpoint(self, step: int) -> Path:
        """Where the checkpoint after `step` is."""
        return self.directory / "checkpoints" / f"checkpoint-{step}"

    def latest(self, stage_of: Callable[[int], int]) -> dict[str, Any] | None:
        """State of the newest complete checkpoint; what came after it is cut off, from the metrics too."""
        state = None
        for step in reversed(self.steps()):
            if state is None and (found := self._complete(step, stage_of(step))):
                state = found
            elif state is None:
                shutil.rmtree(self.checkpoint(step))
        self._cut_metrics(state["global_step"] if state else -1)
        return state

    def steps(self) -> list[int]:
        """Steps of the checkpoint folders, in rising order."""
        found = (_STEP.fullmatch(path.name) for path in (self.directory / "checkpoints").glob("checkpoint-*"))
        return sorted(int(match[1]) for match in found if match)

    def append(self, line: dict[str, Any]) -> None:
        """One more line of metrics."""
        self.lines.append(line)
        with self._metrics.open("a", encoding="utf-8") as file:
            file.write(_compact(line))

    def write_checkpoint(self, state: dict[str, Any], stage: int, fill: Callable[[Path], None]) -> None:
        """Writes a checkpoint through `fill`; the metrics before it are made durable first."""
        _sync(self._metrics)

        def write(directory: Path) -> None:
            fill(directory)
            files = [
                {"name": path.name, "bytes": path.stat().st_size, "sha256": _digest(path)}
                for path in sorted(directory.iterdir())
            ]
            _write_json(directory / _STATE, {**state, "plan": self._plans[stage], "files": files})

        write_folder(self.checkpoint(state["global_step"]), write)

    def prune(self, limit: int | None, always: set[int], planned: Callable[[int], bool]) -> None:
        """Keeps checkpoint 0, the newest `limit` planned ones, the newest of all and those of `always`."""
        steps = [step for step in self.steps() if step > 0]
        candidates = [step for step in steps if step == steps[-1] or planned(step)]
        kept = set(candidates if limit is None else candidates[-max(1, limit) :]) | always
        for step in steps:
            if step not in kept:
                shutil.rmtree(self.checkpoint(step))

    def set_state(self, state: str, error: str | None = None) -> None:
        """Records how the run stands."""
        for name in ("finished_at", "error"):
            self.manifest.pop(name, None)
        self.manifest["state"] = state
        if state != "running":
            now = datetime.datetime.now(datetime.timezone.utc)
            self.manifest["finished_at"] = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if error is not None:
            self.manifest["error"] = error
        temporary = self._manifest_file.with_suffix(".json.tmp")
        _write_json(temporary, self.manifest)
        temporary.replace(self._manifest_file)

    def _complete(self, step: int, stage: int) -> dict[str, Any] | None:
        directory = self.checkpoint(step)
        try:
            state = json.loads((directory / _STATE).read_text(encoding="utf-8"))
            intact = all(_digest(directory / file["name"]) == file["sha256"] for file in state["files"])
        except (OSError, ValueError, KeyError):
            return None
        same = state.get("plan") == self._plans[stage] and state.get("global_step") == step
        return state if intact and same else None

    def _cut_metrics(self, after: int) -> None:
        text = self._metrics.read_text(encoding="utf-8") if self._metrics.exists() else ""
        # What follows the last line break was being written when the process died.
        read = [json.loads(line) for line in text.split("\n")[:-1]]
        self.lines = [line for line in read if line["step"] <= after]
        temporary = self._metrics.with_suffix(".jsonl.tmp")
        temporary.write_text("".join(_compact(line) for line in self.lines), encoding="utf-8")
        temporary.replace(self._metrics)


def write_folder(directory: Path, fill: Callable[[Path], None]) -> None:
    """Fills a folder so that it appears complete or not at all."""
    temporary = directory.with_name(f"{directory.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        fill(temporary)
        for path in temporary.iterdir():
            _sync(path)
        shutil.rmtree(directory, ignore_errors=True)
        temporary.replace(directory)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _compact(line: dict[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def _write_json(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _sync(file)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
