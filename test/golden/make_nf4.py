"""NF4 with double quantization as bitsandbytes computes it on a CPU: inputs and every stored part."""

import bitsandbytes.functional as bnb
import torch


def cases() -> dict[str, torch.Tensor]:
    """Inputs by name: usual weights, and everything that tends to differ between two implementations."""
    random = torch.Generator().manual_seed(20)

    def normal(*shape):
        return torch.randn(*shape, generator=random)

    levels = bnb.get_4bit_type("nf4", device="cpu")
    middles = (levels[:-1] + levels[1:]) / 2
    outliers = normal(3 * 64) * 0.02
    outliers[70] = 50.0
    outliers[191] = -3e38
    return {
        "normal": normal(180 * 64) * 0.02,
        # More blocks than one nested block holds, and an odd last one.
        "nested": (normal(300, 64) * torch.rand(300, 1, generator=random)).flatten()[:-27].contiguous(),
        # Exactly between two levels: which way does it go?
        "middles": torch.cat([middles, middles * 0.37, -middles, levels, torch.ones(3)]),
        "outliers": outliers,
        "zero": torch.zeros(2 * 64),
        "zero_blocks": torch.cat([torch.zeros(64), normal(64), torch.zeros(65)]),
        "equal": torch.full((4 * 64,), 0.5),
        # Down into the numbers below float32's normal range.
        "tiny": torch.cat([normal(64) * 1e-37, normal(64) * 1e-38, normal(64) * 1e-39, normal(30) * 1e-42]),
        "one": torch.tensor([-0.3]),
        "odd": normal(129),
        "short": normal(2, 40).flatten(),
        "whole_block": normal(64),
    }


def quantize(values: torch.Tensor) -> dict[str, torch.Tensor]:
    codes, state = bnb.quantize_4bit(values, blocksize=64, compress_statistics=True, quant_type="nf4")
    scales = bnb.dequantize_blockwise(state.absmax, state.state2) + state.offset
    return {
        "values": values,
        "codes": codes.flatten(),
        "absmax_codes": state.absmax,
        "nested_absmax": state.state2.absmax,
        "offset": state.offset.reshape(1),
        "scales": scales,
        "dequantized": bnb.dequantize_4bit(codes, state),
    }


def make() -> dict[str, torch.Tensor]:
    return {f"{name}.{part}": tensor for name, values in cases().items() for part, tensor in quantize(values).items()}
