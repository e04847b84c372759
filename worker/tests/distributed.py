"""One of two processes of a test: runs some steps and prints what came of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from attune_worker.errors import WorkerError
from attune_worker.settings import trainer_options
from attune_worker.trainer import StepRequest, Trainer
from attune_worker.world import World


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    world = World.from_environment()
    trainer = Trainer(trainer_options(job["options"]), world)
    results = []
    for request in job["requests"]:
        try:
            result = trainer.step(StepRequest(**request))
            results.append([result.loss, result.grad_norm, result.tokens])
        except WorkerError as error:
            results.append(str(error))
    evaluated = trainer.evaluate(job["evaluate"], 1)
    directory = Path(job["directory"])
    trainer.save(directory)
    if world.first:
        (directory / "results.json").write_text(
            json.dumps({"steps": results, "evaluated": [evaluated.loss_sum, evaluated.supervised_tokens]})
        )
    world.close()


if __name__ == "__main__":
    main()
