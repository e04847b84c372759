/**
 * The recipes of the ablation: the finance example with one thing changed, all with the same number of tokens.
 * @module
 */

/** How the tokens of a staged arm are divided over the stages of the example. */
const shares = { general: 0.2, instructions: 0.5, targets: 0.3 };

/**
 * @typedef {object} Arm
 * @property {string} about
 * @property {'full' | 'lora' | 'qlora'} method
 * @property {'staged' | 'one stage'} stages
 * @property {boolean} replay
 */

/** @type {Record<string, Arm>} */
export const arms = {
  'qlora-staged': { about: 'QLoRA, three stages, replay', method: 'qlora', stages: 'staged', replay: true },
  'lora-staged': { about: 'LoRA, three stages, replay', method: 'lora', stages: 'staged', replay: true },
  'full-staged': {
    about: 'every weight, three stages, replay',
    method: 'full',
    stages: 'staged',
    replay: true,
  },
  'qlora-no-replay': {
    about: 'QLoRA, three stages, no replay',
    method: 'qlora',
    stages: 'staged',
    replay: false,
  },
  'qlora-one-stage': {
    about: 'QLoRA, instructions alone in one stage, no replay',
    method: 'qlora',
    stages: 'one stage',
    replay: false,
  },
};

/** What is compared with what, and what a difference says. */
export const questions = [
  { asks: 'stages or one stage?', candidate: 'qlora-no-replay', baseline: 'qlora-one-stage' },
  { asks: 'replay or none?', candidate: 'qlora-staged', baseline: 'qlora-no-replay' },
  { asks: '4 bits or 32?', candidate: 'qlora-staged', baseline: 'lora-staged' },
  { asks: 'every weight or LoRA?', candidate: 'full-staged', baseline: 'lora-staged' },
];

/** Learning rates of full fine-tuning are this part of LoRA's. */
const fullRate = 0.1;

/**
 * The recipe of one arm and seed. The data, its split and the items are those of the example whatever the seed: the seed
 * is that of initial weights and order.
 *
 * @param {any} example the example's recipe as values
 * @param {{ arm: Arm; tokens: number; seed: number; items: number; name: string; outputDirectory: string }} options
 */
export function recipeOf(example, { arm, tokens, seed, items, name, outputDirectory }) {
  const stages = example.stages.map((stage) => stageOf(stage, arm, Math.round(tokens * shares[stage.name])));
  const instructions = stages.find((stage) => stage.name === 'instructions');
  return {
    ...example,
    name,
    output_dir: outputDirectory,
    adapter: {
      ...example.adapter,
      method: arm.method,
      ...(arm.method === 'qlora' ? {} : { precision: 'float32' }),
    },
    training: {
      ...example.training,
      seed,
      learning_rate: rate(example.training.learning_rate, arm),
      eval_steps: 0,
      save_steps: 50,
      save_total_limit: 1,
    },
    stages: arm.stages === 'staged' ? stages : [{ ...instructions, length: { tokens } }],
    evaluation: {
      ...example.evaluation,
      systems: ['base', 'base_few_shot', 'tuned'],
      benchmarks: example.evaluation.benchmarks
        .filter(({ split }) => split !== 'validation')
        .map((entry) => (entry.benchmark || entry.facts ? entry : { ...entry, max_items: items })),
    },
  };
}

function stageOf(stage, arm, tokens) {
  const { replay, gate: _gate, evaluate: _evaluate, learning_rate, ...rest } = stage;
  return {
    ...rest,
    length: { tokens },
    ...(learning_rate === undefined ? {} : { learning_rate: rate(learning_rate, arm) }),
    ...(arm.replay && replay ? { replay } : {}),
  };
}

const rate = (value, { method }) => (method === 'full' ? value * fullRate : value);
