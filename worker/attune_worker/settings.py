"""What a trainer is made from: the `engine` part of `plan.json`, where model and rows lie, and how this machine computes.

What shapes the result (`EngineSettings`) comes from the plan and is the same for every engine. What only decides speed
and memory (`MachineOptions`) is no part of the plan.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar

from .errors import WorkerError

T = TypeVar("T")


@dataclass(frozen=True)
class LoraSettings:
    """LoRA as in PEFT's `LoraConfig`."""

    r: int
    lora_alpha: float
    target_modules: list[str] | str
    lora_dropout: float = 0.0
    bias: str = "none"
    use_rslora: bool = False
    loraplus_lr_ratio: float = 1.0

    @property
    def scaling(self) -> float:
        """Factor of B·A: alpha / r, with rank-stabilized LoRA (arXiv 2312.03732) alpha / √r."""
        return self.lora_alpha / (self.r**0.5 if self.use_rslora else self.r)


@dataclass(frozen=True)
class OptimizerSettings:
    """AdamW and clipping; `max_grad_norm` 0 switches clipping off."""

    adam_beta1: float
    adam_beta2: float
    adam_epsilon: float
    weight_decay: float
    max_grad_norm: float


@dataclass(frozen=True)
class EngineSettings:
    """What is trained and in which precision the frozen base is held."""

    method: Literal["full", "lora", "qlora"]
    precision: Literal["float32", "bfloat16", "nf4"]
    optimizer: OptimizerSettings
    seed: int
    gradient_checkpointing: bool = False
    lora: LoraSettings | None = None


@dataclass(frozen=True)
class MachineOptions:
    """How this machine computes.

    `compute`: precision of the matrix products. `auto` is bfloat16 on a GPU unless the plan's precision is float32, and
    float32 on a CPU, which is what the embedded engine computes in.
    `attention`: `sdpa` with an explicit mask, `flex` (FlexAttention) or `auto`: flex on a GPU, where rows hold several segments.
    `threads`: of a CPU; 0 leaves PyTorch's default.
    """

    device: str = "auto"
    compute: Literal["auto", "float32", "tf32", "bfloat16"] = "auto"
    attention: Literal["auto", "sdpa", "flex"] = "auto"
    four_bit: Literal["auto", "own", "bitsandbytes"] = "auto"
    compile: bool = False
    threads: int = 0


@dataclass(frozen=True)
class BaseModel:
    """The base model as PEFT is to find it: hub id or path, and the revision when it came from the hub."""

    name: str
    revision: str | None = None


@dataclass(frozen=True)
class TrainerOptions:
    """Everything that a trainer is made from.

    `directory` is the folder of token shards; the plan's rows are numbered through `train_splits`, one after the other.
    `quantized` names a file of NF4 weights as the embedded engine keeps them; without it the worker quantizes.
    `start_from` is an adapter's (or full model's) folder to begin with instead of the initial values.
    """

    model: Path
    base_model: BaseModel
    settings: EngineSettings
    directory: Path
    train_splits: list[str] = field(default_factory=lambda: ["train"])
    has_evaluation: bool = False
    quantized: Path | None = None
    start_from: Path | None = None
    machine: MachineOptions = field(default_factory=MachineOptions)


def trainer_options(value: dict[str, Any]) -> TrainerOptions:
    """Reads options that came as JSON.

    Raises:
        WorkerError: naming the field that is missing, unknown or of no possible value.
    """
    known = dict(value)
    engine = dict(_object(known.get("settings"), "settings"))
    engine["optimizer"] = _read(OptimizerSettings, engine.get("optimizer"), "settings.optimizer")
    if engine.get("lora") is not None:
        engine["lora"] = _read(LoraSettings, engine["lora"], "settings.lora")
    known["settings"] = _read(EngineSettings, engine, "settings")
    known["base_model"] = _read(BaseModel, known.get("base_model"), "base_model")
    known["machine"] = _read(MachineOptions, known.get("machine", {}), "machine")
    for name in ("model", "directory", "quantized", "start_from"):
        if known.get(name) is not None:
            known[name] = Path(known[name])
    options = _read(TrainerOptions, known, "options")
    _check(options)
    return options


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WorkerError(f"{where} is missing or no object", field=where)
    return value


def _read(kind: type[T], value: Any, where: str) -> T:
    given = _object(value, where)
    names = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(given) - names)
    if unknown:
        raise WorkerError(f"{where} has a field {unknown[0]} that is not known", field=f"{where}.{unknown[0]}")
    for entry in fields(kind):  # type: ignore[arg-type]
        required = entry.default is MISSING and entry.default_factory is MISSING
        if required and entry.name not in given:
            raise WorkerError(f"{where} lacks {entry.name}", field=f"{where}.{entry.name}")
    return kind(**given)


_CHOICES = {
    "settings.method": ("full", "lora", "qlora"),
    "settings.precision": ("float32", "bfloat16", "nf4"),
    "machine.compute": ("auto", "float32", "tf32", "bfloat16"),
    "machine.attention": ("auto", "sdpa", "flex"),
    "machine.four_bit": ("auto", "own", "bitsandbytes"),
}


def _check(options: TrainerOptions) -> None:
    for where, choices in _CHOICES.items():
        part, name = where.split(".")
        value = getattr(getattr(options, part), name)
        if value not in choices:
            raise WorkerError(f"{name} is {value!r}, not one of {', '.join(choices)}", field=where)
    settings = options.settings
    if (settings.method == "full") != (settings.lora is None):
        raise WorkerError(
            f"method {settings.method} {'goes with no' if settings.method == 'full' else 'needs'} lora settings",
            field="settings.lora",
        )
    if settings.lora is not None and settings.lora.bias != "none":
        raise WorkerError(
            f"bias {settings.lora.bias} is not supported by the torch engine", field="bias", fix="use bias: none"
        )
    if settings.method == "full" and settings.precision != "float32":
        raise WorkerError(
            f"full fine-tuning holds its weights in float32, not in {settings.precision}",
            field="precision",
            fix="use precision: float32; the products may still be computed in bfloat16",
        )
