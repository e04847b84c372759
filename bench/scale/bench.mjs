/**
 * How the preparation of data grows: short documents, from ten thousand to a million, with the default settings.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnMeasured } from '../harness/process.mjs';
import { makeCorpus } from './make-corpus.mjs';
import { plot } from './plot.mjs';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const picture = fileURLToPath(new URL('../../docs/images/scale.svg', import.meta.url));

const sizes = { whole: [10_000, 30_000, 100_000, 300_000, 1_000_000], quick: [1_000, 3_000, 10_000] };
/** Peak memory that a million documents may take, and how much slower a document may become from the smallest size on. */
const bars = { memory: 2e9, slowdown: 1.25 };

const recipe = (corpus) => `name: scale
data:
  sources: [{ type: records, path: ${JSON.stringify(corpus)} }]
  split: { train: 0.98, validation: 0.01, test: 0.01 }
`;

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'time and memory of `data prepare`, from 10,000 to 1,000,000 short documents',
  rounds: 1,
  python: false,
  async run({ workDirectory, rounds, quick, log }) {
    const work = workDirectory;
    const measured = [];
    for (const documents of quick ? sizes.quick : sizes.whole) {
      const corpus = join(work, `${documents}.jsonl`);
      if (!existsSync(corpus)) await makeCorpus(corpus, documents);
      const folder = join(work, 'run');
      for (let round = 1; round <= rounds; round++) {
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder);
        await writeFile(join(folder, 'recipe.yaml'), recipe(corpus));
        const { seconds, peakMemoryBytes, output } = await spawnMeasured(
          process.execPath,
          [cli, 'data', 'prepare', 'recipe.yaml', '--json'],
          { cwd: folder },
        );
        const { counts } = JSON.parse(output);
        const kept = counts.train + counts.validation + counts.test;
        const { size } = await stat(corpus);
        measured.push({
          documents,
          round,
          seconds,
          peak_memory_bytes: peakMemoryBytes,
          kept,
          corpus_bytes: size,
        });
        log(
          `${String(documents).padStart(9)} documents  ${seconds.toFixed(1).padStart(7)} s  ${Math.round(documents / seconds)} a second  ${(peakMemoryBytes / 1e9).toFixed(2)} GB  ${kept} kept`,
        );
      }
    }
    if (!quick) await writeFile(picture, await plot(measured));
    return judge(measured);
  },
};

function judge(measured) {
  const largest = measured.at(-1);
  // The smallest size is mostly the start of the program, so the second is what the largest is compared with.
  const reference = measured.find(({ documents }) => documents > measured[0].documents) ?? measured[0];
  const slowdown = largest.seconds / largest.documents / (reference.seconds / reference.documents);
  const memory = Math.max(...measured.map((one) => one.peak_memory_bytes));
  const failures = [];
  if (memory > bars.memory) failures.push(`${(memory / 1e9).toFixed(2)} GB of memory, bar 2 GB`);
  if (slowdown > bars.slowdown)
    failures.push(`a document takes ${slowdown.toFixed(2)}x as long as at ${reference.documents}`);
  return {
    measured: { runs: measured, slowdown, bars },
    summary: `${largest.documents} documents in ${largest.seconds.toFixed(0)} s with ${(memory / 1e9).toFixed(2)} GB; a document takes ${slowdown.toFixed(2)}x as long as at ${reference.documents}`,
    failures,
  };
}
