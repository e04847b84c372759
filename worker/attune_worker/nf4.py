"""NF4 with double quantization (QLoRA, arXiv 2305.14314): the same codes as `src/adapter/nf4.ts` and bitsandbytes 0.50.

A tensor is cut, flat, into blocks of 64. A block is divided by its largest magnitude (absmax), and each element becomes the
nearest of 16 levels. The absmax values, less their mean, are themselves quantized in blocks of 256 to 8 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .errors import WorkerError

BLOCK = 64
NESTED_BLOCK = 256

LEVELS = torch.tensor(
    [
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0,
    ]
)


@dataclass(frozen=True)
class Nf4Tensor:
    """`codes` hold two codes a byte, the first element in the high nibble; the rest are the scales' own quantization."""

    codes: Tensor
    absmax_codes: Tensor
    nested_absmax: Tensor
    offset: Tensor

    def scales(self) -> Tensor:
        """float32 [⌈n / 64⌉]: the scale of each block."""
        nested = self.nested_absmax.repeat_interleave(NESTED_BLOCK)[: len(self.absmax_codes)]
        return dynamic_levels()[self.absmax_codes.long()] * nested + self.offset


def quantize(values: Tensor) -> Nf4Tensor:
    """Quantizes float32 `values` of any shape whose size is a multiple of 64.

    Raises:
        WorkerError: when a value is infinite or not a number, or the size is none.
    """
    if values.numel() % BLOCK:
        raise WorkerError(f"has {values.numel()} elements, which is no multiple of {BLOCK}")
    blocks = values.detach().float().cpu().reshape(-1, BLOCK)
    absmax = blocks.abs().amax(1)
    if not torch.isfinite(absmax).all():
        raise WorkerError("holds a value that is infinite or not a number, which NF4 cannot express")
    middles = (LEVELS[:-1] + LEVELS[1:]) / 2
    factor = 1 / absmax.clamp_min(1e-38)
    codes = torch.bucketize((blocks * factor[:, None]).reshape(-1), middles).to(torch.uint8)
    offset = _mean(absmax)
    return Nf4Tensor(codes[0::2] << 4 | codes[1::2], *_quantize_dynamic(absmax - offset), offset)


def dequantize(codes: Tensor, scales: Tensor, dtype: torch.dtype) -> Tensor:
    """The elements, flat, from codes and ready scales; each is one product in float32."""
    # One byte holds two codes, so one look-up in a table of 256 pairs gives two weights.
    pairs = _pairs(codes.device)[codes.int()]
    return (pairs.view(-1, BLOCK) * scales[:, None]).to(dtype).view(-1)


_pair_tables: dict[torch.device, Tensor] = {}


def _pairs(device: torch.device) -> Tensor:
    if device not in _pair_tables:
        byte = torch.arange(256)
        _pair_tables[device] = torch.stack([LEVELS[byte >> 4], LEVELS[byte & 15]], 1).to(device)
    return _pair_tables[device]


def _mean(values: Tensor) -> Tensor:
    """With one thread: above 32,768 values PyTorch's sum depends on the number of threads in its last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return values.mean()
    finally:
        torch.set_num_threads(threads)


_dynamic: list[Tensor] = []


def dynamic_levels() -> Tensor:
    """The 256 levels of the dynamic 8-bit type (arXiv 1511.04561), in rising order.

    A sign, a decimal exponent 0 to -6 written as a run of zeros, the rest of the bits for a linear fraction between 0.1
    and 1; besides them 0 and 1.
    """
    if not _dynamic:
        levels = [torch.tensor([0.0, 1.0])]
        for exponent in range(-6, 1):
            borders = torch.linspace(0.1, 1, 2 ** (exponent + 6) + 1)
            positive = 10.0**exponent * ((borders[:-1] + borders[1:]) / 2)
            levels += [positive, -positive]
        _dynamic.append(torch.cat(levels).sort().values)
    return _dynamic[0]


def _dynamic_codes() -> Tensor:
    """bitsandbytes looks a value up in a table of 65,536 equal steps over [-1, 1]; so does this."""
    levels = dynamic_levels()
    middles = 0.5 * (levels[:-1] + levels[1:])
    places = (2 * torch.arange(65_536, dtype=torch.float64) / 65_535).float() - 1
    return torch.bucketize(places, middles).to(torch.uint8)


def _quantize_dynamic(values: Tensor) -> tuple[Tensor, Tensor]:
    count = len(values)
    padded = torch.nn.functional.pad(values, (0, -count % NESTED_BLOCK)).view(-1, NESTED_BLOCK)
    largest = padded.abs().amax(1)
    # Where all are zero any code gives zero; the embedded engine writes 0.
    factor = torch.where(largest == 0, 0, 1 / largest)
    scaled = (padded * factor[:, None]).clamp(-1, 1)
    places = torch.floor((scaled + 1) * 0.5 * 65_535 + 0.5).long()
    codes = torch.where(largest[:, None] == 0, 0, _dynamic_codes()[places])
    return codes.reshape(-1)[:count].to(torch.uint8), largest
