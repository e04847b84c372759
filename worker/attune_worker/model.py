"""The base model, built by Transformers in the precision of the settings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel
from transformers.utils import logging

from .errors import WorkerError
from .four_bit_linear import quantize_layers
from .settings import MachineOptions, TrainerOptions

# Fields of a configuration that change the logits after the output matrix, which the chunked loss does not follow.
_UNSUPPORTED = ("final_logit_softcapping", "logits_scaling", "logit_scale")


@dataclass(frozen=True)
class Computation:
    """Where and how products are computed."""

    device: torch.device
    dtype: torch.dtype
    flex: bool


def choose_computation(options: TrainerOptions, local_rank: int = 0) -> Computation:
    """Fills in what the machine's options leave open.

    Raises:
        WorkerError: when the wanted device is not there.
    """
    machine = options.machine
    wanted = machine.device
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted.startswith("cuda"):
        if not torch.cuda.is_available():
            raise WorkerError(
                "there is no GPU that PyTorch can use",
                field="device",
                fix="use device: cpu, or install the PyTorch build for this GPU with `attune doctor --setup torch`",
            )
        device = torch.device(wanted if ":" in wanted else f"cuda:{local_rank}")
        torch.cuda.set_device(device)
    else:
        device = torch.device(wanted)
    on_gpu = device.type == "cuda"
    compute = machine.compute
    if compute == "auto":
        compute = "bfloat16" if on_gpu and options.settings.precision != "float32" else "float32"
    torch.set_float32_matmul_precision("high" if compute == "tf32" else "highest")
    flex = machine.attention == "flex" or (machine.attention == "auto" and on_gpu)
    return Computation(device, torch.bfloat16 if compute == "bfloat16" else torch.float32, flex)


def load_base(options: TrainerOptions, computation: Computation) -> PreTrainedModel:
    """The base model on its device, frozen unless all of it is trained.

    The numbers are those of the settings' precision, also where products are float32: bfloat16 weights are then
    rounded first and widened after, and 4-bit ones unpacked where they are used.

    Raises:
        WorkerError: when there is no such model, or it computes its logits in a way that is not followed.
    """
    settings = options.settings
    path = str(options.model)
    narrow = computation.dtype == torch.bfloat16 and settings.method != "full" and settings.precision != "float32"
    # NF4 is made from float32 and the rest narrowed after.
    rounded = settings.precision == "bfloat16"
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        config.attention_dropout = 0.0
        model = AutoModelForCausalLM.from_pretrained(
            path,
            config=config,
            dtype=torch.bfloat16 if rounded else torch.float32,
            attn_implementation="flex_attention" if computation.flex else "sdpa",
            local_files_only=True,
        )
    except (OSError, ValueError) as error:
        raise WorkerError(
            f"Transformers cannot load this model: {_first_line(error)}",
            file=path,
            field="model",
            fix="name a folder with config.json and safetensors files",
        ) from error
    unsupported = next((field for field in _UNSUPPORTED if getattr(config, field, None)), None)
    if unsupported:
        raise WorkerError(f"the model uses {unsupported}, which is not supported", file=path, field=unsupported)
    # Transformers keeps the gradient of the padding token's embedding at zero. Many models pad with the token that ends a
    # turn, which has to be learnt; real padding gives no gradient anyway, because nothing sees it.
    model.get_input_embeddings().padding_idx = None
    model.requires_grad_(settings.method == "full")
    if rounded and not narrow:
        model.float()
    model.to(computation.device)
    if settings.precision == "nf4":
        quantize_layers(model, options.quantized, options.machine.four_bit)
        if narrow:
            _narrow(model)
    model.config.use_cache = False
    if settings.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model.train()


def compile_layers(model: nn.Module, machine: MachineOptions) -> None:
    """Compiles each decoder layer by itself: alike layers are compiled once, and shapes may change."""
    if not machine.compile:
        return
    for layer in model.get_decoder().layers:  # type: ignore[operator]
        layer.compile(dynamic=True)


def _narrow(model: nn.Module) -> None:
    """Everything but codes and their scales to bfloat16."""
    for parameter in model.parameters():
        if parameter.dtype == torch.float32:
            parameter.data = parameter.data.bfloat16()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
