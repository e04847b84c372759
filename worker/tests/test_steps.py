"""What has to be equal whatever the batching, packing or memory settings, and what a failed step leaves."""

from __future__ import annotations

import math
import unittest
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from attune_worker.attention import block_mask, dense_mask
from attune_worker.errors import WorkerError
from attune_worker.loss import cross_entropy_sum
from attune_worker.micro_batch import micro_batch
from attune_worker.trainer import Trainer

from .fixtures import VOCABULARY, Folder, laid_out, request, settings_of

CPU = torch.device("cpu")
LENGTH = 64


def ids(count: int, seed: int) -> list[int]:
    return np.random.default_rng(seed).integers(4, VOCABULARY, count).tolist()


def plain(count: int) -> list[bool]:
    return [False] * count


SYSTEM, TABLE, OTHER = ids(5, 1), ids(7, 2), ids(6, 3)
QUESTIONS = [(ids(4, 10 + i), ids(3 + i, 20 + i)) for i in range(4)]


def question(number: int) -> tuple[list[int], list[bool]]:
    prompt, answer = QUESTIONS[number]
    return prompt + answer, plain(len(prompt)) + [True] * len(answer)


# Four examples: two on one table, one on another, one without any.
TREE = [
    (0, SYSTEM, plain(5)),
    (1, TABLE, plain(7)),
    (2, *question(0)),
    (2, *question(1)),
    (1, OTHER, plain(6)),
    (5, *question(2)),
    (0, *question(3)),
]


def alone(prefix: list[int], number: int):
    tokens, supervised = question(number)
    return [(0, prefix + tokens, plain(len(prefix)) + supervised)]


ALONE = [alone(SYSTEM + TABLE, 0), alone(SYSTEM + TABLE, 1), alone(SYSTEM + OTHER, 2), alone([], 3)]
PACKED = [[piece for row in ALONE for piece in row]]
NORMALISER = sum(sum(question(i)[1]) for i in range(4))


