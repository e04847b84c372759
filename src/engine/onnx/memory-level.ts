/**
 * What the settings' level of memory means for the graph of a micro-batch.
 * @module
 */
import type { ShardSet } from '../../chat/shard.js';
import type { ModelConfig } from '../../model/config.js';
import type { EngineSettings } from '../../train/settings.js';
import { chunkCount } from './cross-entropy.js';

/** Layers, from the first on, that are computed a second time. What the recipe says goes before the chosen level. */
export function checkpointedLayers(
  settings: Pick<EngineSettings, 'gradient_checkpointing' | 'memory'>,
  config: ModelConfig,
): number {
  if (settings.gradient_checkpointing) return config.numHiddenLayers;
  return Math.min(settings.memory?.checkpointed_layers ?? 0, config.numHiddenLayers);
}

/**
 * Pieces in which the loss of a micro-batch of at most `rows` rows is computed. One with fewer supervised tokens than pieces is
 * filled up.
 */
export function lossChunkCount(
  shards: Pick<ShardSet, 'supervisedPerRow'>,
  rows: number,
  { vocabSize }: ModelConfig,
  { memory }: Pick<EngineSettings, 'memory'>,
): number {
  const densest = shards.supervisedPerRow.reduce((most, count) => Math.max(most, count), 0);
  return chunkCount(densest * rows, vocabSize, memory?.loss_chunk_bytes);
}
