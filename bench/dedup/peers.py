"""A peer on one corpus: python peers.py datasketch|rensa <corpus.jsonl> <threshold> <roots.txt>

Texts become sets of five words, sets become MinHash signatures of 128 values, and documents that meet in a band are one
cluster, as the documentation of both packages does it. Writes the number of every document's cluster, one a line, and
prints the time from reading the file to the clusters, without starting Python and importing the package.
"""
import json
import sys
import time

peer, corpus, threshold, roots = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
SHINGLE, PERMUTATIONS, BATCH = 5, 128, 2000

if peer == "datasketch":
    from datasketch import MinHash, MinHashLSH
else:
    from rensa import RMinHash, RMinHashLSH


def shingles(text):
    words = text.lower().split()
    return [" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def with_datasketch(texts, join):
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    sets = ([shingle.encode() for shingle in set(shingles(text))] for text in texts)
    for document, signature in enumerate(MinHash.generator(sets, num_perm=PERMUTATIONS)):
        for other in index.query(signature):
            join(document, other)
        index.insert(document, signature)


def with_rensa(texts, join):
    # Bands of 8 values suit 0.7, bands of 4 suit 0.4.
    index = RMinHashLSH(threshold, PERMUTATIONS, 16 if threshold > 0.5 else 32)
    for first in range(0, len(texts), BATCH):
        signatures = RMinHash.from_token_sets([shingles(text) for text in texts[first : first + BATCH]], PERMUTATIONS, 42)
        index.insert_many(signatures, first)
        for document, others in enumerate(index.query_all(signatures), first):
            for other in others:
                if other != document:
                    join(document, other)


started = time.perf_counter()
with open(corpus, encoding="utf-8") as lines:
    texts = [json.loads(line)["text"] for line in lines]
parents = list(range(len(texts)))


def root(document):
    while parents[document] != document:
        parents[document] = parents[parents[document]]
        document = parents[document]
    return document


def join(one, other):
    one, other = root(one), root(other)
    if one != other:
        parents[max(one, other)] = min(one, other)


(with_datasketch if peer == "datasketch" else with_rensa)(texts, join)
clusters = [root(document) for document in range(len(texts))]
seconds = time.perf_counter() - started

with open(roots, "w") as file:
    file.write("\n".join(map(str, clusters)))
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
times = time.process_time()
print(json.dumps({"seconds": seconds, "processor_seconds": times, "peak_memory_bytes": peak}))
