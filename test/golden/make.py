"""Makes the golden files of this folder: what PyTorch, Transformers, PEFT and bitsandbytes compute.

    python3 -m venv golden-env && golden-env/bin/pip install -r test/golden/requirements.txt
    golden-env/bin/python test/golden/make.py            # all of them
    golden-env/bin/python test/golden/make.py nf4        # one of them

Everything is drawn from fixed seeds and computed in float32 by one thread on a CPU. The files need not come out
byte for byte the same on another processor, only within the tolerances of the tests that read them; NF4's must.
"""

import argparse
import importlib.metadata
from pathlib import Path

import make_nf4
import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")


def versions() -> dict[str, str]:
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def nf4() -> None:
    save_file(make_nf4.make(), HERE / "nf4.safetensors", metadata=versions())


def main() -> None:
    makers = {"nf4": nf4}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", choices=[*makers, []], help="golden files to make; all by default")
    torch.set_num_threads(1)
    for which in parser.parse_args().which or makers:
        makers[which]()
        print("made", which)


if __name__ == "__main__":
    main()
