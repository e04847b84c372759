/**
 * The finance case study taken apart: base, LoRA, QLoRA and full fine-tuning, stages and one stage, with replay and
 * without, every arm with the same number of tokens and several seeds.
 *
 * Each training is a run folder of its own under `bench/.environment/case-study`, so a bench that was interrupted goes on
 * where it stopped: what is trained and answered is not done again.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { compareRuns, compareSeedRuns, loadRecipe } from '../../dist/index.js';
import { run } from '../harness/process.mjs';
import { arms, questions, recipeOf } from './arms.mjs';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const example = fileURLToPath(new URL('../../examples/finance/recipe.yaml', import.meta.url));

/** Tokens of every training; `ATTUNE_CASE_STUDY_TOKENS` replaces it. */
const tokenBudget = Number(process.env.ATTUNE_CASE_STUDY_TOKENS ?? 120_000);
/** Held-out items that are asked. */
const askedItems = 240;
const resampling = { confidence: 0.95, resamples: 10_000, seed: 1 };

/** @type {import('../run.mjs').Bench} */
export default {
  about:
    'the finance case study taken apart: method, stages and replay at the same number of tokens, by seeds',
  rounds: 2,
  python: false,
  async run({ workDirectory, rounds, quick, log }) {
    const tokens = quick ? 8_000 : tokenBudget;
    const items = quick ? 24 : askedItems;
    const values = await exampleValues();
    const folder = join(workDirectory, `tokens-${tokens}`);
    await mkdir(folder, { recursive: true });
    const runs = {};
    // Seed by seed, so that a bench that is stopped early has every arm once.
    for (let seed = 1; seed <= rounds; seed++) {
      for (const [name, arm] of Object.entries(arms)) {
        const directory = join(folder, 'runs', `${name}-${seed}`);
        const recipe = recipeOf(values, {
          arm,
          tokens,
          seed,
          items,
          name: `${name}-${seed}`,
          outputDirectory: directory,
        });
        const file = join(folder, `${name}-${seed}.yaml`);
        await writeFile(file, stringify(recipe));
        const began = performance.now();
        // In one folder for all, so that data set, token rows and answers of the base are made once.
        await run(process.execPath, [program, 'run', file, '--json'], { cwd: folder });
        runs[name] = [...(runs[name] ?? []), directory];
        log(
          `${`${name}-${seed}`.padEnd(20)} ${((performance.now() - began) / 60_000).toFixed(1).padStart(6)} min`,
        );
      }
    }
    return judge(runs, { tokens, items, rounds, log });
  },
};

/** The example's recipe as values, its paths made absolute. */
async function exampleValues() {
  const { data } = await loadRecipe(example);
  const values = parse(await readFile(example, 'utf8'));
  const absolute = (path) => (path && !/^(?:hub:|builtin)/.test(path) ? join(process.cwd(), path) : path);
  values.data.sources.forEach((source, index) => {
    if (source.path !== undefined) source.path = absolute(data.sources[index].path);
  });
  for (const entry of values.evaluation.benchmarks ?? []) {
    if (entry.facts)
      entry.facts = join(fileURLToPath(new URL('../../examples/finance', import.meta.url)), entry.facts);
    if (entry.benchmark?.startsWith('.'))
      entry.benchmark = join(
        fileURLToPath(new URL('../../examples/finance', import.meta.url)),
        entry.benchmark,
      );
  }
  return values;
}

async function judge(runs, { tokens, items, rounds, log }) {
  const measured = { tokens, items, seeds: rounds, arms: {}, questions: [] };
  for (const [name, folders] of Object.entries(runs)) {
    const verdicts = await Promise.all(
      folders.map(async (folder) => JSON.parse(await readFile(join(folder, 'verdict.json'), 'utf8'))),
    );
    const against = (verdict, other, benchmark) =>
      verdict.find(({ systems, benchmark: of }) => systems[1].startsWith(other) && of === benchmark);
    measured.arms[name] = {
      about: arms[name].about,
      seeds: verdicts.map((verdict) => ({
        held_out: shortly(against(verdict, 'base', 'held-out')),
        few_shot: shortly(
          verdict.find(({ systems, benchmark }) => /few|shot/.test(systems[1]) && benchmark === 'held-out'),
        ),
        recall: shortly(against(verdict, 'base', 'recall')),
        forgetting: shortly(verdict.find(({ forgetting }) => forgetting)),
      })),
      seconds: await Promise.all(folders.map(trainingSeconds)),
    };
    const [first] = measured.arms[name].seeds;
    log(
      `${name.padEnd(18)} held-out ${percent(first.held_out.scores[0])} (base ${percent(first.held_out.scores[1])}), general ${percent(first.forgetting?.scores[0])}`,
    );
  }
  for (const { asks, candidate, baseline } of questions) {
    const compared = await compareSeedRuns({
      candidates: runs[candidate],
      baselines: runs[baseline],
      system: 'tuned',
      resampling,
    }).catch((error) => ({ error: error.message }));
    const tasks = await compareRuns({
      runs: [runs[candidate][0], runs[baseline][0]],
      systems: ['tuned', 'tuned'],
      wantedDifference: 0.05,
      resampling,
    });
    measured.questions.push({ asks, candidate, baseline, compared, first_seed: tasks.map(shortly) });
  }
  const lines = measured.questions.map(({ asks, compared }) => {
    const heldOut = Array.isArray(compared) && compared.find(({ benchmark }) => benchmark === 'held-out');
    return heldOut ? `${asks} ${points(heldOut.items.difference)} (${heldOut.verdict})` : asks;
  });
  return { measured, summary: lines.join('; '), failures: [] };
}

function shortly(comparison) {
  if (!comparison) return undefined;
  const { benchmark, systems, metric, n, scores, difference, confidence_interval, p_value, verdict, tasks } =
    comparison;
  return {
    benchmark,
    systems,
    metric,
    n,
    scores: systems.map((system) => scores[system]),
    difference,
    confidence_interval,
    p_value,
    verdict,
    tasks: tasks?.map(({ task, n: count, scores: of, difference: by, confidence_interval: interval }) => ({
      task,
      n: count,
      scores: systems.map((system) => of[system]),
      difference: by,
      confidence_interval: interval,
    })),
  };
}

/** Seconds in optimizer steps. */
async function trainingSeconds(folder) {
  const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .reduce((sum, { loss, seconds }) => sum + (loss === undefined ? 0 : seconds), 0);
}

const percent = (share) => (share === undefined ? '-' : `${(100 * share).toFixed(1)} %`);
const points = (difference) => `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)} points`;
