/**
 * The systems of an evaluation, opened one after the other.
 * @module
 */
import { join, resolve } from 'node:path';
import { type ChatFormat, createChatFormat } from '../../../chat/template.js';
import { checkSamePrompts } from '../../../chat/template-check.js';
import type { Message } from '../../../data/example.js';
import { createGgufSystem } from '../../../engine/llama-cpp/system.js';
import { createOnnxSystem } from '../../../engine/onnx/system.js';
import { AttuneError } from '../../../errors.js';
import type { System } from '../../../evaluate/system.js';
import { createCachedSystem } from '../../../evaluate/systems/cached.js';
import { createEndpointSystem } from '../../../evaluate/systems/endpoint.js';
import { createRecordedSystem } from '../../../evaluate/systems/recorded.js';
import { openModel } from '../../../model/open.js';
import { systemName } from '../../../recipe/evaluation/systems.js';
import type { EvaluationSettings } from '../../../recipe/evaluation.js';
import { modelSchema } from '../../../recipe/model.js';
import { dataDirectory, shownPath } from '../job.js';
import { openNamedModel } from '../open-model.js';
import type { EvaluationSetting } from './setting.js';

/** An entry of `evaluation.systems`. */
export type SystemEntry = EvaluationSettings['systems'][number];

/** Name of the system that is compared with every other one. */
export function candidateOf(evaluation: EvaluationSettings): string {
  const names = evaluation.systems.map((system) => systemName(system, evaluation));
  return evaluation.candidate ?? names.find((name) => name === 'tuned') ?? names[0]!;
}

/** Whether the candidate was made from the base that is asked too, so that it may have forgotten something. */
export function mayHaveForgotten(evaluation: EvaluationSettings): boolean {
  const candidate = evaluation.systems.find(
    (system) => systemName(system, evaluation) === candidateOf(evaluation),
  );
  return (
    evaluation.systems.includes('base') &&
    candidate !== undefined &&
    ['tuned', 'adapter'].includes(systemType(candidate))
  );
}

/** A system's type, as in `evaluation/systems.json`. */
export const systemType = (system: SystemEntry): string =>
  typeof system === 'string' ? system : system.type;

/** What a system is, for people. */
export function describeSystem(system: SystemEntry): string | undefined {
  if (typeof system === 'string') return undefined;
  if (system.type === 'model') return system.model;
  if (system.type === 'endpoint') return `${system.model} at ${new URL(system.base_url).host}`;
  return shownPath(system.path);
}

/**
 * Opens a system. What models answer is kept beyond the run, so that one that was asked the same before is not asked again.
 *
 * The recipe's own model is asked in the precision that the tuned model has, so that only the tuning differs.
 *
 * @param conversations some that it will be asked, on which a template of its own is compared with the recipe's
 */
export async function openSystem(
  entry: SystemEntry,
  setting: EvaluationSetting,
  conversations: readonly Message[][] = [],
): Promise<System> {
  const system = await openUncached(entry, setting, conversations);
  const recorded = typeof entry !== 'string' && (entry.type === 'recorded' || entry.type === 'expert');
  return recorded ? system : createCachedSystem(system, join(dataDirectory, '.evaluation'));
}

async function openUncached(
  entry: SystemEntry,
  setting: EvaluationSetting,
  conversations: readonly Message[][],
): Promise<System> {
  const { evaluation, precision, tuned } = setting;
  const name = (entry === 'tuned' && tuned?.name) || systemName(entry, evaluation);
  const common = { name, precision, batchSize: evaluation.batch_size };
  if (entry === 'base' || entry === 'base_few_shot') {
    return createOnnxSystem({ ...common, ...(await setting.openModel()) });
  }
  if (entry === 'tuned') {
    if (!tuned) {
      throw new AttuneError('`tuned` is the model of a run, and nothing is trained here', {
        field: 'evaluation.systems',
        fix: 'name the adapter as a system of type adapter, with its path',
      });
    }
    if (tuned.kind === 'model') {
      const model = await openModel(tuned.directory, {});
      return createOnnxSystem({ ...common, model, format: createChatFormat(model) });
    }
    return createOnnxSystem({
      ...common,
      ...(await setting.openModel()),
      adapterDirectory: tuned.directory,
    });
  }
  switch (entry.type) {
    case 'adapter':
      return createOnnxSystem({
        ...common,
        ...(await setting.openModel()),
        adapterDirectory: resolve(entry.path),
      });
    case 'model': {
      const model = await openNamedModel(modelSchema.parse({ name: entry.model }), setting);
      return createOnnxSystem({ ...common, model, format: createChatFormat(model) });
    }
    case 'gguf':
      return openGguf(entry, setting, conversations);
    case 'endpoint':
      return createEndpointSystem(entry, process.env, await formatFor(entry, setting));
    case 'recorded':
    case 'expert':
      return openRecorded(entry, setting);
  }
}

/** A GGUF file of the recipe's model is asked exactly as in training, or not at all. */
async function openGguf(
  { name, path, adapter, template }: Extract<SystemEntry, { type: 'gguf' }>,
  setting: EvaluationSetting,
  conversations: readonly Message[][],
): Promise<System> {
  const run = template === 'run' && setting.namesModel ? await setting.openModel() : undefined;
  const system = await createGgufSystem({
    name,
    file: path,
    adapterFile: adapter,
    tokenizer: run?.model.tokenizer,
    batchSize: setting.evaluation.batch_size,
  });
  if (run) {
    const names = { training: run.model.name, other: shownPath(path) };
    checkSamePrompts(run.format, system.format, conversations, names);
  }
  return system;
}

async function openRecorded(
  entry: Extract<SystemEntry, { type: 'recorded' | 'expert' }>,
  { note }: EvaluationSetting,
): Promise<System> {
  const system = await createRecordedSystem({ ...entry, file: entry.path, baseDirectory: '.' });
  for (const guessed of system.notes) note(`note: ${guessed}`);
  return system;
}

/** The format that renders prompts for an endpoint that continues text: the recipe's own, as in training. */
async function formatFor(
  { prompt }: Extract<SystemEntry, { type: 'endpoint' }>,
  setting: EvaluationSetting,
): Promise<{ format?: ChatFormat }> {
  return prompt === 'completions' ? { format: (await setting.openModel()).format } : {};
}
