/**
 * Recipe section `stages`: training in stages, from general knowledge of the domain to the tasks in hand.
 * @module
 */
import { z } from 'zod';
import { gateSchema } from './stages/gate.js';
import { lengthSchema } from './stages/length.js';
import { selectSchema } from './stages/select.js';
import { trainingSchema } from './training.js';

const partSchema = z.strictObject({
  name: z.string().min(1).max(40).describe('Short name, for the plan and the report.'),
  select: selectSchema.prefault({}).describe('Which examples the part takes.'),
  ratio: z
    .number()
    .positive()
    .optional()
    .describe('Its part of the tokens against the others’ ratios; all parts have one, or none has.'),
});

const training = trainingSchema.shape;

const stageSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9._-]*$/,
        'wanted only lower-case letters, digits, dots, dashes and underscores, because it names files',
      )
      .describe('Name of the stage, in metrics, checkpoints and the report.'),
    select: selectSchema.prefault({}).describe('Which examples of the training split it takes.'),
    mix: z
      .array(partSchema)
      .min(2, 'a mix has at least two parts')
      .optional()
      .describe(
        'Several parts side by side, each with examples of its own; they take from what `select` leaves.',
      ),
    temperature: z
      .number()
      .min(1)
      .default(1)
      .describe(
        'Parts without ratios get tokens in proportion to their size to the power of 1/temperature: 1 keeps the sizes, more evens them out.',
      ),
    replay: z
      .strictObject({
        share: z.number().gt(0).lt(1).describe('Share of the stage’s tokens.'),
        select: selectSchema
          .prefault({ aspects: ['general'] })
          .describe('Which examples are replayed; those with the aspect `general` where absent.'),
      })
      .optional()
      .describe('General examples in between, against forgetting.'),
    length: lengthSchema.prefault({ epochs: 1 }).describe('How long the stage is; one epoch where absent.'),
    order: z
      .enum(['random', 'hardness', 'length', 'base_loss', 'annealed'])
      .default('random')
      .describe(
        'Order of the rows of a pass: shuffled; easiest, shortest or lowest loss of the base model first; or `annealed`: drawn from the easy ones first, from more and more of them, and from all at the end (arXiv 1903.09848).',
      ),
    learning_rate: training.learning_rate
      .removeDefault()
      .optional()
      .describe('Highest learning rate; that of `training` where absent.'),
    lr_scheduler_type: training.lr_scheduler_type
      .removeDefault()
      .optional()
      .describe('Schedule over the steps of this stage; that of `training` where absent.'),
    warmup_ratio: training.warmup_ratio
      .removeDefault()
      .optional()
      .describe('Part of the stage’s steps in which the rate rises from 0.'),
    warmup_steps: training.warmup_steps.removeDefault().optional().describe('The same as a number of steps.'),
    per_device_train_batch_size: training.per_device_train_batch_size
      .removeDefault()
      .optional()
      .describe('Rows in a micro-batch.'),
    gradient_accumulation_steps: training.gradient_accumulation_steps
      .removeDefault()
      .optional()
      .describe('Micro-batches in one optimizer step.'),
    eval_steps: training.eval_steps
      .removeDefault()
      .optional()
      .describe(
        'Steps between two computations of `eval_loss`; it is computed at the end of a stage in any case.',
      ),
    save_steps: training.save_steps
      .removeDefault()
      .optional()
      .describe('Steps between two checkpoints; the end of a stage is always kept.'),
    carry: z
      .enum(['adapter', 'merged'])
      .default('adapter')
      .describe(
        'What it begins with: the `adapter` of the stage before, trained on; or that one `merged` into the frozen base and a fresh adapter.',
      ),
    optimizer: z
      .enum(['fresh', 'keep'])
      .default('fresh')
      .describe('Whether the optimizer begins anew or keeps its moments from the stage before.'),
    evaluate: z
      .array(z.string().min(1))
      .default([])
      .describe('Names of `evaluation.benchmarks` that the model answers after this stage.'),
    gate: gateSchema.optional().describe('What the stage has to reach.'),
  })
  .superRefine(({ mix, temperature, carry, optimizer }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const ratios = mix?.filter(({ ratio }) => ratio !== undefined).length ?? 0;
    if (mix && ratios > 0 && ratios < mix.length)
      complain(['mix'], 'give every part a `ratio`, or none and a `temperature`');
    if (temperature !== 1 && (!mix || ratios > 0))
      complain(['temperature'], 'it decides where the parts of a mix have no ratios');
    if (mix && new Set(mix.map(({ name }) => name)).size < mix.length)
      complain(['mix'], 'two parts have the same name');
    if (mix?.some(({ name }) => name === 'replay')) complain(['mix'], '`replay` names the replayed part');
    if (carry === 'merged' && optimizer === 'keep')
      complain(['optimizer'], 'a fresh adapter has no moments to keep; use `fresh`');
  });

/** Section `stages` of a recipe. */
export const stagesSchema = z
  .array(stageSchema)
  .min(1, 'name at least one stage, or leave the section out')
  .refine((stages) => new Set(stages.map(({ name }) => name)).size === stages.length, {
    error: 'two stages have the same name',
  });

/** One stage, every default filled in. */
export type StageSettings = z.output<typeof stageSchema>;

/** What `checkStages` looks at. */
interface RecipeParts {
  stages?: StageSettings[];
  adapter: { method: string };
  training: { load_best_model_at_end: boolean };
  evaluation: { benchmarks: { name: string; benchmark?: string; facts?: string; split: string }[] };
}

/** Checks stages against the other sections of the recipe. */
export function checkStages(
  { stages, adapter, training, evaluation }: RecipeParts,
  context: z.RefinementCtx,
): void {
  if (!stages) return;
  const complain = (path: PropertyKey[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  if (training.load_best_model_at_end)
    complain(
      ['training', 'load_best_model_at_end'],
      'belongs to a training without stages; a stage is left early by a `gate`',
    );
  const benchmarks = new Map(evaluation.benchmarks.map((entry) => [entry.name, entry]));
  const known = (name: string, path: PropertyKey[]): void => {
    if (benchmarks.has(name)) return;
    complain(path, `there is no benchmark "${name}"; the names are ${[...benchmarks.keys()].join(', ')}`);
  };
  for (const [index, { carry, evaluate, gate }] of stages.entries()) {
    if (carry === 'merged' && adapter.method === 'full')
      complain(['stages', index, 'carry'], '`method: full` has no adapter to merge');
    if (carry === 'merged' && index === 0)
      complain(['stages', index, 'carry'], 'the first stage has none before it');
    for (const [place, name] of evaluate.entries()) known(name, ['stages', index, 'evaluate', place]);
    if (gate?.benchmark === undefined) continue;
    known(gate.benchmark, ['stages', index, 'gate', 'benchmark']);
    const entry = benchmarks.get(gate.benchmark);
    if (entry && (entry.benchmark ?? entry.facts) === undefined && entry.split === 'test')
      complain(
        ['stages', index, 'gate', 'benchmark'],
        'its items are the test split, and what decides about the training must not be what proves it; name an entry with `split: validation`',
      );
  }
}
