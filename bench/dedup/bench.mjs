/**
 * Duplicates in 50,000 documents (56 MB) with 10,000 planted copies, against datasketch and rensa: speed from JSONL to
 * clusters, recall, precision and peak memory.
 *
 * Speed is compared on copies with the changes in one span, where all sides use shingles of five words and the
 * threshold 0.7. The time of Attune is that of the whole process with the start of Node and writing the clusters; that
 * of the peers is without the start of Python, the imports and the writing, which favours them. Attune uses all
 * processors, as it does for users; the peers' own code decides how many they use.
 *
 * `ATTUNE_DEDUP_CORPUS` names a folder with `corpus.jsonl` (scattered changes) and `corpus_span.jsonl` to be used
 * instead of the generated ones: lines of `id`, `text` and `dup_of`, the line of the original or null.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, figuresOf, missedBars, sayComparison } from '../harness/figures.mjs';
import { measure } from '../harness/process.mjs';
import { summarize } from '../harness/result.mjs';
import { makeCorpus } from './make-corpus.mjs';
import { score } from './score.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** What has to be reached. */
const bars = {
  span: { removal_recall: 0.95, removal_precision: 0.999 },
  scattered: { removal_recall: 0.9, removal_precision: 0.99, pair_recall: 0.9 },
  speed: { datasketch: 5, rensa: 1.3 },
  peak_memory_bytes: 400e6,
};
const documents = 50_000;
const sameAsPeers = { shingle_size: 5, threshold: 0.7 };

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'speed, recall and precision of finding duplicates, against datasketch and rensa',
  rounds: 3,
  ownPackages: true,
  async run({ python, workDirectory, rounds, log }) {
    const corpora = await findCorpora(workDirectory, log);
    const roots = join(workDirectory, 'roots.txt');
    const attune = (settings) => async (corpus) => {
      const started = performance.now();
      const figures = await measure(process.execPath, [
        here('attune.mjs'),
        corpus,
        JSON.stringify(settings),
        join(workDirectory, 'work'),
        roots,
      ]);
      return { seconds: (performance.now() - started) / 1000, ...figures };
    };
    const peer = (name, threshold) => (corpus) =>
      measure(python, [here('peers.py'), name, corpus, String(threshold), roots]);
    // At 0.7 the peers find hardly one scattered copy in ten: their sides there are run at 0.4, for their recall.
    const sides = {
      span: { attune: attune(sameAsPeers), datasketch: peer('datasketch', 0.7), rensa: peer('rensa', 0.7) },
      scattered: { attune: attune({}), datasketch: peer('datasketch', 0.4), rensa: peer('rensa', 0.4) },
    };
    const measured = {};
    for (let round = 1; round <= rounds; round++) {
      for (const [kind, starts] of Object.entries(sides)) {
        for (const [side, start] of Object.entries(starts)) {
          const figures = await start(corpora[kind]);
          const result = { ...figures, ...(await score(corpora[kind], roots)) };
          measured[kind] ??= {};
          measured[kind][side] ??= [];
          measured[kind][side].push(result);
          log(
            `round ${round} ${kind.padEnd(9)} ${side.padEnd(10)} ${result.seconds.toFixed(2).padStart(6)} s (${result.processor_seconds.toFixed(2)} s of processors)  ${(result.peak_memory_bytes / 1e6).toFixed(0)} MB  recall ${result.removal_recall.toFixed(4)}  precision ${result.removal_precision.toFixed(4)}`,
          );
        }
      }
    }
    return judge(measured);
  },
};

async function findCorpora(workDirectory, log) {
  const given = process.env.ATTUNE_DEDUP_CORPUS;
  if (given) return { scattered: join(given, 'corpus.jsonl'), span: join(given, 'corpus_span.jsonl') };
  await mkdir(workDirectory, { recursive: true });
  const corpora = {};
  for (const edits of ['scattered', 'span']) {
    const file = join(workDirectory, `${edits}-${documents}.jsonl`);
    if (!existsSync(file)) {
      log(`making ${documents} documents with ${edits} changes`);
      await makeCorpus(file, { documents, edits });
    }
    corpora[edits] = file;
  }
  return corpora;
}

function judge(measured) {
  const failures = [];
  const results = {};
  for (const [kind, sides] of Object.entries(measured)) {
    results[kind] = {};
    for (const [side, rounds] of Object.entries(sides)) {
      const fields = Object.keys(rounds[0]);
      results[kind][side] = Object.fromEntries(
        fields.map((field) => [field, summarize(rounds.map((round) => round[field]))]),
      );
    }
    for (const [field, bar] of Object.entries(bars[kind])) {
      const reached = results[kind].attune[field].median;
      if (reached < bar) failures.push(`${kind}: ${field} ${reached.toFixed(4)}, bar ${bar}`);
    }
    const peak = results[kind].attune.peak_memory_bytes.highest;
    if (peak > bars.peak_memory_bytes) failures.push(`${kind}: ${(peak / 1e6).toFixed(0)} MB, bar 400 MB`);
  }
  const speed = 'documents_per_second';
  const figures = Object.entries(measured).flatMap(([kind, sides]) =>
    figuresOf(
      kind,
      Object.fromEntries(
        Object.entries(sides).map(([side, rounds]) => [
          side,
          rounds.map((round) => ({ ...round, [speed]: documents / round.seconds })),
        ]),
      ),
      [speed, 'peak_memory_bytes', 'removal_recall', 'removal_precision'],
    ),
  );
  const comparisons = Object.entries(bars.speed).map(([against, bar]) =>
    compare(figures, { cell: 'span', measure: speed, of: 'attune', against, bar: { at_least: bar } }),
  );
  const { removal_recall, removal_precision } = results.scattered.attune;
  return {
    figures,
    comparisons,
    chart: [{ title: 'documents/s', cell: 'span', measure: speed }],
    measured: { ...results, bars },
    summary: `${comparisons.map(sayComparison).join('; ')}; scattered changes: recall ${removal_recall.median.toFixed(3)}, precision ${removal_precision.median.toFixed(4)}`,
    failures: [...failures, ...missedBars(comparisons)],
  };
}
