"""Makes likelihoods.json: what lm-evaluation-harness gives as log-likelihoods on the small model `tiny`.

The model gets byte-level BPE tokenizers over ASCII, one that puts a beginning before every text and one that does not,
since how prompt and continuation are cut into tokens is half of it. Needs lm-eval besides the other requirements:

    pip install -r test/golden/requirements.txt lm-eval==0.4.13
    python test/golden/make_likelihoods.py
"""

import json
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM

HERE = Path(__file__).parent
SPECIAL = ["<pad>", "<s>", "</s>"]
WORDS = ["Ġthe", "Ġyes", "Ġno", "Ġma", "Ġmaybe", "yes", "is", "Ġis", "in", "Ġin", "ĠĠ", "er", "Ġan", "ĠAn", "re"]

PAIRS = [
    ["Is the sky blue? Answer:", " yes"],
    ["Is the sky blue? Answer:", " no"],
    ["Is the sky blue? Answer:", " maybe the answer is in the rest"],
    ["Is the sky blue? Answer: ", "yes"],
    ["Is the sky blue? Answer:  ", "yes"],
    ["Is the sky blue? Answer:\n", "yes"],
    ["the", "re is"],
    ["the\u00a0", "re"],
    ["A", "n"],
    ["", "the answer is yes"],
    ["", "</s>the answer"],
    ["", "<s>the answer"],
    ["  ", "yes"],
    ["<s>the answer is", " yes"],
    ["the</s>", " yes"],
    # One of these is the most probable token.
    *(["An", chr(code)] for code in range(33, 127)),
]
LONG = "the answer is in the rest, " * 14
ROLLING = ["the answer is yes", LONG, LONG + "maybe no", "y"]


def tokenizer(adds_beginning: bool) -> dict:
    vocabulary = [*SPECIAL, *(chr(code) for code in range(33, 127)), "Ġ", "Ċ"]
    merges = []
    for word in WORDS:
        for end in range(2, len(word) + 1):
            if word[:end] not in vocabulary:
                vocabulary.append(word[:end])
                merges.append([word[: end - 1], word[end - 1]])
    ids = {token: i for i, token in enumerate(vocabulary)}
    assert len(ids) <= 160
    before = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    template = {
        "type": "TemplateProcessing",
        "single": [before, text],
        "pair": [before, text, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
    }
    flags = dict(special=True, single_word=False, lstrip=False, rstrip=False, normalized=False)
    return {
        "version": "1.0",
        "added_tokens": [{"id": ids[token], "content": token} | flags for token in SPECIAL],
        "normalizer": None,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "post_processor": template if adds_beginning else None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": ids, "merges": merges},
    }


def measure(definition: dict, pairs: list, rolling: list) -> dict:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ["config.json", "model.safetensors"]:
            shutil.copy(HERE / "tiny" / file, folder)
        (folder / "tokenizer.json").write_text(json.dumps(definition))
        names = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
        (folder / "tokenizer_config.json").write_text(json.dumps(names))
        # With its cache, two pairs that are the same tokens but cut at other places get the logits of one another's places
        # ("" + "<s>the answer is yes" and "<s>the answer is" + " yes").
        harness = HFLM(pretrained=str(folder), dtype="float32", device="cpu", batch_size=1, logits_cache=False)
        ask = lambda kind, arguments: Instance(request_type=kind, doc={}, arguments=arguments, idx=0)
        results = harness.loglikelihood([ask("loglikelihood", tuple(pair)) for pair in pairs])
        sums = harness.loglikelihood_rolling([ask("loglikelihood_rolling", (text,)) for text in rolling])
    return {
        "tokenizer": definition,
        "pairs": [[*pair, value, greedy] for pair, (value, greedy) in zip(pairs, results)],
        "rolling": [[text, value] for text, value in zip(rolling, sums)],
    }


def main() -> None:
    torch.manual_seed(0)
    # Where the prompt is white space alone, the harness has a prompt only with a tokenizer that adds a beginning.
    plain = measure(tokenizer(False), [pair for pair in PAIRS if pair[0] != "  "], ROLLING)
    # With such a tokenizer the harness's rolling windows count a second beginning; Attune does not.
    begun = measure(tokenizer(True), PAIRS, [])
    made = {"lm_eval": version("lm-eval"), "torch": version("torch"), "transformers": version("transformers")}
    text = json.dumps({"made_with": made, "plain": plain, "begun": begun}, ensure_ascii=True)
    (HERE / "likelihoods.json").write_text(text + "\n")


main()
