"""`python -m attune_worker serve` answers a program that drives it; `run job.json` executes a plan by itself."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from .errors import WorkerError


def main() -> int:
    """Returns the exit code: 0, 1 when the work failed, 3 when it was interrupted with a checkpoint."""
    parser = argparse.ArgumentParser(prog="attune-worker", description="Executes Attune's training plans with PyTorch.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="answer requests, one JSON object a line, on the standard input")
    run = verbs.add_parser("run", help="execute the plan of a run folder")
    run.add_argument("job", type=Path, help="JSON file that names run folder, model and shards")
    arguments = parser.parse_args()
    if arguments.verb == "serve":
        # Ctrl-C in a terminal reaches every process of the command; the loop that drives this one decides what it means.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Importing PyTorch takes seconds, in which Ctrl-C may come.
    from .world import World

    world = World.from_environment()
    try:
        if arguments.verb == "serve":
            from .server import serve

            serve(world)
            return 0
        from .plan_run import run_job

        return run_job(arguments.job, world)
    except WorkerError as error:
        print(json.dumps({"error": error.to_json()}), file=sys.stderr, flush=True)
        return 1
    finally:
        world.close()


if __name__ == "__main__":
    sys.exit(main())
