import { describe, expect, it } from 'vitest';
import { recipeSchema } from './schema.js';

const recipe = (adapter: object, training: object = { device: 'webgpu' }) =>
  recipeSchema.safeParse({
    name: 'a',
    data: { sources: [{ type: 'records', path: 'a.jsonl' }] },
    adapter,
    training,
  });

describe('training.device', () => {
  it.each([
    { adapter: { method: 'qlora' }, field: 'method' },
    { adapter: { method: 'full' }, field: 'method' },
    { adapter: { precision: 'bfloat16' }, field: 'precision' },
  ])('refuses at the field that it cannot take: $adapter', ({ adapter, field }) => {
    const { error } = recipe(adapter);
    expect(error!.issues.map(({ path }) => path)).toEqual([['adapter', field]]);
    expect(error!.issues[0]!.message).toContain('training.device: cpu');
    expect(recipe(adapter, {}).success).toBe(true);
  });

  it('takes LoRA, and is the CPU where nothing is said', () => {
    expect(recipe({}).success).toBe(true);
    expect(recipe({}, {}).data!.training.device).toBe('cpu');
    expect(recipe({}, { device: 'auto' }).success).toBe(false);
  });
});
