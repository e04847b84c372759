import { expect, it } from 'vitest';
import { stagesSchema } from '../../../recipe/stages.js';
import type { Inputs } from '../inputs.js';
import type { Job } from '../job.js';
import { checkGates } from './check-gates.js';

const check = (validation: { rows: number } | undefined) =>
  checkGates(
    { recipe: { stages: stagesSchema.parse([{ name: 'a' }, { name: 'b', gate: { at_most: 1 } }]) } } as Job,
    { shards: { validation } } as Inputs,
  );

it('wants validation examples for a gate on eval_loss before anything is trained', async () => {
  for (const validation of [undefined, { rows: 0 }]) {
    await expect(check(validation)).rejects.toMatchObject({
      message: expect.stringContaining('the gate of the stage b looks at eval_loss'),
      field: 'stages.1.gate',
      fix: expect.stringContaining('data.split.validation'),
    });
  }
  await check({ rows: 1 });
});
