"""Makes quantization.json: rows of float32 and the bytes of the blocks that others write for them.

F16, BF16, Q8_0, Q4_0 and Q5_0 come from the Python package `gguf` of the llama.cpp project (pip install gguf==0.19.0
numpy), which cannot write Q4_K, Q5_K and Q6_K; these come from ggml itself, called in the library that node-llama-cpp
brings (`quantize_row_q4_K_ref` and its like). To keep the file small, of those only a digest and the error are stored.

    python test/golden/make_quantization.py
"""

import base64
import ctypes
import hashlib
import json
from pathlib import Path

import gguf
import numpy as np

LIBRARY = "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/libggml-base.so"


def rows() -> np.ndarray:
    random = np.random.default_rng(20260202)
    normal = random.standard_normal((24, 256)) * 0.05
    heavy = random.standard_t(3, (8, 256)) * 0.02
    shifted = random.standard_normal((4, 256)) * 0.01 + 0.3
    negative = -np.abs(random.standard_normal((4, 256)))
    tiny = random.standard_normal((2, 256)) * 1e-7
    grid = np.round(random.standard_normal((4, 256)) * 4) / 8  # many ties and equal magnitudes
    special = np.zeros((4, 256))
    special[1, 17] = 1.0
    special[2, :] = -0.25
    special[3, ::32] = np.linspace(-2, 2, 8)
    values = np.concatenate([normal, heavy, shifted, negative, tiny, grid, special]).astype(np.float32)
    return np.ascontiguousarray(values)


def by_ggml(name: str, values: np.ndarray, size: int) -> np.ndarray:
    library = ctypes.CDLL(str(Path(__file__).resolve().parents[2] / LIBRARY))
    out = np.zeros(values.size // 256 * size, dtype=np.uint8)
    quantize = getattr(library, f"quantize_row_{name}_ref")
    quantize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    quantize(values.ctypes.data, out.ctypes.data, values.size)
    return out


def main() -> None:
    values = rows()
    golden = {"values": base64.b64encode(values.tobytes()).decode(), "types": {}}
    for name in ("F16", "BF16", "Q8_0", "Q4_0", "Q5_0", "Q4_K", "Q5_K", "Q6_K"):
        kind = gguf.GGMLQuantizationType[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        if name.endswith("_K"):
            encoded = by_ggml(f"{name[:2].lower()}_K", values, size)
        else:
            encoded = gguf.quants.quantize(values, kind)
        data = encoded.tobytes()
        back = gguf.quants.dequantize(np.frombuffer(data, np.uint8), kind) if name[0] == "Q" else values
        golden["types"][name] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "mean_squared_error": float(np.mean((back.reshape(values.shape).astype(np.float64) - values) ** 2)),
            "first_block": base64.b64encode(data[:size]).decode(),
        }
    target = Path(__file__).with_name("quantization.json")
    target.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
