/**
 * The plan's files: `plan.json` holds what is constant, `plan.safetensors` the arrays (DESIGN section 4).
 * Equal plans give equal bytes.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import { type LoadedTensor, readSafetensors, writeSafetensors } from '../model/safetensors.js';
import type { Plan, PlanHeader } from './plan.js';

const headerFile = 'plan.json';
const arraysFile = 'plan.safetensors';
const fix = 'write the plan again with `attune plan`';

/** Names and types of the arrays in `plan.safetensors`, in the order in which they are written. */
const arrays = {
  rows: { field: 'rows', dtype: 'I32' },
  step_offsets: { field: 'stepOffsets', dtype: 'I32' },
  learning_rate: { field: 'learningRate', dtype: 'F32' },
  normaliser: { field: 'normaliser', dtype: 'I32' },
  stage: { field: 'stage', dtype: 'I32' },
  evaluate: { field: 'evaluate', dtype: 'U8' },
  save: { field: 'save', dtype: 'U8' },
} as const satisfies Record<string, { field: Exclude<keyof Plan, 'header'>; dtype: 'I32' | 'F32' | 'U8' }>;

type ArrayName = keyof typeof arrays;

/** Writes `plan.safetensors` and `plan.json` into the folder `directory`. */
export async function writePlan(directory: string, plan: Plan): Promise<void> {
  await writeSafetensors(
    join(directory, arraysFile),
    Object.entries(arrays).map(([name, { field, dtype }]) => ({
      name,
      dtype,
      shape: [plan[field].length],
      data: plan[field],
    })),
  );
  await writeJson(join(directory, headerFile), plan.header);
}

/**
 * Reads and checks the plan in the folder `directory`.
 *
 * @throws {AttuneError} when a file is missing or broken, or the arrays contradict each other
 */
export async function readPlan(directory: string): Promise<Plan> {
  const header = await readJson<PlanHeader>(join(directory, headerFile));
  checkHeader(header, join(directory, headerFile));
  const file = join(directory, arraysFile);
  const { tensors } = await readSafetensors(file);
  const read = <T>(name: ArrayName): T => readArray(tensors, name, file) as T;
  const plan: Plan = {
    header,
    rows: read('rows'),
    stepOffsets: read('step_offsets'),
    learningRate: read('learning_rate'),
    normaliser: read('normaliser'),
    stage: read('stage'),
    evaluate: read('evaluate'),
    save: read('save'),
  };
  checkArrays(plan, file);
  return plan;
}

function checkHeader(header: PlanHeader, file: string): void {
  if (header?.format !== 'attune-plan') throw new AttuneError('is no plan', { file, field: 'format', fix });
  if (header.version !== 1) {
    throw new AttuneError(`is a plan of version ${header.version}; this program reads version 1`, {
      file,
      field: 'version',
      fix,
    });
  }
  const missing = (['seed', 'engine', 'stages', 'shards', 'totals'] as const).find(
    (field) => header[field] === undefined,
  );
  if (missing) throw new AttuneError(`${missing} is missing`, { file, field: missing, fix });
  checkStages(header, file);
}

