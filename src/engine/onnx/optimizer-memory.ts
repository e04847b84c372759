/**
 * What the optimizer takes, before it is there.
 * @module
 */
import { MemoryWalk } from '../../graph/live-bytes.js';
import type { OptimizerSettings } from '../../train/settings.js';
import { BLOCK_SIZE } from './dynamic-quantization.js';
import { adamwGraph, isEightBit, PIECE } from './optimizer.js';
import type { Parameter } from './parameters.js';

/** Bytes of the moments. */
export function stateBytes(
  parameters: readonly Pick<Parameter, 'size'>[],
  { optim }: Pick<OptimizerSettings, 'optim'>,
): number {
  return parameters.reduce((sum, parameter) => {
    const { size } = parameter;
    return sum + (isEightBit(parameter, optim) ? 2 * size + 8 * Math.ceil(size / BLOCK_SIZE) : 8 * size);
  }, 0);
}

/** Bytes of the arena of the session that updates `elements` in pieces. */
export function optimizerMemory(elements: number): number {
  const piece = Math.min(PIECE, elements);
  const { graph, p, m, v } = adamwGraph();
  const { arena } = new MemoryWalk(graph, { given: new Set([p, m, v]) }).run(() => piece);
  return arena;
}
