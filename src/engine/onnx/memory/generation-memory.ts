/**
 * The memory of answers: prompts, keys and values, packed weights.
 * @module
 */
import { buildGenerateGraph } from '../generate-graph.js';
import { TOKENS_AT_ONCE } from '../generator.js';
import { bytesPerToken } from '../key-value-cache.js';
import { adapterShape, trainedParameters } from '../parameters.js';
import { cacheBytes } from '../system.js';
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
  const batch = Math.max(1, Math.min(batchSize, Math.floor(cacheBytes / (perToken * room))));
  const group = config.numAttentionHeads / config.numKeyValueHeads;
  const count = (hasPast: boolean, rows: number, sequence: number) => {
    const sizes = new Map([
      ['batch', rows],
      ['groups', rows],
      ['members', 1],
      ['sequence', sequence],
      ['tokens', rows * sequence],
      ['grouped', group * sequence],
      ['stacked', group * sequence],
      ['past', room],
    ]);
    const { graph } = buildGenerateGraph({
      config,
      base,
      parameters,
      adapter,
      hasPrefix: false,
      hasPast,
      wantsLogits: false,
    });
    return graphMemory({ graph, runs: [(name) => sizes.get(name)!] });
  };
  const atOnce = Math.max(1, Math.min(batch, Math.floor(TOKENS_AT_ONCE / promptTokens)));
  const reading = count(false, atOnce, promptTokens);
  const steps = count(true, batch, 1);
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
