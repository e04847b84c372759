"""What a step costs in floating point operations, and which share of the device's peak that is (MFU, arXiv 2204.02311).

Only what the model itself asks for counts: layers that are computed a second time for gradient checkpointing do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from .micro_batch import MicroBatch

# Peak of dense products in 10^12 operations a second, from NVIDIA's data sheets: bfloat16, TF32, float32.
_PEAKS = {
    "H200": (989.0, 494.5, 67.0),
    "H100 PCIe": (756.0, 378.0, 51.0),
    "H100": (989.0, 494.5, 67.0),
    "A100": (312.0, 156.0, 19.5),
    "L40S": (362.0, 183.0, 91.6),
    "L4": (121.0, 60.0, 30.3),
    "A10": (125.0, 62.5, 31.2),
    "RTX 4090": (165.2, 82.6, 82.6),
    "RTX 3090": (71.0, 35.6, 35.6),
}


def peak_flops(device: torch.device, dtype: torch.dtype) -> float | None:
    """Peak operations a second of `device`, or None where it is not known."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    peaks = next((peaks for known, peaks in _PEAKS.items() if known in name), None)
    if peaks is None:
        return None
    tf32 = torch.get_float32_matmul_precision() == "high"
    return 1e12 * peaks[0 if dtype == torch.bfloat16 else 1 if tf32 else 2]


@dataclass(frozen=True)
class Costs:
    """Operations of a training step: a product of n weights is 2n a token forward, 2n for the gradient of its input, and 2n
    for that of its weights where they are trained."""

    per_token: int
    per_supervised_token: int
    per_visible_pair: int

    def of(self, batch: MicroBatch) -> int:
        """Operations of forward and backward pass over `batch`."""
        return (
            self.per_token * batch.tokens
            + self.per_supervised_token * len(batch.targets)
            + self.per_visible_pair * batch.visible_pairs
        )


def costs_of(model: nn.Module) -> Costs:
    """Counts the weights of a model of Transformers, its adapters included."""
    output = model.get_output_embeddings()  # type: ignore[operator]
    per_token = 0
    for module in model.modules():
        if isinstance(module, nn.Linear) and module is not output:
            weights = module.in_features * module.out_features
            per_token += (6 if module.weight.requires_grad else 4) * weights
    config = model.config
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    # Two products of queries, keys and values forward, twice as many backward.
    pair = 12 * head * config.num_attention_heads * config.num_hidden_layers
    of_output = (6 if output.weight.requires_grad else 4) * output.weight.numel()
    return Costs(per_token, of_output, pair)
