/**
 * The sizes behind the names of dimensions in the engine's graphs, for one batch.
 * @module
 */
import type { ModelConfig } from '../../model/config.js';
import { blockSize } from './attention.js';

/** A batch as its graph sees it. */
export interface BatchSizes {
  /** Rows. */
  batch: number;
  /** Tokens of the longest row. */
  sequence: number;
  /** Supervised tokens of all rows. */
  targets: number;
}

/** What the graph was built for. */
export interface GraphLimits {
  config: ModelConfig;
  /** Longest row that the graph takes. */
  longest: number;
  lossChunks: number;
  /** Elements in each adapted module's window of dropout draws, by the module's number. */
  windows?: readonly number[];
}

/** Resolves the names of {@link buildTrainGraph} and of the graph of likelihoods. */
export function trainSizes(
  { batch, sequence, targets }: BatchSizes,
  { config, longest, lossChunks, windows = [] }: GraphLimits,
): (name: string) => number {
  const size = blockSize(longest);
  const group = config.numAttentionHeads / config.numKeyValueHeads;
  const rows = (block: number): number => Math.max(0, Math.min(size, sequence - block * size));
  const columns = (block: number): number => Math.min(sequence, (block + 1) * size);
  return (name) => {
    const [, word, digits] = /^([a-z]+)(\d*)$/.exec(name)!;
    const number = Number(digits);
    switch (word) {
      case 'batch':
        return batch;
      case 'sequence':
        return sequence;
      case 'tokens':
        return batch * sequence;
      case 'targets':
        return targets;
      case 'rows':
        return rows(number);
      case 'columns':
        return columns(number);
      case 'grouped':
        return group * rows(number);
      case 'kept':
        return Math.min(columns(number), rows(number) * (number + 1) * size);
      case 'chunk':
        return (
          Math.floor((targets * (number + 1)) / lossChunks) - Math.floor((targets * number) / lossChunks)
        );
      case 'window':
        return windows[number]!;
      case 'pool':
        return 2 * Math.max(0, ...windows);
      default:
        throw new Error(`the size ${name} is not known`);
    }
  };
}
