"""The kernels of bitsandbytes over codes that are there already, so that both ways train on the same base.

Importing this fails where bitsandbytes is not installed. It has not been run on a GPU yet: every layer is
therefore compared with the worker's own weights before it is used.
"""

from __future__ import annotations

import bitsandbytes as bnb
import torch
from bitsandbytes.functional import QuantState, dequantize_4bit
from torch import nn

from . import nf4
from .errors import WorkerError


def linear(layer: nn.Linear, quantized: nf4.Nf4Tensor) -> nn.Module:
    """`layer` as bitsandbytes' `Linear4bit` on the same device.

    Raises:
        WorkerError: when its weights differ from those of the codes.
    """
    device = layer.weight.device
    nested = QuantState(
        absmax=quantized.nested_absmax.to(device),
        code=nf4.dynamic_levels().to(device),
        blocksize=nf4.NESTED_BLOCK,
        dtype=torch.float32,
    )
    state = QuantState(
        absmax=quantized.absmax_codes.to(device),
        shape=layer.weight.shape,
        code=nf4.LEVELS.to(device),
        blocksize=nf4.BLOCK,
        quant_type="nf4",
        dtype=torch.float32,
        offset=quantized.offset.to(device),
        state2=nested,
    )
    codes = quantized.codes.to(device).view(-1, 1)
    wanted = nf4.dequantize(codes.view(-1), quantized.scales().to(device), torch.float32)
    found = dequantize_4bit(codes, state).view(-1)
    if not torch.allclose(found, wanted, rtol=1e-5, atol=1e-7):
        raise WorkerError(
            "bitsandbytes gives other weights for these codes", field="four_bit", fix="use four_bit: own"
        )
    made = bnb.nn.Linear4bit(
        layer.in_features, layer.out_features, bias=layer.bias is not None, quant_type="nf4", device="meta"
    )
    weight = bnb.nn.Params4bit(
        codes, requires_grad=False, quant_state=state, blocksize=nf4.BLOCK, quant_type="nf4", bnb_quantized=True
    )
    weight.module = made
    made.weight = weight
    made.quant_state = state
    made.bias = layer.bias
    return made
