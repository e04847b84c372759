/**
 * A run folder with everything that evaluation can add: an expert, a probe of forgetting, a judge, people.
 * @module
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScoredItem } from '../answers-file.js';
import { answersFile, readAnswers } from '../answers-file.js';
import type { Benchmark } from '../benchmarks/benchmark.js';
import { defaultLayout } from '../benchmarks/prompt-layout.js';
import { textReference } from '../benchmarks/reference.js';
import { greedy } from '../evaluate.fixture.js';
import { importRatings } from '../human/ratings.js';
import { createStudy, studyDirectory } from '../human/study.js';
import { askJudge } from '../judge/ask-judge.js';
import { metricsFor } from '../metrics/registry.js';
import { writeParticipants } from '../participants.js';
import { evaluateSystem } from '../runner.js';
import { accuracy } from '../scorers/accuracy.js';
import type { System } from '../system.js';
import { writeVerdict } from '../verdict.js';
import { writeFinishedRun } from './run-folder.fixture.js';

const systems = [
  { name: 'base', type: 'base' },
  { name: 'base-3-shot', type: 'base_few_shot' },
  { name: 'tuned', type: 'tuned' },
  { name: 'ana', type: 'expert', description: 'answers.csv' },
];

const probe: Benchmark = {
  name: 'general-probe',
  output: 'multiple_choice',
  items: Array.from({ length: 120 }, (_, index) => ({
    id: `probe-${index}`,
    task: index % 2 ? 'capitals' : 'opposites',
    group: `topic-${index % 40}`,
    prompt: { messages: [{ role: 'user', content: `Probe question ${index}?` }] },
    reference: textReference('right', { choice: index % 3 }),
    choices: ['one', 'two', 'three'],
    fields: {},
  })),
  fewShot: [],
  layout: defaultLayout,
  scorers: [accuracy],
  metrics: metricsFor('multiple_choice', { scorers: [accuracy] }),
  metric: 'accuracy',
  generation: {},
  source: 'made for the test',
};

/** Picks the right choice unless `forgot` says so of the item's number. */
function choosing(name: string, forgot: (number: number) => boolean): System {
  return {
    name,
    hash: name,
    async *answer() {},
    async *likelihoods(requests) {
      for (const { id, continuations } of requests) {
        const number = Number(id.slice('probe-'.length));
        const picked = (number + Number(forgot(number))) % 3;
        yield {
          id,
          continuations: continuations.map((_, place) => ({
            logLikelihood: place === picked ? -1 : -2 - place / 10,
            tokens: 1,
            greedy: place === picked,
          })),
        };
      }
    },
    close: async () => {},
  };
}

/** A judge who always prefers the first answer. */
const firstJudge: System = {
  name: 'first-judge',
  hash: 'first-judge',
  async *answer(prompts) {
    for (const { id } of prompts) yield { id, text: '1', stopped: true };
  },
  close: async () => {},
};

/** Writes the run; of the probe's items the tuned model forgot every third. */
export async function writeRichRun(directory: string): Promise<void> {
  await writeFinishedRun(directory);
  for (const system of [choosing('base', () => false), choosing('tuned', (number) => number % 3 === 0)]) {
    await evaluateSystem({ system, benchmark: probe, settings: greedy, directory });
  }
  const participants = { candidate: 'tuned', systems };
  const answers = new Map<string, readonly ScoredItem[]>();
  for (const name of ['base-3-shot', 'tuned']) {
    answers.set(name, await readAnswers(answersFile(directory, 'held-out', name)));
  }
  await writeExpert(directory, answers.get('tuned')!);
  await writeParticipants(directory, participants);
  await writeVerdict(directory, {
    participants,
    benchmarks: ['held-out', 'general-probe'],
    metrics: new Map(),
    forgetting: { benchmark: 'general-probe', max_loss: 0.05 },
    wantedDifference: 0.02,
    resampling: { confidence: 0.95, resamples: 1000, seed: 42 },
  });
  await askJudge({
    judge: firstJudge,
    directory,
    benchmark: 'held-out',
    answers,
    pairs: [['tuned', 'base-3-shot']],
    criteria: [],
    votes: 1,
    showReference: true,
    temperature: 0,
    seed: 1,
  });
  await writeStudy(directory);
}

/** An expert who has everything right but look-ups. */
async function writeExpert(directory: string, items: readonly ScoredItem[]): Promise<void> {
  const lines = items.map((item) => {
    const right = Number(item.task !== 'look_up');
    return JSON.stringify({
      ...item,
      answer: right ? item.reference : 'I do not know',
      seconds: 40 + right,
      scores: { exact_match: right, token_f1: right },
    });
  });
  await writeFile(answersFile(directory, 'held-out', 'ana'), `${lines.join('\n')}\n`);
}

async function writeStudy(directory: string): Promise<void> {
  const study = await createStudy({
    runDirectory: directory,
    name: 'experts',
    settings: {
      benchmark: 'held-out',
      systems: ['base-3-shot', 'tuned'],
      raters: ['ben', 'cleo'],
      items: 12,
    },
    seed: 1,
  });
  const folder = studyDirectory(directory, 'experts');
  const rows = study.raters.flatMap(({ name, assignments }) =>
    assignments.flatMap((assignment, index) =>
      'left' in assignment && !('identical' in assignment)
        ? [
            JSON.stringify({
              rater: name,
              item: assignment.item,
              left: assignment.left,
              right: assignment.right,
              choice:
                name === 'ben' && index % 4 === 0 ? 'equal' : assignment.left === 'tuned' ? 'left' : 'right',
            }),
          ]
        : [],
    ),
  );
  const file = join(folder, 'import.jsonl');
  await writeFile(file, `${rows.join('\n')}\n`);
  await importRatings(folder, file);
}
