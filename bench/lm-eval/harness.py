"""`harness.py <model folder> <items.jsonl> <batch size> <threads>`: lm-evaluation-harness's own PubMedQA task, over local items.

Only where the items come from is changed. Writes one line of JSON: for each item its prompt and the log-likelihood of
each choice, the harness's accuracy, and the seconds that the log-likelihoods took, without loading and without a first item.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import lm_eval.tasks
import torch
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks._yaml_loader import load_yaml


class Timed(HFLM):
    seconds = 0.0

    def loglikelihood(self, requests, disable_tqdm=False):
        start = time.perf_counter()
        results = super().loglikelihood(requests, disable_tqdm)
        self.seconds += time.perf_counter() - start
        return results


def local_task(items: str) -> dict:
    task = load_yaml(Path(lm_eval.tasks.__file__).parent / "pubmedqa" / "pubmedqa.yaml", resolve_func=True)
    for key in ["dataset_name", "training_split", "validation_split"]:
        del task[key]
    return task | {"task": "pubmedqa_local", "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": items}}}


def main() -> None:
    folder, items, batch_size, threads = sys.argv[1:5]
    torch.set_num_threads(int(threads))
    model = Timed(pretrained=folder, dtype="float32", device="cpu", batch_size=int(batch_size))
    model.loglikelihood([Instance("loglikelihood", {}, ("Is this the first item? Answer:", " yes"), 0)], True)
    model.seconds = 0.0
    results = simple_evaluate(model, tasks=[local_task(items)], log_samples=True, bootstrap_iters=0)
    samples = sorted(results["samples"]["pubmedqa_local"], key=lambda sample: sample["doc_id"])
    print(
        json.dumps(
            {
                "items": [
                    {
                        "id": sample["doc"]["id"],
                        "prompt": sample["arguments"][0][0],
                        "choices": [arguments[1] for arguments in sample["arguments"]],
                        "log_likelihoods": [value for value, _ in sample["filtered_resps"]],
                        "target": sample["target"],
                    }
                    for sample in samples
                ],
                "accuracy": results["results"]["pubmedqa_local"]["acc,none"],
                "seconds": model.seconds,
                "versions": {name: version(name) for name in ["lm_eval", "transformers", "torch"]},
            }
        )
    )


main()
