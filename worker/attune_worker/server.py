"""Serves a trainer over lines of JSON: what the TypeScript loop drives (docs/torch-engine.md describes the protocol).

Of several processes that torchrun started, the first reads and answers; the others get every request from it and do the same.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import peft
import torch
import transformers

from . import __version__
from .errors import WorkerError
from .settings import trainer_options
from .trainer import StepRequest, Trainer
from .world import World

PROTOCOL = 1


def serve(world: World) -> None:
    """Answers requests until the input ends or `close` is asked for."""
    requests, replies = _take_standard_streams()
    send = _sender(replies if world.first else None)
    send({"event": "ready", "protocol": PROTOCOL, "processes": world.size, "versions": versions()})
    service = _Service(world)
    for request in _requests(requests, world):
        answer = service.answer(request)
        send(answer)
        if request.get("method") == "close":
            break


def versions() -> dict[str, str]:
    """Versions that a manifest records."""
    return {
        "attune_worker": __version__,
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "peft": peft.__version__,
    }


class _Service:
    """Calls the trainer's methods by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._trainer: Trainer | None = None
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "open": self._open,
            "step": lambda params: asdict(self._opened.step(StepRequest(**params))),
            "evaluate": lambda params: asdict(self._opened.evaluate(**params)),
            "begin_stage": lambda params: self._opened.begin_stage(**params),
            "save": lambda params: self._opened.save(Path(params["directory"])),
            "save_result": lambda params: self._opened.save_result(Path(params["directory"])),
            "restore": lambda params: self._opened.restore(Path(params["directory"])),
            "peak_memory_bytes": lambda _params: self._opened.peak_memory_bytes(),
            "close": lambda _params: None,
        }

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to one request; whatever goes wrong is part of it."""
        number = request.get("id")
        try:
            method = self._methods.get(request.get("method", ""))
            if method is None:
                raise WorkerError(f"there is no method {request.get('method')}", field="method")
            return {"id": number, "result": method(request.get("params") or {})}
        except WorkerError as error:
            return {"id": number, "error": {"kind": "user", **error.to_json()}}
        except Exception as error:
            trace = traceback.format_exc()
            print(trace, file=sys.stderr, flush=True)
            return {"id": number, "error": {"kind": "defect", "message": f"{error}", "trace": trace}}

    @property
    def _opened(self) -> Trainer:
        if self._trainer is None:
            raise WorkerError("nothing is open yet", field="method", fix="call open first")
        return self._trainer

    def _open(self, params: dict[str, Any]) -> dict[str, Any]:
        self._trainer = None
        self._trainer = Trainer(trainer_options(params), self._world)
        trained = sum(one.parameter.numel() for one in self._trainer.trained)
        return {"device": self._trainer.device, "trained_parameters": trained}


def _take_standard_streams() -> tuple[IO[str], IO[str]]:
    """Input and output of the protocol; what libraries print goes to the standard error instead."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return os.fdopen(os.dup(0), "r", encoding="utf-8"), replies


def _sender(replies: IO[str] | None) -> Callable[[dict[str, Any]], None]:
    def send(message: dict[str, Any]) -> None:
        if replies is not None:
            replies.write(json.dumps(message, allow_nan=False) + "\n")
            replies.flush()

    return send


def _requests(lines: IO[str], world: World) -> Iterator[dict[str, Any]]:
    """The requests that the first process reads, in every process; an end of the input ends them all."""
    while True:
        line = lines.readline() if world.first else ""
        line = world.broadcast(line)
        if not line:
            return
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        yield request if isinstance(request, dict) else {"method": "a line that is no JSON object"}
