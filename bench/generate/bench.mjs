/**
 * What answering many prompts together gains over one prompt at a time in the same engine: new tokens a second, the
 * reading of the prompts included, and whether the texts are equal. SmolLM2-135M-Instruct, float32, greedy.
 *
 * Besides the wall time, the processor time of both sides is compared: it is what remains comparable on a machine where
 * other work goes on.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { measure } from '../harness/process.mjs';
import { median, summarize } from '../harness/result.mjs';

const program = fileURLToPath(new URL('attune.mjs', import.meta.url));

/** New tokens a second over those of one prompt at a time; what has to be reached in both sets. */
const bar = 5;
const newTokens = 64;
const batchSizes = [16, 32, 64];
const sets = ['shared', 'apart'];

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'new tokens/s of batches against one prompt at a time, and whether the texts are equal',
  rounds: 3,
  python: false,
  async run({ rounds, quick, log }) {
    const count = quick ? 32 : 64;
    const measured = {};
    for (const set of sets) {
      measured[set] = {};
      for (let round = 1; round <= rounds; round++) {
        for (const batchSize of quick ? [1, count] : [1, ...batchSizes]) {
          // One at a time, a prompt costs what it costs: a quick run asks only some of them.
          const every = quick && batchSize === 1 ? 2 : 1;
          const result = await measure(
            process.execPath,
            [program, set, count, every, batchSize, newTokens].map(String),
          );
          measured[set][batchSize] ??= [];
          measured[set][batchSize].push(result);
          log(
            `round ${round} ${set.padEnd(6)} batch ${String(batchSize).padEnd(2)} ${rate(result).toFixed(1).padStart(7)} tokens/s, ${(result.tokens / result.processor_seconds).toFixed(1).padStart(6)} a processor second, ${(result.peak_memory_bytes / 1e6).toFixed(0)} MB`,
          );
        }
      }
    }
    return judge(measured);
  },
};

const rate = ({ tokens, seconds }) => tokens / seconds;

function judge(measured) {
  const failures = [];
  const figures = {};
  const lines = [];
  for (const [set, byBatch] of Object.entries(measured)) {
    const alone = byBatch[1];
    figures[set] = {};
    for (const [batchSize, results] of Object.entries(byBatch)) {
      const ratios = results.map((result, i) => rate(result) / rate(alone[i]));
      const ids = Object.keys(alone[0].answers);
      figures[set][batchSize] = {
        tokens_per_second: summarize(results.map(rate)),
        ratio: summarize(ratios),
        processor_time_ratio: summarize(
          results.map(
            (result, i) =>
              (result.tokens / result.processor_seconds / alone[i].tokens) * alone[i].processor_seconds,
          ),
        ),
        compared_texts: ids.length,
        equal_texts: ids.filter((id) => results[0].answers[id] === alone[0].answers[id]).length,
        prompts: Object.keys(results[0].answers).length,
        tokens: results[0].tokens,
        prompt_tokens: results[0].prompt_tokens,
        peak_memory_bytes: Math.max(...results.map((result) => result.peak_memory_bytes)),
      };
    }
    const [best, { ratio, processor_time_ratio, equal_texts, compared_texts }] = Object.entries(
      figures[set],
    ).reduce((a, b) => (b[1].ratio.median > a[1].ratio.median ? b : a));
    if (ratio.median < bar) failures.push(`${set}: ${ratio.median.toFixed(2)}x tokens/s, bar ${bar}x`);
    if (equal_texts < compared_texts) failures.push(`${set}: ${compared_texts - equal_texts} texts differ`);
    lines.push(
      `${set}: ${ratio.median.toFixed(2)}x at batch ${best} (${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)}; processor time ${median(processor_time_ratio.values).toFixed(2)}x), ${equal_texts} of ${compared_texts} texts equal`,
    );
  }
  return { measured: { new_tokens: newTokens, ...figures, bar }, summary: lines.join('; '), failures };
}
