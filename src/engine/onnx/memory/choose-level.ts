/**
 * How a training keeps within a budget: the fastest level that fits, and what else would free memory where none does.
 * @module
 */
import type { EngineSettings, MemoryLevel } from '../../../train/settings.js';
import { highestPhase, type PhaseMemory } from './terms.js';
import { type Lengths, predictTraining, type TrainMemoryInput } from './train-memory.js';

/** A prediction may lie so far below what is measured, and is kept so far below the budget. */
const MARGIN = 0.03;

/** Smaller pieces of the logits: slower, since the head's weights are read once for each. */
const SMALL_CHUNK_BYTES = 16 * 2 ** 20;

/** A level and what it comes to. */
export interface LevelChoice {
  level: MemoryLevel;
  phases: PhaseMemory[];
  /** Whether its highest phase lies within the budget. */
  fits: boolean;
}

/**
 * The fastest level whose predicted peak lies within `budget` bytes. From fast to slow: everything kept; training and
 * evaluation apart; some layers computed twice, as few as needed; all layers; smaller pieces of the logits as well.
 *
 * @param keepCheckpointing whether the recipe says itself what is computed twice
 * @returns the slowest level where nothing fits
 */
export function chooseLevel(input: TrainMemoryInput, budget: number, keepCheckpointing = false): LevelChoice {
  const layers = input.config.numHiddenLayers;
  const known = new Map<string, LevelChoice>();
  const attempt = (level: MemoryLevel): LevelChoice => {
    const key = JSON.stringify(level);
    const found = known.get(key) ?? measure(input, level, budget);
    known.set(key, found);
    return found;
  };
  const together = attempt({ checkpointed_layers: 0, apart: false });
  if (together.fits) return together;
  const apart = (checkpointed: number): LevelChoice =>
    attempt({ checkpointed_layers: checkpointed, apart: true });
  if (apart(0).fits) return apart(0);
  const most = keepCheckpointing ? 0 : layers;
  if (!apart(most).fits) {
    return attempt({ checkpointed_layers: most, loss_chunk_bytes: SMALL_CHUNK_BYTES, apart: true });
  }
  let tooFew = 0;
  let enough = most;
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (apart(middle).fits) enough = middle;
    else tooFew = middle;
  }
  const keepsBoth = attempt({ checkpointed_layers: enough, apart: false });
  return keepsBoth.fits ? keepsBoth : apart(enough);
}

function measure(input: TrainMemoryInput, level: MemoryLevel, budget: number): LevelChoice {
  const phases = predictTraining({ ...input, settings: { ...input.settings, memory: level } });
  return { level, phases, fits: highestPhase(phases).bytes <= (1 - MARGIN) * budget };
}

/** A change to the recipe and what it would come to. */
export interface MemoryAdvice {
  /** As the recipe would write it. */
  setting: string;
  /** Predicted highest memory with it. */
  bytes: number;
  /** Bytes less than now. */
  frees: number;
}

/** Settings that free memory, those that free the most first; ones that free nothing are left out. */
export function adviseMemory(input: TrainMemoryInput): MemoryAdvice[] {
  const { settings, train } = input;
  const now = highestPhase(predictTraining(input)).bytes;
  const change = (changes: Partial<EngineSettings>): TrainMemoryInput => ({
    ...input,
    settings: { ...settings, ...changes },
  });
  const options: [string, TrainMemoryInput][] = [];
  if (!settings.gradient_checkpointing) {
    options.push(['training.gradient_checkpointing: true', change({ gradient_checkpointing: true })]);
  }
  if (train.length > 128) {
    const length = train.length / 2;
    options.push([
      `data.max_length: ${Math.round(length)}`,
      {
        ...input,
        train: shortened(train, length),
        ...(input.evaluation && {
          evaluation: { ...input.evaluation, shards: shortened(input.evaluation.shards, length) },
        }),
      },
    ]);
  }
  if (input.batches.some((batch) => batch.length > 1)) {
    options.push([
      'training.per_device_train_batch_size: 1',
      { ...input, batches: input.batches.flatMap((batch) => batch.map((row) => [row])) },
    ]);
  }
  if (settings.method === 'lora' && settings.precision === 'float32') {
    options.push(
      ['adapter.precision: bfloat16', change({ precision: 'bfloat16' })],
      ['adapter.load_in_8bit: true', change({ precision: 'int8' })],
    );
  }
  if (settings.method === 'lora') {
    options.push(['adapter.method: qlora', change({ method: 'qlora', precision: 'nf4' })]);
  }
  if (settings.optimizer.optim !== 'adamw_bnb_8bit') {
    options.push([
      'training.optim: adamw_bnb_8bit',
      change({ optimizer: { ...settings.optimizer, optim: 'adamw_bnb_8bit' } }),
    ]);
  }
  return options
    .map(([setting, changed]) => {
      const { bytes } = highestPhase(predictTraining(changed));
      return { setting, bytes, frees: now - bytes };
    })
    .filter(({ frees }) => frees >= 2 ** 20)
    .sort((a, b) => b.frees - a.frees);
}

/** The same rows, as long as they may be; what was cut off was partly supervised. */
function shortened({ length, lengthPerRow, supervisedPerRow }: Lengths, most: number): Lengths {
  const cut = Math.round(most);
  return {
    length: Math.min(length, cut),
    lengthPerRow: lengthPerRow.map((own) => Math.min(own, cut)),
    supervisedPerRow: supervisedPerRow.map((count, row) =>
      Math.max(1, Math.round(count * Math.min(1, cut / lengthPerRow[row]!))),
    ),
  };
}
