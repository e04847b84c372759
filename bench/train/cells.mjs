/**
 * The matrix of the training bench: what is trained on how many tokens, and by whom.
 * @module
 */

const lengths = [
  [8, 128],
  [4, 256],
  [1, 1024],
];
const shares = { quarter: 0.25, all: 1 };

/** Names of all cells: two shapes of model, 1,024 tokens a step in rows of three lengths, a quarter or all supervised. */
export const allCells = ['135m', '360m'].flatMap((model) =>
  lengths.flatMap(([rows, length]) =>
    Object.keys(shares).map((share) => `${model}-${rows}x${length}-${share}`),
  ),
);

/**
 * Reads a cell's name: `<135m|360m|tiny>-<rows>x<length>-<quarter|all>`.
 *
 * @throws where it is not written so
 */
export function readCell(name) {
  const [, model, rows, length, share] = /^(135m|360m|tiny)-(\d+)x(\d+)-(quarter|all)$/.exec(name) ?? [];
  if (!model) throw new Error(`${name} is no cell; one is ${allCells[0]}`);
  return { name, model, rows: Number(rows), length: Number(length), share: shares[share] };
}

/** Who trains: the program's parameters after the model, the tokens and the number of steps. */
export const sides = {
  'attune-float32': { precision: 'float32' },
  'attune-nf4': { precision: 'nf4' },
  'attune-int8': { precision: 'int8' },
  'peft-float32': { precision: 'float32' },
  'peft-bfloat16': { precision: 'bfloat16' },
  'peft-nf4': { precision: 'nf4' },
  'compiled-float32': { precision: 'float32', words: ['compiled'] },
  'compiled-bfloat16': { precision: 'bfloat16', words: ['compiled'] },
  'attune-float32-checkpointing': { precision: 'float32', words: ['checkpointing'] },
  'attune-int8-checkpointing': { precision: 'int8', words: ['checkpointing'] },
  'peft-float32-checkpointing': { precision: 'float32', words: ['checkpointing'] },
};

/** Those that run when none are named. */
export const usualSides = Object.keys(sides).filter((side) => !side.endsWith('-checkpointing'));

const peers = usualSides.filter((side) => !side.startsWith('attune'));
const speed = 'tokens_per_second';
const memory = 'peak_memory_bytes';

/**
 * What has to be reached, as ratios. A machine with AMX lets PyTorch multiply bfloat16 in matrix units; without, int8 has
 * to be further ahead.
 */
export const barsOf = (hasAmx) => [
  {
    measure: speed,
    of: 'attune-float32',
    against: ['peft-float32', 'compiled-float32'],
    bar: { at_least: 1.25 },
  },
  { measure: speed, of: 'attune-float32', against: 'peft-float32', bar: { at_least: 1.5 } },
  { measure: speed, of: 'attune-nf4', against: 'peft-nf4', bar: { at_least: 1.7 } },
  { measure: speed, of: 'attune-int8', against: 'peft-float32', bar: { at_least: 2.5 } },
  { measure: speed, of: 'attune-int8', against: 'peft-bfloat16', bar: { at_least: 1.6 } },
  { measure: speed, of: 'attune-int8', against: peers, bar: { at_least: hasAmx ? 1.1 : 2 } },
  { measure: memory, of: 'attune-float32', against: 'peft-float32', bar: { at_most: 0.5 } },
  { measure: memory, of: 'attune-nf4', against: 'peft-nf4', bar: { at_most: 0.4 } },
  { measure: memory, of: 'attune-int8', against: 'peft-float32' },
  { measure: memory, of: 'attune-int8', against: 'peft-bfloat16' },
  { measure: memory, of: 'attune-float32', against: 'compiled-float32' },
  {
    measure: memory,
    of: 'attune-float32-checkpointing',
    against: 'peft-float32-checkpointing',
  },
];

/** Seconds from the command to the end of the first optimizer step, converting the weights included. */
export const firstStepBar = 15;

/**
 * Largest difference of a side's first loss from that of PEFT in float32. NF4 has a base of its own, so its two sides are
 * compared with each other; bfloat16 and int8 round what they compute.
 */
export const lossTolerances = [
  { side: 'attune-float32', against: 'peft-float32', most: 1e-3 },
  { side: 'compiled-float32', against: 'peft-float32', most: 1e-3 },
  { side: 'attune-nf4', against: 'peft-nf4', most: 1e-3 },
  { side: 'attune-int8', against: 'peft-float32', most: 0.05 },
  { side: 'peft-bfloat16', against: 'peft-float32', most: 0.05 },
  { side: 'compiled-bfloat16', against: 'peft-float32', most: 0.05 },
];
