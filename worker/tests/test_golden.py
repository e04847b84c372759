"""50 optimizer steps against what PyTorch, Transformers, PEFT and bitsandbytes gave (test/golden/make_training.py)."""

from __future__ import annotations

import unittest
from typing import Any

from safetensors.torch import load_file

from .fixtures import GOLDEN, Folder, golden_training, request, settings_of

TRAINING = golden_training()
STEPS: list[dict[str, Any]] = TRAINING["steps"]


def run_named(name: str) -> dict[str, Any]:
    return next(run for run in TRAINING["runs"] if run["name"] == name)


def settings_for(run: dict[str, Any]) -> dict[str, Any]:
    if run["lora"] is None:
        return settings_of("full")
    lora = run["lora"] | {"loraplus_lr_ratio": run["loraplus_lr_ratio"]}
    return settings_of("qlora" if run["quantized"] else "lora", lora=lora)


def request_of(run: dict[str, Any], index: int):
    rows, normaliser = STEPS[index]["rows"], STEPS[index]["normaliser"]
    size = len(rows) // run["accumulation"]
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    merged = run["merged_before"]
    begun = merged if merged is not None and index >= merged else 0
    return request(index + 1, batches, normaliser, run["learning_rates"][index], index + 1 - begun)


class FiftySteps(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Folder()
        self.addCleanup(self.folder.close)

    def check(self, name: str) -> None:
        run = run_named(name)
        trainer = self.folder.trainer(settings_for(run))
        for index, (loss, norm) in enumerate(zip(run["losses"], run["grad_norms"], strict=True)):
            if index == run["merged_before"]:
                trainer.begin_stage("merged", "fresh", 1)
            result = trainer.step(request_of(run, index))
            self.assertAlmostEqual(result.loss, loss, delta=1e-5, msg=f"loss of step {index + 1}")
            self.assertLess(abs(result.grad_norm / norm - 1), 1e-3, f"gradient norm of step {index + 1}")

    def test_every_run_has_a_test(self) -> None:
        tested = {name.removeprefix("test_run_").replace("_", "-") for name in dir(self) if "test_run_" in name}
        self.assertEqual(tested, {run["name"] for run in TRAINING["runs"]})

    def test_run_full(self) -> None:
        self.check("full")

    def test_run_full_accumulated(self) -> None:
        self.check("full-accumulated")

    def test_run_lora(self) -> None:
        self.check("lora")

    def test_run_lora_accumulated(self) -> None:
        self.check("lora-accumulated")

    def test_run_lora_rslora(self) -> None:
        self.check("lora-rslora")

    def test_run_lora_two_targets(self) -> None:
        self.check("lora-two-targets")

    def test_run_lora_plus(self) -> None:
        self.check("lora-plus")

    def test_run_lora_merged(self) -> None:
        self.check("lora-merged")

    def test_run_qlora(self) -> None:
        self.check("qlora")

    def test_gradients_of_the_first_step(self) -> None:
        stored = load_file(str(GOLDEN / "gradients.safetensors"))
        for name in ("full", "lora"):
            run = run_named(name)
            trainer = self.folder.trainer(settings_for(run) | {"optimizer": NO_CLIPPING})
            trainer.step(request_of(run, 0))
            for one in trainer.trained:
                key = one.name.replace("lora_A", "lora_A.default").replace("lora_B", "lora_B.default")
                wanted = stored.get(f"full/{one.name}" if name == "full" else f"lora/base_model.model.{key}")
                if wanted is None:
                    self.assertFalse(one.parameter.grad.any(), one.name)
                    continue
                difference = (one.parameter.grad - wanted).abs().max() / wanted.abs().max()
                self.assertLess(difference.item(), 1e-5, one.name)


NO_CLIPPING = settings_of("full", optimizer={"max_grad_norm": 0})["optimizer"]

if __name__ == "__main__":
    unittest.main()
