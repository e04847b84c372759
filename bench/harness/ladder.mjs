#!/usr/bin/env node
/**
 * `node bench/harness/ladder.mjs [--write]` prints the tables of docs/performance.md from the newest result files, or puts
 * them between the page's markers. Results of `--quick` do not count. What was not measured yet is said to be so.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare } from './figures.mjs';

const results = fileURLToPath(new URL('../results', import.meta.url));
const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

const usual = '135m-4x256-quarter';
const speed = 'tokens_per_second';
const memory = 'peak_memory_bytes';

/** One technique a row: what it gains and what it costs, as ratios of two sides of one result. */
const techniques = [
  {
    name: 'the step as one graph, instead of PEFT in float32',
    bench: 'train',
    gain: { cell: usual, measure: speed, of: 'attune-float32', against: 'peft-float32' },
    cost: { cell: usual, measure: memory, of: 'attune-float32', against: 'peft-float32' },
  },
  {
    name: 'logits for supervised tokens only (a quarter, against all)',
    bench: 'train',
    gain: { cell: usual, otherCell: '135m-4x256-all', measure: speed, of: 'attune-float32' },
    cost: { cell: usual, otherCell: '135m-4x256-all', measure: memory, of: 'attune-float32' },
  },
  {
    name: 'NF4 base (`method: qlora`), against float32',
    bench: 'train',
    gain: { cell: usual, measure: memory, of: 'attune-nf4', against: 'attune-float32' },
    cost: { cell: usual, measure: speed, of: 'attune-nf4', against: 'attune-float32' },
  },
  {
    name: 'products in 8 bits (`load_in_8bit`, `bnb_8bit_compute: int8`), against float32',
    bench: 'train',
    gain: { cell: usual, measure: speed, of: 'attune-int8', against: 'attune-float32' },
    cost: { cell: usual, measure: memory, of: 'attune-int8', against: 'attune-float32' },
  },
  {
    name: '`gradient_checkpointing`, float32',
    bench: 'train',
    gain: { cell: usual, measure: memory, of: 'attune-float32-checkpointing', against: 'attune-float32' },
    cost: { cell: usual, measure: speed, of: 'attune-float32-checkpointing', against: 'attune-float32' },
  },
  {
    name: 'shared beginnings (`packing: shared_prefix`), against `best_fit`',
    bench: 'examples',
    gain: {
      cell: 'finance',
      measure: 'examples_per_second',
      of: 'attune-float32',
      against: 'attune-float32-unshared',
    },
    cost: { cell: 'finance', measure: memory, of: 'attune-float32', against: 'attune-float32-unshared' },
  },
  {
    name: 'answers in batches, nothing shared, against one prompt at a time',
    bench: 'generate',
    gain: {
      cell: 'apart',
      measure: 'new_tokens_per_second',
      of: 'attune-float32',
      against: 'attune-float32-single',
    },
    cost: { cell: 'apart', measure: memory, of: 'attune-float32', against: 'attune-float32-single' },
  },
  {
    name: 'answers in batches that share their document, against one prompt at a time',
    bench: 'generate',
    gain: {
      cell: 'shared',
      measure: 'new_tokens_per_second',
      of: 'attune-float32',
      against: 'attune-float32-single',
    },
    cost: { cell: 'shared', measure: memory, of: 'attune-float32', against: 'attune-float32-single' },
  },
  {
    name: 'answers with weights in 8 bits, against float32',
    bench: 'generate',
    gain: { cell: 'apart', measure: 'new_tokens_per_second', of: 'attune-int8', against: 'attune-float32' },
    cost: { cell: 'apart', measure: memory, of: 'attune-int8', against: 'attune-float32' },
  },
];

/** Result files of a bench in the common form, the newest first. */
async function resultsOf(bench) {
  const names = (await readdir(results)).filter((name) => new RegExp(`^${bench}-\\d.*\\.json$`).test(name));
  const read = await Promise.all(
    names
      .sort()
      .reverse()
      .map((name) => readFile(join(results, name), 'utf8')),
  );
  return read.map((text) => JSON.parse(text)).filter(({ figures, quick }) => figures && !quick);
}

