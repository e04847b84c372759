"""Attune's second engine: executes a training plan with PyTorch, Transformers and PEFT.

The plan decides; nothing here computes a schedule, a mix of data or a mask of its own. `docs/torch-engine.md` says how the
parts fit together.
"""

__version__ = "0.1.0"