/** Stages follow one another without a gap, take rows that exist, and lengthen only what stands right before them. */
function checkStages({ stages, shards, totals }: PlanHeader, file: string): void {
  const problem = (field: string, text: string): AttuneError => new AttuneError(text, { file, field, fix });
  let steps = 0;
  for (const [index, stage] of stages.entries()) {
    const name = `stage \`${stage.name}\``;
    if (stage.first_step !== steps + 1) {
      throw problem(
        'stages',
        `${name} begins with step ${stage.first_step}, the one before it ends with step ${steps}`,
      );
    }
    steps += stage.steps;
    for (const part of stage.parts ?? []) {
      if (part.first_row >= 0 && part.first_row + part.rows <= shards.train.rows) continue;
      throw problem(
        'stages',
        `part \`${part.name}\` of ${name} has the rows ${part.first_row} to ${part.first_row + part.rows - 1}, there are ${shards.train.rows}`,
      );
    }
    if (stage.extends === undefined) continue;
    const before = stages[index - 1];
    if (before?.name !== stage.extends && before?.extends !== stage.extends) {
      throw problem('stages', `${name} lengthens \`${stage.extends}\`, which does not stand before it`);
    }
  }
  if (steps !== totals.steps) {
    throw problem('stages', `the stages have ${steps} steps, the totals say ${totals.steps}`);
  }
  const { pools } = shards.train;
  const joined = pools?.reduce((sum, pool) => sum + pool.rows, 0) ?? shards.train.rows;
  if (joined !== shards.train.rows) {
    throw problem('shards', `the pools have ${joined} rows, the shards that join them ${shards.train.rows}`);
  }
}

function readArray(tensors: Map<string, LoadedTensor>, name: ArrayName, file: string): LoadedTensor['data'] {
  const tensor = tensors.get(name);
  if (!tensor) throw new AttuneError(`array ${name} is missing`, { file, field: name, fix });
  const { dtype } = arrays[name];
  if (tensor.dtype !== dtype || tensor.shape.length !== 1) {
    throw new AttuneError(
      `array ${name} is ${tensor.dtype} [${tensor.shape.join(', ')}], wanted a list of ${dtype}`,
      { file, field: name, fix },
    );
  }
  return tensor.data;
}

function checkArrays(plan: Plan, file: string): void {
  const problem = (field: ArrayName, text: string): AttuneError =>
    new AttuneError(`array ${field}: ${text}`, { file, field, fix });
  const { steps } = plan.header.totals;
  for (const name of Object.keys(arrays) as ArrayName[]) {
    const wanted = name === 'rows' ? plan.header.totals.rows : name === 'step_offsets' ? steps + 1 : steps;
    const { length } = plan[arrays[name].field];
    if (length !== wanted) throw problem(name, `has ${length} entries, plan.json says ${wanted}`);
  }
  const { stepOffsets, rows, normaliser, learningRate, stage } = plan;
  const limit = plan.header.shards.train.rows;
  const outside = rows.findIndex((row) => row < 0 || row >= limit);
  if (outside >= 0) throw problem('rows', `row ${rows[outside]} does not exist, there are ${limit}`);
  if (stepOffsets[0] !== 0 || stepOffsets[steps] !== rows.length) {
    throw problem('step_offsets', 'does not begin at 0 and end at the number of rows');
  }
  for (let step = 0; step < steps; step++) {
    if (stepOffsets[step + 1]! <= stepOffsets[step]!) {
      throw problem('step_offsets', `step ${step + 1} has no rows`);
    }
    if (normaliser[step]! <= 0) throw problem('normaliser', `step ${step + 1} has no supervised tokens`);
    if (!Number.isFinite(learningRate[step]) || learningRate[step]! < 0) {
      throw problem('learning_rate', `step ${step + 1} has ${learningRate[step]}`);
    }
    if (!plan.header.stages[stage[step]!]) {
      throw problem('stage', `step ${step + 1} names a stage that does not exist`);
    }
  }
  for (const [index, { name, first_step, steps: length, parts }] of plan.header.stages.entries()) {
    const known = (row: number): boolean =>
      parts?.some((part) => row >= part.first_row && row < part.first_row + part.rows) ?? true;
    for (let step = first_step; step < first_step + length; step++) {
      if (stage[step - 1] !== index) {
        throw problem(
          'stage',
          `step ${step} belongs to stage \`${name}\` and says ${stage[step - 1]}, not ${index}`,
        );
      }
      const foreign = rows.subarray(stepOffsets[step - 1], stepOffsets[step]).find((row) => !known(row));
      if (foreign !== undefined) {
        throw problem('rows', `row ${foreign} of step ${step} lies in no part of stage \`${name}\``);
      }
    }
  }
}
