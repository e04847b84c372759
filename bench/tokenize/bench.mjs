/**
 * Speed from texts to token ids against the `tokenizers` package in Python, which most training programs call: `encode_batch`
 * with offsets and without, on all cores, with SmolLM2's tokenizer.
 *
 * Attune's side is the function that token shards are built with, the token ids in JavaScript. Both sides write a hash
 * of all ids, which must agree. Each process encodes all texts twice: the first time nothing is known, the second time
 * the words are.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, figuresOf, missedBars, sayComparison } from '../harness/figures.mjs';
import { measure, run } from '../harness/process.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Tokens a second over those of `encode_batch`, the first time; what has to be reached. */
const bar = 1;

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'tokens/s from texts to ids, against the tokenizers package in Python',
  rounds: 3,
  ownPackages: true,
  async run({ python, workDirectory, rounds, quick, log }) {
    const texts = join(workDirectory, quick ? 'texts-quick.jsonl' : 'texts.jsonl');
    const tokenizer = join(workDirectory, 'tokenizer.json');
    if (!existsSync(texts)) {
      await run(process.execPath, [here('make-texts.mjs'), texts, quick ? '2000' : '50000'], {
        inherit: true,
      });
    }
    if (!existsSync(tokenizer)) await run(process.execPath, [here('write-tokenizer.mjs'), tokenizer]);
    const peer = (mode) => () => measure(python, [here('encode.py'), tokenizer, texts, mode]);
    const sides = {
      attune: () => measure(process.execPath, [here('attune.mjs'), tokenizer, texts]),
      encode_batch: peer('encode_batch'),
      encode_batch_fast: peer('encode_batch_fast'),
    };
    const measured = {};
    for (let round = 1; round <= rounds; round++) {
      for (const [side, start] of Object.entries(sides)) {
        const result = await start();
        measured[side] ??= [];
        measured[side].push(result);
        const [first, second] = result.tokens_per_second;
        log(
          `round ${round} ${side.padEnd(17)} ${first.toFixed(0).padStart(8)} tokens/s, again ${second.toFixed(0).padStart(8)}  ${(result.peak_memory_bytes / 1e6).toFixed(0)} MB`,
        );
      }
    }
    return judge(measured);
  },
};

function judge(measured) {
  const failures = [];
  const hashes = new Set(Object.values(measured).flatMap((results) => results.map(({ ids }) => ids)));
  if (hashes.size > 1) failures.push('the token ids differ');
  const cell = 'texts';
  const first = 'tokens_per_second';
  const again = 'tokens_per_second_again';
  const results = Object.fromEntries(
    Object.entries(measured).map(([side, rounds]) => [
      side,
      rounds.map(({ tokens_per_second, peak_memory_bytes }) => ({
        [first]: tokens_per_second[0],
        [again]: tokens_per_second[1],
        peak_memory_bytes,
      })),
    ]),
  );
  const figures = figuresOf(cell, results, [first, again, 'peak_memory_bytes']);
  const comparisons = [
    { measure: first, against: 'encode_batch', bar: { at_least: bar } },
    { measure: again, against: 'encode_batch' },
    { measure: first, against: 'encode_batch_fast' },
    { measure: 'peak_memory_bytes', against: 'encode_batch' },
  ].map((wanted) => compare(figures, { cell, of: 'attune', ...wanted }));
  return {
    figures,
    comparisons,
    chart: [{ title: 'tokens/s', cell, measure: first }],
    measured: { tokens: measured.attune[0].tokens },
    summary: comparisons.map(sayComparison).join('; '),
    failures: [...failures, ...missedBars(comparisons)],
  };
}
