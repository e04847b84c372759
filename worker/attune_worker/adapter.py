"""The adapter, built by PEFT: its modules, initial values, and adapters of earlier stages that became part of the base.

A merged adapter stays a frozen branch beside the base's weights (`W x + s·B₁(A₁ x)`), also in NF4, as in the embedded
engine: the base is not quantized a second time. Several are one branch of their ranks' sum.
"""

from __future__ import annotations

import math

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn
from transformers import PreTrainedModel

from .dropout import DropoutPool, PooledDropout
from .errors import WorkerError
from .random_stream import RandomStream
from .settings import EngineSettings, LoraSettings

_TRAINED = "default"
_MERGED = "merged"
_PREFIX = "base_model.model."

# A and B of one module.
Pair = tuple[Tensor, Tensor]


class Adapter:
    """The low-rank branches of a model and what changes about them between stages."""

    def __init__(self, model: PreTrainedModel, settings: EngineSettings) -> None:
        assert settings.lora is not None
        self._settings = settings
        self.lora: LoraSettings = settings.lora
        self.merged_rank = 0
        self._peft: PeftModel = _wrap(model, self.lora)
        self.layers: dict[str, LoraLayer] = {
            name.removeprefix(_PREFIX): module
            for name, module in self._peft.named_modules()
            if isinstance(module, LoraLayer)
        }
        self.pool = self._install_dropout(model)
        self.set_initial(stage=0)

    def _install_dropout(self, model: PreTrainedModel) -> DropoutPool | None:
        probability = self.lora.lora_dropout
        if probability == 0:
            return None
        config = model.config
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        widest = max(config.hidden_size, config.intermediate_size, config.num_attention_heads * head)
        pool = DropoutPool(self._settings.seed, probability, len(self.layers), widest)
        for index, layer in enumerate(self.layers.values()):
            layer.lora_dropout[_TRAINED] = PooledDropout(pool, index)
        return pool

    def pair(self, module: str, adapter: str = _TRAINED) -> tuple[nn.Parameter, nn.Parameter]:
        """A [r, in] and B [out, r] of a module."""
        layer = self.layers[module]
        return layer.lora_A[adapter].weight, layer.lora_B[adapter].weight

    def set_initial(self, stage: int) -> None:
        """Initial values as in PEFT (A: U(-1/√in, 1/√in), B zero) from the streams of `stage`, equal on every engine."""
        for module in self.layers:
            a, b = self.pair(module)
            path = ("lora", module, stage) if stage > 0 else ("lora", module)
            drawn = RandomStream(self._settings.seed, *path).uniform(a.numel())
            bound = 1 / math.sqrt(a.shape[1])
            with torch.no_grad():
                a.copy_(((2 * drawn - 1) * bound).view(a.shape))
                b.zero_()

    def merge(self, stage: int) -> None:
        """Makes what was trained part of the frozen base and begins a fresh adapter with the numbers of `stage`."""
        self._set_merged(self.joined_pairs(), self.merged_rank + self.lora.r)
        self.set_initial(stage)

    def joined_pairs(self) -> dict[str, Pair]:
        """One adapter for merged and trained ones: `[B₁ B₂] ([A₁; A₂] x)`. Copies, on the CPU."""
        joined: dict[str, Pair] = {}
        for module in self.layers:
            a, b = (matrix.detach().float().cpu() for matrix in self.pair(module))
            if self.merged_rank:
                below_a, below_b = (matrix.detach().cpu() for matrix in self.pair(module, _MERGED))
                a, b = torch.cat([below_a, a], 0), torch.cat([below_b, b], 1)
            joined[module] = (a.contiguous().clone(), b.contiguous().clone())
        return joined

    def joined_settings(self) -> tuple[int, float, bool]:
        """Rank, alpha and whether it is rank-stabilized of the joined adapter; its scaling is that of the settings."""
        lora = self.lora
        if self.merged_rank == 0:
            return lora.r, lora.lora_alpha, lora.use_rslora
        rank = lora.r + self.merged_rank
        alpha = lora.scaling * rank if lora.use_rslora else lora.lora_alpha * (rank / lora.r)
        return rank, alpha, False

    def set_joined(self, pairs: dict[str, Pair], rank: int) -> None:
        """Takes up what `joined_pairs` gave: the last `r` of `rank` are trained, the others merged."""
        below = rank - self.lora.r
        self._set_merged({module: (a[:below], b[:, :below]) for module, (a, b) in pairs.items()}, below)
        with torch.no_grad():
            for module, (a, b) in pairs.items():
                trained_a, trained_b = self.pair(module)
                trained_a.copy_(a[below:])
                trained_b.copy_(b[:, below:])

    def _set_merged(self, pairs: dict[str, Pair], rank: int) -> None:
        if self.merged_rank:
            self._peft.delete_adapter(_MERGED)
        self.merged_rank = rank
        if rank:
            self._peft.add_adapter(_MERGED, _config(self.lora, r=rank, alpha=self.lora.scaling * rank))
            self._peft.base_model.set_adapter([_MERGED, _TRAINED])
            for module, (a, b) in pairs.items():
                merged_a, merged_b = self.pair(module, _MERGED)
                merged_a.data = a.to(merged_a.device, torch.float32).contiguous()
                merged_b.data = b.to(merged_b.device, torch.float32).contiguous()
        for module in self.layers:
            for adapter, trains in ((_MERGED, False), (_TRAINED, True)):
                if adapter == _TRAINED or rank:
                    for matrix in self.pair(module, adapter):
                        matrix.requires_grad_(trains)


def _config(lora: LoraSettings, r: int, alpha: float, rslora: bool = False) -> LoraConfig:
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=r,
        lora_alpha=alpha,  # type: ignore[arg-type]
        target_modules=lora.target_modules,
        lora_dropout=0.0,
        bias="none",
        use_rslora=rslora,
    )


def _wrap(model: PreTrainedModel, lora: LoraSettings) -> PeftModel:
    try:
        return get_peft_model(model, _config(lora, lora.r, lora.lora_alpha, lora.use_rslora))
    except ValueError as error:
        raise WorkerError(
            f"PEFT cannot adapt this model: {str(error).strip().splitlines()[0]}",
            field="target_modules",
            fix="use all-linear, or names of the model's linear layers",
        ) from error
