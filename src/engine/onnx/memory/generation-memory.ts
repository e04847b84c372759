/**
 * The memory of answers: prompts, keys and values, packed weights.
 * @module
 */
import { buildGenerateGraph } from '../generate-graph.js';
import { readingBlocks } from '../generator.js';
import { bytesPerToken } from '../key-value-cache.js';
import { adapterShape, trainedParameters } from '../parameters.js';
import { tokensAtOnce } from '../reading-plan.js';
import { keyValueBytes } from '../system.js';
import { graphMemory } from './graph-memory.js';
import { predictedBase } from './predicted-base.js';
import { type PhaseMemory, phaseOf } from './terms.js';
import { PROCESS_BYTES, type TrainMemoryInput } from './train-memory.js';

/** What is asked. */
export interface PredictedAnswers {
  /** Tokens of the longest prompt. */
  promptTokens: number;
  newTokens: number;
  /** Prompts that are answered together. */
  batchSize: number;
}

/**
 * Predicted peak of generation where no prompts share a beginning, all are as long as the longest one, and every answer
 * has all of its tokens: an upper estimate.
 */
export function predictGeneration(
  { config, tensors, settings }: Pick<TrainMemoryInput, 'config' | 'tensors' | 'settings'>,
  { promptTokens, newTokens, batchSize }: PredictedAnswers,
): PhaseMemory {
  const base = predictedBase(tensors, config, settings.precision);
  const adapter = adapterShape(config, settings);
  const parameters = adapter ? trainedParameters(config, settings, base.tensors) : [];
  const perToken = bytesPerToken(config);
  const room = promptTokens + newTokens;
  const batch = Math.max(1, Math.min(batchSize, Math.floor(keyValueBytes / (perToken * room))));
  const group = config.numAttentionHeads / config.numKeyValueHeads;
  const count = (kind: 'read' | 'step', rows: number, sequence: number) => {
    const blocks = readingBlocks(kind, sequence);
    const sizes = new Map([
      ['batch', rows],
      ['sequence', sequence],
      ['tokens', rows * sequence],
      ['past', room],
      ['keys', room + 1],
    ]);
    for (let b = 0; b < blocks; b++) {
      const [start, end] = [b, b + 1].map((at) => Math.floor((at * sequence) / blocks));
      sizes.set(`rows${b}`, end! - start!);
      sizes.set(`columns${b}`, end!).set(`keys${b}`, end!);
      sizes.set(`grouped${b}`, group * (end! - start!));
    }
    const { graph } = buildGenerateGraph({
      config,
      base,
      parameters,
      adapter,
      kind,
      hasPrefix: false,
      hasPast: kind === 'step',
      blocks,
    });
    return graphMemory({ graph, runs: [(name) => sizes.get(name)!] });
  };
  const atOnce = Math.max(1, Math.min(batch, Math.floor(tokensAtOnce / promptTokens)));
  const reading = count('read', atOnce, Math.min(promptTokens, tokensAtOnce));
  const steps = count('step', batch, 1);
  return phaseOf('generate', [
    { name: 'the process itself', bytes: PROCESS_BYTES },
    { name: 'adapter', bytes: parameters.reduce((sum, { size }) => sum + 4 * size, 0) },
    { name: 'weights of the base, mapped', bytes: reading.mapped, mapped: true },
    { name: 'packed weights', bytes: steps.mapped },
    { name: 'graphs', bytes: reading.session + steps.session },
    { name: 'keys and values', bytes: batch * room * perToken },
    { name: 'prompts at the peak', bytes: reading.run.arena },
    { name: 'copies of new keys and values', bytes: reading.copies },
    { name: 'new tokens at the peak', bytes: steps.run.arena },
  ]);
}
