"""Makes the golden files of this folder: what PyTorch, Transformers, PEFT and bitsandbytes compute.

    python3 -m venv golden-env && golden-env/bin/pip install -r test/golden/requirements.txt
    golden-env/bin/python test/golden/make.py            # all of them
    golden-env/bin/python test/golden/make.py nf4        # one of them

Everything is drawn from fixed seeds and computed in float32 by one thread on a CPU. On another processor the files
come out within the tolerances of the tests that read them, not byte for byte; only NF4's must not differ at all.
"""

import argparse
import importlib.metadata
import json
import re
import shutil
from pathlib import Path

import make_model
import make_nf4
import make_training
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")


def versions() -> dict[str, str]:
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def nf4() -> None:
    save_file(make_nf4.make(), HERE / "nf4.safetensors", metadata=versions())


def models() -> None:
    """The two models and their logits."""
    logits = {}
    ids = torch.randint(4, make_model.VOCABULARY, (2, 20), generator=torch.Generator().manual_seed(9))
    for name, settings, dtype in (
        ("tiny", make_model.TINY, torch.float32),
        ("untied", make_model.UNTIED, torch.bfloat16),
    ):
        make_model.create(HERE / name, settings, seed=11, dtype=dtype)
        with torch.no_grad():
            logits[f"{name}.logits"] = make_model.load(HERE / name)(ids).logits
    save_file({"input_ids": ids.int(), **logits}, HERE / "logits.safetensors", metadata=versions())


def training() -> None:
    """Losses, first gradients and one resulting adapter, of the tiny model."""
    gradients = {}
    for run in make_training.RUNS:
        model, first = make_training.train(run, HERE / "tiny")
        print(f"{run.name}: loss {run.losses[0]:.3f} -> {run.losses[-1]:.3f}")
        if run.name in ("full", "lora"):
            # B begins at zero, so every gradient of A is zero and not worth its space.
            gradients |= {f"{run.name}/{name}": value for name, value in first.items() if value.any()}
        if run.name == "lora-rslora":
            save_adapter(model)
    save_file(gradients, HERE / "gradients.safetensors", metadata=versions())
    data = make_training.rows()
    save_file(data, HERE / "rows.safetensors", metadata=versions())
    result = {
        "versions": versions(),
        "seed": make_training.SEED,
        "steps": [
            {"rows": rows, "normaliser": int(data["loss_mask"][rows].sum())}
            for rows in map(make_training.rows_of_step, range(make_training.STEPS))
        ],
        "runs": [vars(run) for run in make_training.RUNS],
    }
    # One line a run and a step, so that a change of the files can be read.
    text = json.dumps(result, indent=1)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda numbers: re.sub(r"\s+", " ", numbers[0]), text)
    (HERE / "training.json").write_text(text + "\n")


def save_adapter(model) -> None:
    """An adapter as PEFT writes it, and the logits of the model with it."""
    folder = HERE / "adapter"
    shutil.rmtree(folder, ignore_errors=True)
    model.peft_config["default"].base_model_name_or_path = "tiny"
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink()
    ids = make_training.rows()["input_ids"][:2].long()
    with torch.no_grad():
        logits = model(ids).logits
    save_file({"input_ids": ids.int(), "logits": logits}, folder / "logits.safetensors", metadata=versions())


def main() -> None:
    makers = {"nf4": nf4, "models": models, "training": training}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", choices=[*makers, []], help="golden files to make; all by default")
    torch.set_num_threads(1)
    for which in parser.parse_args().which or makers:
        makers[which]()
        print("made", which)


if __name__ == "__main__":
    main()
