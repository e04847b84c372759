"""Linear layers of the frozen base in NF4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from . import nf4
from .errors import WorkerError

# What QLoRA quantizes: every linear layer of the decoder, but not the output matrix.
_NAMES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class _FrozenProduct(torch.autograd.Function):
    """x·Wᵀ that makes W anew for the gradient of x instead of keeping it."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, layer: Nf4Linear) -> Tensor:
        ctx.layer = layer
        return x @ layer.dense(x.dtype).t()

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, None]:  # type: ignore[override]
        return dy @ ctx.layer.dense(dy.dtype), None


class Nf4Linear(nn.Linear):
    """A frozen linear layer whose `weight` is its codes; PEFT adapts it as it adapts `nn.Linear`."""

    def __init__(self, layer: nn.Linear, codes: Tensor, scales: Tensor) -> None:
        nn.Module.__init__(self)
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.weight = nn.Parameter(codes, requires_grad=False)
        self.bias = layer.bias
        self.register_buffer("scales", scales, persistent=False)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """The weights [out, in]."""
        flat = nf4.dequantize(self.weight, self.scales, dtype)
        return flat.view(self.out_features, self.in_features)

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        product = _FrozenProduct.apply(x, self)
        return product if self.bias is None else product + self.bias.to(product.dtype)


def quantize_layers(model: nn.Module, ready: Path | None, four_bit: str) -> None:
    """Replaces the decoder's linear layers, which hold float32, by ones in NF4.

    Args:
        ready: A file of codes and scales that the embedded engine wrote; without it they are computed here.
        four_bit: `own`, `bitsandbytes`, or `auto`: the latter where it is installed and the weights lie on a GPU.

    Raises:
        WorkerError: when a layer cannot be quantized or `ready` does not fit.
    """
    layers = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.rsplit(".", 1)[-1] in _NAMES
    ]
    stored = _open(ready) if ready else None
    for name, layer in layers:
        key = f"{name}.weight"
        try:
            quantized = _stored(stored, key) if stored else nf4.quantize(layer.weight)
        except (WorkerError, SafetensorError) as error:
            file = str(ready) if ready else None
            raise WorkerError(f"tensor {key} {error}", file=file, field=key) from error
        device = layer.weight.device
        replaced = _bitsandbytes(layer, quantized, four_bit)
        if replaced is None:
            replaced = Nf4Linear(layer, quantized.codes.to(device), quantized.scales().to(device))
        parent, _, last = name.rpartition(".")
        setattr(model.get_submodule(parent), last, replaced)


def _open(file: Path) -> Any:
    try:
        return safe_open(str(file), framework="pt")
    except (OSError, SafetensorError) as error:
        raise WorkerError(f"cannot be read: {error}", file=str(file), field="quantized") from error


def _stored(file: Any, key: str) -> nf4.Nf4Tensor:
    codes, absmax, nested, offset = (
        file.get_tensor(key + part) for part in ("", ".absmax", ".nested_absmax", ".nested_offset")
    )
    return nf4.Nf4Tensor(codes, absmax, nested, offset)


def _bitsandbytes(layer: nn.Linear, quantized: nf4.Nf4Tensor, four_bit: str) -> nn.Module | None:
    """The layer with bitsandbytes' kernels, where they are wanted and there."""
    if four_bit == "own" or (four_bit == "auto" and layer.weight.device.type != "cuda"):
        return None
    try:
        from . import bitsandbytes_linear
    except ImportError as error:
        if four_bit == "auto":
            return None
        raise WorkerError(
            "bitsandbytes is not installed", field="four_bit", fix="install bitsandbytes, or use four_bit: own"
        ) from error
    return bitsandbytes_linear.linear(layer, quantized)
