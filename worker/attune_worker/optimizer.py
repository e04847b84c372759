"""AdamW (arXiv 1711.05101) and clipping, both PyTorch's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from .settings import OptimizerSettings

Moment = Literal["exp_avg", "exp_avg_sq"]
MOMENTS: tuple[Moment, Moment] = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Trained:
    """One trained tensor: its name in checkpoints, and how the optimizer treats it.

    Normalization weights and biases are not decayed, as in Transformers' Trainer; LoRA+ (arXiv 2402.12354) trains B faster.
    """

    name: str
    parameter: nn.Parameter
    decay: bool = True
    learning_rate_ratio: float = 1.0


class Optimizer:
    """Holds the moments of the trained tensors and updates them in place."""

    def __init__(self, trained: Sequence[Trained], settings: OptimizerSettings) -> None:
        self._trained = trained
        self._settings = settings
        kinds: dict[tuple[bool, float], list[nn.Parameter]] = {}
        for one in trained:
            kinds.setdefault((one.decay, one.learning_rate_ratio), []).append(one.parameter)
        groups = [
            {"params": parameters, "weight_decay": settings.weight_decay if decay else 0.0, "ratio": ratio}
            for (decay, ratio), parameters in kinds.items()
        ]
        device = trained[0].parameter.device
        fused = device.type in ("cuda", "cpu")
        self._adamw = torch.optim.AdamW(
            groups,
            betas=(settings.adam_beta1, settings.adam_beta2),
            eps=settings.adam_epsilon,
            fused=fused,
        )
        for one in trained:
            # A checkpoint before the first step holds moments too.
            self._adamw.state[one.parameter] = {
                "step": torch.zeros((), device=device if fused else "cpu"),
                **{moment: torch.zeros_like(one.parameter) for moment in MOMENTS},
            }

    def gradient_norm(self) -> float:
        """Euclidean norm of all gradients."""
        return get_total_norm(self._gradients()).item()

    def update(self, step: int, learning_rate: float, gradient_norm: float) -> None:
        """One step.

        Args:
            step: 1-based, counted since the moments were zero: for the bias correction.
            gradient_norm: of all gradients, which are scaled down where it is above `max_grad_norm`.
        """
        limit = self._settings.max_grad_norm
        if limit > 0:
            parameters = [one.parameter for one in self._trained]
            clip_grads_with_norm_(parameters, limit, torch.tensor(gradient_norm, dtype=torch.float32))
        for one in self._trained:
            self._adamw.state[one.parameter]["step"].fill_(step - 1)
        for group in self._adamw.param_groups:
            group["lr"] = learning_rate * group["ratio"]
        self._adamw.step()

    def zero_gradients(self) -> None:
        """Keeps the memory: every step fills the same gradients."""
        for one in self._trained:
            if one.parameter.grad is None:
                one.parameter.grad = torch.zeros_like(one.parameter)
            else:
                one.parameter.grad.zero_()

    def reset(self) -> None:
        """Makes the moments zero again."""
        for one in self._trained:
            for moment in MOMENTS:
                self.moment(one, moment).zero_()

    def moment(self, one: Trained, moment: Moment) -> Tensor:
        """First or second moment of a trained tensor, to be read or filled."""
        return self._adamw.state[one.parameter][moment]

    def state_bytes(self) -> int:
        """Memory of values, gradients and both moments."""
        return sum(4 * one.parameter.numel() * one.parameter.element_size() for one in self._trained)

    def _gradients(self) -> list[Tensor]:
        return [one.parameter.grad for one in self._trained if one.parameter.grad is not None]