/** A ratio from the newest result that has both sides. */
async function ratioOf(bench, { otherCell, ...wanted }) {
  for (const { figures } of await resultsOf(bench)) {
    // Two cells of one side are compared as if they were two sides of one cell.
    const all = otherCell
      ? figures
          .filter(({ cell }) => cell === otherCell)
          .map((one) => ({ ...one, cell: wanted.cell, side: `${one.side} of ${otherCell}` }))
          .concat(figures)
      : figures;
    const against = otherCell ? `${wanted.of} of ${otherCell}` : wanted.against;
    const comparison = compare(all, { ...wanted, against });
    if (comparison) return comparison;
  }
  return undefined;
}

const words = {
  [memory]: 'peak memory',
  [speed]: 'tokens/s',
  new_tokens_per_second: 'new tokens/s',
  prompt_tokens_per_second: 'prompt tokens/s',
  examples_per_second: 'examples/s',
};
const times = ({ measure, ratio }) =>
  `${ratio.median.toFixed(2)}× ${words[measure] ?? measure.replaceAll('_', ' ')} (${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)})`;

async function ladder() {
  const rows = await Promise.all(
    techniques.map(async ({ name, bench, gain, cost }) => {
      const cells = await Promise.all([gain, cost].map((wanted) => ratioOf(bench, wanted)));
      const [gains, costs] = cells.map((found) => (found ? times(found) : 'not measured yet'));
      return `| ${name} | ${gains} | ${costs} | \`${bench}\` |`;
    }),
  );
  return ['| technique | gain | cost | bench |', '|---|---|---|---|', ...rows].join('\n');
}

/** Ratios to the peers with their bars, from the newest result of each bench. */
async function peers() {
  const lines = [];
  for (const bench of ['train', 'examples', 'generate', 'tokenize', 'dedup']) {
    const [newest] = await resultsOf(bench);
    if (!newest) {
      lines.push(`| \`${bench}\` | not measured yet | | | |`);
      continue;
    }
    for (const comparison of newest.comparisons) {
      const { cell, of, against, bar, reached } = comparison;
      if (against.startsWith('attune')) continue;
      const wanted = !bar ? '' : bar.at_least === undefined ? `≤ ${bar.at_most}×` : `≥ ${bar.at_least}×`;
      const verdict = reached === undefined ? '' : reached ? 'yes' : '**no**';
      lines.push(
        `| \`${bench}\` | ${cell}: ${of} against ${against} | ${times(comparison)} | ${wanted} | ${verdict} |`,
      );
    }
  }
  return ['| bench | what | ratio | bar | reached |', '|---|---|---|---|---|', ...lines].join('\n');
}

async function machines() {
  const lines = [];
  for (const bench of ['train', 'examples', 'generate', 'tokenize', 'dedup', 'scaling']) {
    const [newest] = await resultsOf(bench);
    if (!newest) continue;
    const { date, rounds, machine, skipped } = newest;
    const amx = machine.vector_extensions.some((name) => name.startsWith('amx')) ? 'AMX' : 'no AMX';
    const left = skipped.map(({ side, reason }) => `${side} (${reason})`).join('; ');
    lines.push(
      `| \`${bench}\` | ${date.slice(0, 10)} | ${rounds} | ${machine.processor}, ${machine.cores} cores, ${amx}, ${(machine.memory_bytes / 1e9).toFixed(0)} GB | ${left || 'none'} |`,
    );
  }
  if (lines.length === 0) return 'Nothing is measured yet.';
  return ['| bench | day | rounds | machine | sides left out |', '|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

const tables = { ladder: await ladder(), peers: await peers(), machines: await machines() };
if (process.argv.includes('--write')) {
  let text = await readFile(page, 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
    const [before, after] = [text.indexOf(begin), text.indexOf(end)];
    if (before < 0 || after < before)
      throw new Error(`docs/performance.md has no place for the table ${name}`);
    text = `${text.slice(0, before + begin.length)}\n${table}\n${text.slice(after)}`;
  }
  await writeFile(page, text);
} else {
  for (const [name, table] of Object.entries(tables)) console.log(`${name}\n\n${table}\n`);
}
