"""Makes token-ids.json: the ids that llama.cpp gives for varied texts, for each way of splitting text.

Needs SmolLM2-135M-Instruct as GGUF (`attune models` says where it lies), the Python package `gguf`, and
node-llama-cpp (npm install node-llama-cpp), whose folder is given with --node-modules. For every value of
`tokenizer.ggml.pre` a GGUF file with SmolLM2's vocabulary and that value is made, so that only the
splitting differs, and llama.cpp itself encodes the texts.

    python test/golden/make_token_ids.py SmolLM2-135M-Instruct.Q4_1.gguf --node-modules ~/llama/node_modules
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import gguf

PRE_TOKENIZERS = ["smollm", "default", "gpt-2", "falcon", "llama-bpe", "qwen2", "deepseek-coder"]

TEXTS = [
    "Hello world",
    " leading space and trailing ",
    "It's we'll I'VE they'd don't O'Clock",
    "1 12 123 1234 12345 1234567890 3.14159 1,234,567.89 -42 50% $1,000.00 (2,345)",
    "２０２４年 ١٢٣ ⅷ ½ x² 1e-10 0xFF",
    "def f(x: int) -> int:\n    return x**2  # comment\n\n\nclass A:\n\tpass\n",
    "for (let i = 0; i < n; i++) { a[i] += b[i] && !c; }\r\n<div class=\"x\">&nbsp;</div>",
    "日本語のテキストと中文文本，以及한국어。",
    "Ünïcödé naïve café Ελληνικά Русский العربية עברית हिन्दी ไทย",
    "emoji 😀😃 👨‍👩‍👧‍👦 🇩🇪 👍🏽 end",
    "spaces  two   three    four     five\ttab\t\ttabs",
    "\n", "\n\n", " \n \n", "\r\n\r\n", "   ", "a\n\n\nb", "a \n b", "\u00a0nbsp\u2003em\u200bzero",
    "<|im_start|>user\nWhat is 2+2?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_end|><|im_end|> <|endoftext|>x<|im_start|>",
    "<|im_star|> <|im_end |> <repo_name>r<file_sep>",
    "| Year | Revenue |\n|---|---:|\n| 2019 | $1,234.5 |\n| 2018 | (987.6) |\n",
    "https://example.com/a?b=c&d=e#f user@example.com C:\\path\\file.txt",
    "...!!! ??? --- === ~~~ ^^^ ``` ''' \"\"\" $$ <<>> ||",
    "aaaaaaaaaaaaaaaaaaaaaaaa AAAAAAAA antidisestablishmentarianism",
    "",
]

ENCODE = """
import { getLlama } from 'node-llama-cpp';
import { readFileSync, writeFileSync } from 'node:fs';
const [, , request, answer] = process.argv;
const { files, texts } = JSON.parse(readFileSync(request, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const ids = {};
for (const [name, modelPath] of Object.entries(files)) {
  const model = await llama.loadModel({ modelPath, vocabOnly: true });
  ids[name] = texts.map((text) => [...model.tokenize(text, true)]);
  await model.dispose();
}
writeFileSync(answer, JSON.stringify(ids));
process.exit(0);
"""


def write_vocabulary(source: gguf.GGUFReader, pre: str, target: Path) -> None:
    """Copies the metadata of a GGUF file, without tensors, with another `tokenizer.ggml.pre`."""
    writer = gguf.GGUFWriter(target, "llama")
    for field in source.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        value = pre if field.name == "tokenizer.ggml.pre" else field.contents()
        writer.add_key_value(field.name, value, kind, field.types[-1] if len(field.types) > 1 else None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--node-modules", type=Path, required=True)
    arguments = parser.parse_args()
    source = gguf.GGUFReader(arguments.model)
    with tempfile.TemporaryDirectory(dir=arguments.node_modules.parent) as folder:
        files = {}
        for pre in PRE_TOKENIZERS:
            files[pre] = str(Path(folder) / f"{pre}.gguf")
            write_vocabulary(source, pre, Path(files[pre]))
        request, answer, script = (Path(folder) / name for name in ("request.json", "answer.json", "encode.mjs"))
        request.write_text(json.dumps({"files": files, "texts": TEXTS}))
        script.write_text(ENCODE)
        subprocess.run(["node", script, request, answer], check=True)
        ids = json.loads(answer.read_text())
    cases = [
        {"text": text, "ids": {pre: ids[pre][index] for pre in PRE_TOKENIZERS}} for index, text in enumerate(TEXTS)
    ]
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    Path(__file__).with_name("token-ids.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
