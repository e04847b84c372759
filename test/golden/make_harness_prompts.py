"""Prompts that lm-evaluation-harness builds for the tasks in test/golden/harness, and its scores of made-up answers.

    cd test/golden/harness && python ../make_harness_prompts.py

Made with lm-eval 0.4.13, datasets and Jinja2 as its requirements ask for. Writes test/golden/harness-prompts.json; `npx biome check --write test` lays it out.
"""

import json
import os
import tempfile
from pathlib import Path

os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["HF_DATASETS_CACHE"] = tempfile.mkdtemp()

from lm_eval.api.task import ConfigurableTask  # noqa: E402
from lm_eval.tasks._yaml_loader import load_yaml  # noqa: E402

ANSWERS = [" goethe!", "Paris ", "7", "x", "B", "The answer is 7.", ""]

prompts = {}
for file in sorted(Path(".").glob("*.yaml")):
    config = load_yaml(file)
    config.pop("tag", None)
    task = ConfigurableTask(config=config)
    if task.config.num_fewshot is None:
        task.set_config("num_fewshot", 0)
    task.set_fewshot_seed(1234)
    task.build_all_requests(limit=None, rank=0, world_size=1)
    requests = []
    for instance in task.instances:
        entry = {"doc": instance.doc_id, "arguments": list(instance.args)}
        requests.append(entry)
    scores = []
    if task.OUTPUT_TYPE == "generate_until":
        for index, doc in enumerate(task.eval_docs):
            for answer in ANSWERS:
                filtered = answer
                for step in (task.config.filter_list or [{"filter": []}])[0]["filter"]:
                    if step["function"] == "remove_whitespace":
                        filtered = filtered.strip()
                result = task.process_results(doc, [filtered])
                scores.append({"doc": index, "answer": answer, "exact_match": float(result["exact_match"])})
    prompts[file.stem] = {"requests": requests, "scores": scores}

Path("../harness-prompts.json").write_text(json.dumps(prompts, ensure_ascii=False, indent=1) + "\n")
