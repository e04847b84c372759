/**
 * Whether log-likelihoods are those of lm-evaluation-harness: SmolLM2-135M-Instruct on the 500 official test questions of
 * PubMedQA as multiple choice, in float32 on the same weights.
 *
 * Attune's GGUF file is dequantized into a Transformers folder, which both read. The harness runs its own task with only
 * the source of the items changed.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, run } from '../harness/process.mjs';
import { summarize } from '../harness/result.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Largest difference of a choice's log-likelihood that is allowed. */
const bar = 1e-3;
/** Items of a quick run. */
const quickItems = 50;
/** The harness's own default. */
const harnessBatchSize = 1;
const answers = ['yes', 'no', 'maybe'];

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'log-likelihoods of choices and picks on PubMedQA, against lm-evaluation-harness',
  rounds: 1,
  ownPackages: true,
  async run({ python, workDirectory, rounds, quick, log }) {
    const model = join(workDirectory, 'model');
    if (!existsSync(join(model, 'model.safetensors'))) {
      log('writing the model in float32');
      await mkdir(model, { recursive: true });
      await run(process.execPath, [here('../parity/export-base.mjs'), model]);
    }
    const items = join(workDirectory, quick ? 'items-quick.jsonl' : 'items.jsonl');
    const labels = await writeItems(items, quick ? quickItems : undefined);
    const threads = String(availableParallelism());
    const env = {
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      HF_DATASETS_CACHE: join(workDirectory, 'datasets'),
    };
    const sides = {
      attune: () => measure(process.execPath, [here('attune.mjs'), model, items, threads]),
      harness: () =>
        measure(python, [here('harness.py'), model, items, String(harnessBatchSize), threads], { env }),
    };
    const measured = { attune: [], harness: [] };
    for (let round = 1; round <= rounds; round++) {
      for (const [side, start] of Object.entries(sides)) {
        const result = await start();
        measured[side].push(result);
        log(
          `round ${round} ${side.padEnd(7)} ${result.seconds.toFixed(1)} s for ${result.items.length} items`,
        );
      }
    }
    return judge(measured, labels);
  },
};

/** The test questions in the order of their official list, one JSON object a line; returns their answers. */
async function writeItems(file, most) {
  const folder = process.env.ATTUNE_PUBMEDQA ?? here('../../../shared/data/medicine');
  const read = async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const questions = await read('pubmedqa_ori_pqal.json');
  const ids = Object.keys(await read('pubmedqa_test_ground_truth.json')).slice(0, most);
  const items = ids.map((id) => {
    const { QUESTION, CONTEXTS, final_decision } = questions[id];
    return { id, QUESTION, CONTEXTS, final_decision };
  });
  await writeFile(file, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  return items.map(({ final_decision }) => final_decision);
}

function judge({ attune, harness }, labels) {
  const [ours, theirs] = [attune[0].items, harness[0].items];
  const failures = [];
  let difference = 0;
  let equalPicks = 0;
  for (const [i, item] of ours.entries()) {
    const other = theirs[i];
    const same = (key) => JSON.stringify(item[key]) === JSON.stringify(other[key]);
    if (!same('id') || !same('prompt') || !same('choices')) throw new Error(`${item.id}: the prompts differ`);
    for (const [c, value] of item.log_likelihoods.entries()) {
      difference = Math.max(difference, Math.abs(value - other.log_likelihoods[c]));
    }
    if (pick(item) === pick(other)) equalPicks++;
  }
  if (!(difference < bar)) failures.push(`largest difference ${difference}, bar ${bar}`);
  if (equalPicks < ours.length) failures.push(`${ours.length - equalPicks} picks differ`);
  const figures = Object.fromEntries(
    Object.entries({ attune, harness }).map(([side, results]) => [
      side,
      {
        ...score(results[0].items.map(pick), labels),
        seconds: summarize(results.map(({ seconds }) => seconds)),
      },
    ]),
  );
  const percent = (value) => (100 * value).toFixed(1);
  const ratio = figures.harness.seconds.median / figures.attune.seconds.median;
  return {
    measured: {
      items: ours.length,
      largest_difference: difference,
      equal_picks: equalPicks,
      ...figures,
      harness_accuracy: harness[0].accuracy,
      harness_batch_size: harnessBatchSize,
      versions: harness[0].versions,
      attune_peak_memory_bytes: attune[0].peak_memory_bytes,
      bar,
    },
    summary: `largest difference ${difference.toExponential(1)} (bar ${bar}), ${equalPicks} of ${ours.length} picks equal, accuracy ${percent(figures.attune.accuracy)} and ${percent(figures.harness.accuracy)} %, macro-F1 ${percent(figures.attune.macro_f1)} and ${percent(figures.harness.macro_f1)} %, ${ratio.toFixed(2)}x the harness's speed`,
    failures,
  };
}

/** The answer of the most probable choice. */
function pick({ log_likelihoods }) {
  return answers[log_likelihoods.indexOf(Math.max(...log_likelihoods))];
}

function score(picks, labels) {
  const f1 = answers.map((answer) => {
    const count = (test) => picks.filter((picked, i) => test(picked === answer, labels[i] === answer)).length;
    const right = count((picked, label) => picked && label);
    return (2 * right) / (2 * right + count((picked, label) => picked !== label) || 1);
  });
  return {
    accuracy: picks.filter((picked, i) => picked === labels[i]).length / picks.length,
    macro_f1: f1.reduce((sum, value) => sum + value, 0) / f1.length,
  };
}
