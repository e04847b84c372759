"""Makes gguf-blocks.json: random blocks of every GGUF type that Attune reads, and their float32 values.

The values come from the Python package `gguf` of the llama.cpp project (pip install gguf==0.19.0 numpy).
Scales are drawn as plain half-precision numbers, everything else as random bytes, so that every bit of a
block takes part.

    python test/golden/make_gguf.py
"""

import base64
import json
from pathlib import Path

import gguf
import numpy as np

BLOCKS = 6

# Byte offsets of the half-precision scales in a block: random bytes there could be NaN or infinity.
HALF_OFFSETS = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "Q5_0": [0]}


def encode(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def main() -> None:
    random = np.random.default_rng(20260101)
    golden = {}
    for name, offsets in HALF_OFFSETS.items():
        kind = gguf.GGMLQuantizationType[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
        for offset in offsets:
            scales = (random.standard_normal(BLOCKS) * 0.02).astype(np.float16)
            blocks[:, offset : offset + 2] = scales.view(np.uint8).reshape(BLOCKS, 2)
        values = gguf.quants.dequantize(blocks, kind).astype(np.float32)
        golden[name] = {"blocks": encode(blocks), "values": encode(values)}
    for name in ("F16", "BF16"):
        bits = random.integers(0, 65536, 512, dtype=np.uint16)
        exponent = 0x7C00 if name == "F16" else 0x7F80
        bits[(bits & exponent) == exponent] = 1  # a subnormal in place of NaN and infinity
        values = (
            bits.view(np.float16).astype(np.float32)
            if name == "F16"
            else gguf.quants.dequantize(bits.view(np.uint8).reshape(1, -1), gguf.GGMLQuantizationType.BF16)
        )
        golden[name] = {"blocks": encode(bits), "values": encode(values.astype(np.float32))}
    target = Path(__file__).with_name("gguf-blocks.json")
    target.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
