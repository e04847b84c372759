/**
 * Training items are measured by a model, where the recipe asks for it: how hard their answers are to follow, and how
 * good a judge finds them.
 * @module
 */
import type { Item } from '../item.js';
import type { DataModel } from '../quality/data-model.js';
import { measureDifficulty } from '../quality/difficulty.js';
import { measureHardness } from '../quality/hardness.js';
import { judgeItems } from '../quality/judge.js';
import type { WorkPool } from '../stages/pool.js';
import { reportOf } from '../stages/report.js';
import { runStage, type Stage } from '../stages/stage.js';
import { itemsOf, type Job, type JobReport, keepReport, writePart } from '../stages/work.js';
import type { StepOutcome } from '../step.js';
import type { Teacher } from '../teacher/teacher.js';
import { type Pipeline, stageKey, type View } from './pipeline.js';

/** Raise it with every change that gives other scores. */
const version = 1;

/** Measures part after part in this thread: a model has threads of its own. Undefined where nothing is asked for. */
export async function assess(
  pipeline: Pipeline,
  view: View,
): Promise<{ view: View; stage: Stage } | undefined> {
  const { settings, stageDirectory, onProgress, model, judge } = pipeline;
  const { difficulty, judge: judged } = settings.quality;
  const wanted = { model: difficulty ? model : undefined, judge: judged ? judge : undefined };
  if (!wanted.model && !wanted.judge) return undefined;
  const key = stageKey('assess', version, view.key, [wanted.model?.hash ?? null, wanted.judge?.hash ?? null]);
  const stage = await runStage({
    name: 'assess',
    key,
    cacheDirectory: stageDirectory,
    jobs: view.parts.map(({ part, codes }) => ({ name: part.name, input: { part, codes }, steps: [] })),
    bytes: view.bytes,
    phase: 'assess',
    unit: 'parts',
    pool: assessingPool(pipeline, wanted),
    onProgress,
  });
  const parts = stage.parts.map((part, index) => ({ part, source: view.parts[index]!.source }));
  return { view: { parts, key, bytes: view.bytes }, stage };
}

interface Wanted {
  model?: DataModel;
  judge?: Teacher;
}

function assessingPool(pipeline: Pipeline, wanted: Wanted): WorkPool {
  return {
    async run(jobs, _bytes, onDone) {
      const reports: JobReport[] = [];
      for (const job of jobs) {
        pipeline.signal?.throwIfAborted();
        const report = await assessPart(pipeline, wanted, job);
        onDone(report);
        reports.push(report);
      }
      return reports;
    },
    close: async () => {},
  };
}

async function assessPart({ signal }: Pipeline, { model, judge }: Wanted, job: Job): Promise<JobReport> {
  if (!('part' in job.input)) throw new Error('a part is assessed, nothing else');
  const items = await itemsOf(job.input.part, job.input.codes);
  const trained = items.filter(({ split }) => split === 'train');
  const counts: Record<string, number> = {};
  let measured = trained;
  if (model) {
    measured = (await measureDifficulty(measured, model, { signal })).map((item) => ({
      ...item,
      scores: { ...item.scores, hardness: measureHardness(item).hardness },
    }));
    counts.difficulty_measured = measured.filter(({ scores }) => scores?.loss !== undefined).length;
  }
  if (judge) {
    const complete = async (messages: NonNullable<Item['messages']>): Promise<string> =>
      (await judge.complete({ messages, max_tokens: 8, temperature: 0, seed: 0 }, signal)).text;
    const { items: graded, unreadable } = await judgeItems(measured, complete, { signal });
    measured = graded;
    counts.graded = graded.length - unreadable;
    if (unreadable > 0) counts.grade_unreadable = unreadable;
  }
  const byId = new Map(measured.map((item) => [item.id, item]));
  const outcome: StepOutcome = {
    items: items.map((item) => (item.split === 'train' ? byId.get(item.id)! : item)),
    removed: [],
    counts,
    samples: [],
  };
  await writePart(job.directory, job.name, outcome.items);
  return keepReport(job, {
    parts: [{ name: job.name, items: outcome.items.length }],
    steps: [reportOf('assess', items.length, outcome)],
  });
}
