"""Random streams and NF4, number for number."""

from __future__ import annotations

import hashlib
import json
import unittest

import torch
from safetensors.torch import load_file

from attune_worker import nf4
from attune_worker.errors import WorkerError
from attune_worker.random_stream import RandomStream

from .fixtures import GOLDEN


def one_by_one(seed: int, *path: str | int):
    """xoshiro128** as it is usually written, one draw after the other."""
    digest = hashlib.sha256(json.dumps([seed, *path], separators=(",", ":")).encode()).digest()
    a, b, c, d = (int.from_bytes(digest[i : i + 4], "little") for i in (0, 4, 8, 12))
    d |= 1
    word = 0xFFFFFFFF

    def rotate(value: int, by: int) -> int:
        return ((value << by) | (value >> (32 - by))) & word

    while True:
        yield (rotate(b * 5 & word, 7) * 9 & word) / 2**32
        shifted = b << 9 & word
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = rotate(d, 11)


class Streams(unittest.TestCase):
    def test_many_at_once_are_those_one_by_one(self) -> None:
        stream, reference = RandomStream(3, "lora", "model.layers.0", 1), one_by_one(3, "lora", "model.layers.0", 1)
        for count in (1, 2, 3, 0, 64, 1000, 70_001, 5):
            self.assertEqual(stream.uniform(count).tolist(), [next(reference) for _ in range(count)], count)
        self.assertEqual(stream.integers(17, 40), [int(next(reference) * 17) for _ in range(40)])


class Nf4(unittest.TestCase):
    def test_codes_scales_and_weights_of_bitsandbytes(self) -> None:
        stored = load_file(str(GOLDEN / "nf4.safetensors"))
        names = sorted({key.split(".")[0] for key in stored})
        tested = 0
        for name in names:
            values = stored[f"{name}.values"]
            if values.numel() % nf4.BLOCK:
                continue
            tested += 1
            made = nf4.quantize(values)
            for part in ("codes", "absmax_codes", "nested_absmax"):
                self.assertTrue(torch.equal(getattr(made, part), stored[f"{name}.{part}"]), f"{name}.{part}")
            self.assertEqual(made.offset.item(), stored[f"{name}.offset"].item(), name)
            weights = nf4.dequantize(made.codes, made.scales(), torch.float32)
            self.assertTrue(torch.equal(weights, stored[f"{name}.dequantized"].reshape(-1)), name)
        self.assertGreater(tested, 3)

    def test_what_cannot_be_expressed(self) -> None:
        for value in (float("inf"), float("nan")):
            values = torch.zeros(64)
            values[3] = value
            with self.assertRaisesRegex(WorkerError, "infinite or not a number"):
                nf4.quantize(values)
        with self.assertRaisesRegex(WorkerError, "no multiple of 64"):
            nf4.quantize(torch.zeros(65))


if __name__ == "__main__":
    unittest.main()