class Case(unittest.TestCase):
    def trainer(
        self, rows: list[Any], settings: dict[str, Any] | None = None, machine: dict[str, Any] | None = None
    ) -> Trainer:
        length = max(sum(len(piece[1]) for piece in row) for row in rows)
        folder = Folder(laid_out(rows, -(-length // 8) * 8))
        self.addCleanup(folder.close)
        return folder.trainer(settings, machine)

    def step(self, trainer: Trainer, batches: list[list[int]], step: int = 1) -> tuple[float, float]:
        result = trainer.step(request(step, batches, NORMALISER, 0.01))
        return result.loss, result.grad_norm

    def same(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        for a, b in zip(one, other, strict=True):
            self.assertLess(abs(a / b - 1), 1e-5, (one, other))


class Layouts(Case):
    """Packed equals unpacked, and a shared beginning a repeated one, in loss and gradients."""

    def test_packed_and_shared_rows_are_examples_alone(self) -> None:
        for settings in (settings_of(), settings_of("full"), settings_of("qlora")):
            losses = [
                [self.step(trainer, [list(range(len(rows)))], step) for step in (1, 2, 3)]
                for rows in (ALONE, PACKED, [TREE])
                for trainer in [self.trainer(rows, settings)]
            ]
            for layout in losses[1:]:
                for one, other in zip(layout, losses[0], strict=True):
                    self.same(one, other)

    def test_a_row_beside_a_longer_one(self) -> None:
        rows = [TREE, ALONE[3]]
        batch = micro_batch_of(self, rows)
        self.assertFalse(batch.single)
        together = self.trainer(rows).evaluate([0, 1], 2).loss_sum
        apart = self.trainer(rows).evaluate([0, 1], 1).loss_sum
        self.assertLess(abs(together / apart - 1), 1e-6)

    def test_micro_batches_do_not_matter(self) -> None:
        cuts = ([[0, 1, 2, 3]], [[0], [1], [2], [3]], [[0, 1], [2, 3]])
        results = [[self.step(trainer, cut, s) for s in (1, 2)] for cut in cuts for trainer in [self.trainer(ALONE)]]
        for result in results[1:]:
            for one, other in zip(result, results[0], strict=True):
                self.same(one, other)

    def test_gradient_checkpointing_changes_nothing_also_with_dropout(self) -> None:
        for dropout in (0.0, 0.3):
            lora = {"lora_dropout": dropout}
            kept = self.trainer([TREE], settings_of(lora=lora))
            again = self.trainer([TREE], settings_of(lora=lora, gradient_checkpointing=True))
            for step in (1, 2, 3):
                self.assertEqual(self.step(kept, [[0]], step), self.step(again, [[0]], step))

    def test_bfloat16_products_are_near(self) -> None:
        exact = self.step(self.trainer([TREE]), [[0]])
        narrow = self.step(self.trainer([TREE], machine={"compute": "bfloat16"}), [[0]])
        self.assertLess(abs(narrow[0] / exact[0] - 1), 0.02)
        self.assertNotEqual(narrow, exact)

    def test_a_bfloat16_base_is_the_rounded_one(self) -> None:
        trainer = self.trainer([TREE], settings_of(precision="bfloat16"))
        weight = trainer._model.get_output_embeddings().weight
        self.assertEqual(weight.dtype, torch.float32)
        self.assertTrue(torch.equal(weight, weight.bfloat16().float()))


def micro_batch_of(case: Case, rows: list[Any]):
    return micro_batch(case.trainer(rows)._train, range(len(rows)), CPU)


class Visibility(Case):
    def test_the_mask_follows_each_token_s_path(self) -> None:
        batch = micro_batch_of(self, [TREE])
        mask = dense_mask(batch)[0, 0]
        segment = batch.segment_ids[0].tolist()
        parents = {number: piece[0] for number, piece in enumerate(TREE, 1)} | {0: 0}
        for i, own in enumerate(segment):
            path = set()
            while own:
                path.add(own)
                own = parents[own]
            for j, other in enumerate(segment):
                self.assertEqual(bool(mask[i, j]), i == j or (j <= i and other in path), (i, j))
        self.assertEqual(batch.visible_pairs, int(mask[: batch.tokens, : batch.tokens].sum()))

    def test_flex_attention_is_told_the_same(self) -> None:
        batch = micro_batch_of(self, [TREE, PACKED[0]])
        blocks = block_mask(batch)
        length = batch.input_ids.shape[1]
        place = torch.arange(length)
        for row in range(2):
            told = blocks.mask_mod(torch.tensor(row), torch.tensor(0), place[:, None], place[None])
            self.assertTrue(torch.equal(told, dense_mask(batch)[row, 0]))

    def test_one_segment_a_row_needs_no_mask(self) -> None:
        self.assertTrue(micro_batch_of(self, ALONE).single)
        self.assertFalse(micro_batch_of(self, PACKED).single)


class Loss(unittest.TestCase):
    def test_chunks_give_loss_and_gradients_of_the_whole(self) -> None:
        torch.manual_seed(0)
        hidden = torch.randn(37, 8, requires_grad=True)
        weight = torch.randn(500, 8, requires_grad=True)
        targets = torch.randint(0, 500, (37,))
        with patch("attune_worker.loss._LOGITS_AT_ONCE", 5 * 500):
            chunked = cross_entropy_sum(hidden, weight, targets) / 5
        found = torch.autograd.grad(chunked, (hidden, weight))
        whole = torch.nn.functional.cross_entropy(hidden @ weight.t(), targets, reduction="sum") / 5
        wanted = torch.autograd.grad(whole, (hidden, weight))
        self.assertLess(abs(chunked.item() / whole.item() - 1), 1e-6)
        for a, b in zip(found, wanted, strict=True):
            self.assertLess((a - b).abs().max().item(), 1e-5 * b.abs().max().item())


class Failures(Case):
    def test_a_loss_that_is_no_number_changes_nothing(self) -> None:
        for dealt in ([[0], [1]], [[1], [0]]):
            trainer = self.trainer(ALONE)
            self.step(trainer, [[0]])
            a, b = (one.parameter for one in trainer.trained[:2])
            broken = b.detach().clone()
            broken[0, 0] = math.nan
            with torch.no_grad():
                b.copy_(broken)
            before = [one.parameter.detach().clone() for one in trainer.trained]
            with self.assertRaisesRegex(WorkerError, f"the loss became nan at step 2, rows {dealt[0][0]}"):
                self.step(trainer, dealt, 2)
            for one, value in zip(trainer.trained, before, strict=True):
                self.assertTrue(torch.equal(one.parameter.nan_to_num(), value.nan_to_num()), one.name)

    def test_a_row_that_does_not_exist(self) -> None:
        with self.assertRaisesRegex(WorkerError, "there is no row 9; there are 4"):
            self.step(self.trainer(ALONE), [[9]])

    def test_a_supervised_token_that_nothing_predicts(self) -> None:
        trainer = self.trainer([[(0, [5, 6, 7], [True, False, True])]])
        with self.assertRaisesRegex(WorkerError, "token 0 is supervised but nothing stands before it"):
            self.step(trainer, [[0]])

    def test_a_merged_stage_without_an_adapter(self) -> None:
        with self.assertRaisesRegex(WorkerError, "all weights are trained"):
            self.trainer(ALONE, settings_of("full")).begin_stage("merged", "fresh", 1)

    def test_memory_that_does_not_suffice_names_what_helps(self) -> None:
        trainer = self.trainer(ALONE)

        def fail(*_: object) -> None:
            raise torch.OutOfMemoryError("CUDA out of memory")

        trainer._loss_sum = fail  # type: ignore[method-assign,assignment]
        with self.assertRaises(WorkerError) as two:
            self.step(trainer, [[0, 1]])
        self.assertEqual(two.exception.field, "per_device_train_batch_size")
        self.assertIn("per_device_train_batch_size to 1", two.exception.fix or "")
        with self.assertRaises(WorkerError) as one:
            self.step(trainer, [[0]])
        self.assertEqual(one.exception.field, "gradient_checkpointing")


if __name__ == "__main__":
    unittest.main()
