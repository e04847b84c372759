/** `node attune.mjs <tokenizer.json> <texts.jsonl>` encodes the texts twice and writes one line of JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tokenizeExamples } from '../../dist/chat/tokenize.js';
import { createTokenizer } from '../../dist/model/native-tokenizer.js';
import { peakMemoryBytes } from '../harness/memory.mjs';

const [file, textsFile] = process.argv.slice(2);
const tokenizer = createTokenizer(JSON.parse(readFileSync(file, 'utf8')), {}, file);
const examples = readFileSync(textsFile, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line, i) => ({ id: String(i), text: JSON.parse(line).text }));
/** Plain texts need no template, only the token that ends them. */
const format = { document: { prefix: [], end: 0 } };
/** As many at once as when shards are built. */
const batchSize = 256;

const tokensPerSecond = [];
let tokens = 0;
const hash = createHash('sha256');
for (let pass = 0; pass < 2; pass++) {
  const all = [];
  const start = performance.now();
  for (let i = 0; i < examples.length; i += batchSize) {
    for (const { ids } of await tokenizeExamples(examples.slice(i, i + batchSize), format, tokenizer))
      all.push(ids);
  }
  const seconds = (performance.now() - start) / 1000;
  tokens = all.reduce((sum, ids) => sum + ids.length - 1, 0);
  tokensPerSecond.push(tokens / seconds);
  if (pass === 0) for (const ids of all) hash.update(ids.subarray(0, -1));
}
process.stdout.write(
  `${JSON.stringify({ tokens, ids: hash.digest('hex'), tokens_per_second: tokensPerSecond, peak_memory_bytes: peakMemoryBytes() })}\n`,
);
