/**
 * The settings whose memory is predicted and measured: method × length × checkpointing, and some that differ in one more
 * thing.
 * @module
 */

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {'full' | 'lora' | 'qlora'} method
 * @property {'float32' | 'bfloat16' | 'nf4'} precision
 * @property {number} rows in a micro-batch
 * @property {number} length
 * @property {number} supervised share of the tokens
 * @property {boolean} checkpointing
 * @property {'adamw_bnb_8bit'} [optim]
 * @property {import('../../dist/train/settings.js').MemoryLevel} [memory]
 */

const precisions = { full: 'float32', lora: 'float32', qlora: 'nf4' };

/** @returns {Setting[]} */
export function memorySettings() {
  const crossed = ['full', 'lora', 'qlora'].flatMap((method) =>
    [128, 512, 1024].flatMap((length) =>
      [false, true].map((checkpointing) => ({
        name: `${method} ${length}${checkpointing ? ' checkpointed' : ''}`,
        method,
        precision: precisions[method],
        rows: 1,
        length,
        supervised: 0.25,
        checkpointing,
      })),
    ),
  );
  const lora = { method: 'lora', precision: 'float32', supervised: 0.25, checkpointing: false };
  return [
    ...crossed,
    { ...lora, name: 'lora 4×256', rows: 4, length: 256 },
    { ...lora, name: 'lora 4×256, all supervised', rows: 4, length: 256, supervised: 1 },
    { ...lora, name: 'lora bfloat16 2×512', rows: 2, length: 512, precision: 'bfloat16' },
    {
      ...lora,
      name: 'full 128, 8-bit moments',
      method: 'full',
      rows: 1,
      length: 128,
      optim: 'adamw_bnb_8bit',
    },
    {
      ...lora,
      name: 'lora 1024, half checkpointed, apart',
      rows: 1,
      length: 1024,
      memory: { checkpointed_layers: 15, apart: true },
    },
  ];
}
