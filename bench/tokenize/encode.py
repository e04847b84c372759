"""`python encode.py <tokenizer.json> <texts.jsonl> <encode_batch|encode_batch_fast>` encodes twice, writes a line of JSON."""

import array
import hashlib
import json
import resource
import sys
import time

from tokenizers import Tokenizer

file, texts_file, mode = sys.argv[1:]
with open(texts_file, encoding="utf-8") as lines:
    texts = [json.loads(line)["text"] for line in lines]
encode = getattr(Tokenizer.from_file(file), mode)
batch_size = 1000

speeds = []
hashed = hashlib.sha256()
for number in range(2):
    seconds = 0.0
    tokens = 0
    for begin in range(0, len(texts), batch_size):
        start = time.perf_counter()
        encodings = encode(texts[begin : begin + batch_size], add_special_tokens=False)
        tokens += sum(len(encoding) for encoding in encodings)
        seconds += time.perf_counter() - start
        if number == 0:
            for encoding in encodings:
                hashed.update(array.array("i", encoding.ids).tobytes())
    speeds.append(tokens / seconds)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"tokens": tokens, "ids": hashed.hexdigest(), "tokens_per_second": speeds, "peak_memory_bytes": peak}))
