/**
 * What a stage has to reach, and what happens where it does not.
 * @module
 */
import { z } from 'zod';
import { lengthSchema } from './length.js';

/** The gate at the end of a stage. */
export const gateSchema = z
  .strictObject({
    metric: z
      .string()
      .min(1)
      .default('eval_loss')
      .describe('`eval_loss` on the validation split, or a metric of `benchmark`.'),
    benchmark: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Name of an entry of `evaluation.benchmarks` that is asked; not the test split, which must stay unseen.',
      ),
    at_least: z.number().optional().describe('The metric must reach this value.'),
    at_most: z.number().optional().describe('The metric must not be above this value.'),
    otherwise: z
      .enum(['stop', 'go_on', 'extend'])
      .default('stop')
      .describe(
        'Where it is not reached: `stop` the run, `go_on` all the same and record it, or `extend` the stage.',
      ),
    extend: z
      .strictObject({
        length: lengthSchema.describe('How much longer the stage becomes each time.'),
        times: z.int().min(1).max(10).default(1).describe('How often it is extended at most.'),
        finally: z
          .enum(['stop', 'go_on'])
          .default('stop')
          .describe('What happens where the last extension does not reach it either.'),
      })
      .optional()
      .describe('How a stage is extended; needed with `otherwise: extend`.'),
    check_steps: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Optimizer steps between two checks inside the stage, which ends early where the gate is reached; 0 checks at the end only.',
      ),
  })
  .superRefine(({ metric, benchmark, at_least, at_most, otherwise, extend }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if ((at_least === undefined) === (at_most === undefined))
      complain('at_least', 'give one of `at_least` and `at_most`');
    if ((metric === 'eval_loss') !== (benchmark === undefined)) {
      complain(
        'benchmark',
        metric === 'eval_loss'
          ? '`eval_loss` is measured on the validation split; leave the benchmark out or name one of its metrics'
          : 'name the benchmark that the metric is measured on',
      );
    }
    if ((otherwise === 'extend') !== (extend !== undefined))
      complain('extend', '`otherwise: extend` and `extend` belong together');
  });

/** The gate of a stage, every default filled in. */
export type GateSettings = z.output<typeof gateSchema>;
