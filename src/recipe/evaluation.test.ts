import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { evaluationSchema } from './evaluation.js';

describe('evaluationSchema', () => {
  it('fills in every default', () => {
    expect(evaluationSchema.parse({})).toEqual({
      systems: ['base', 'base_few_shot', 'tuned'],
      few_shot_examples: 3,
      benchmarks: [{ name: 'held-out', split: 'test', max_items: null }],
      metric: 'exact_match',
      max_new_tokens: 64,
      temperature: 0,
      top_p: 1,
      top_k: 0,
      batch_size: 16,
      confidence: 0.95,
      bootstrap_resamples: 10_000,
    });
  });

  it.each([
    [{ systems: ['base', 'base'] }, 'names a system twice'],
    [{ systems: [] }, 'name at least one system'],
    [{ benchmarks: [{ name: 'a' }, { name: 'a' }] }, 'names a benchmark twice'],
    [{ benchmarks: [{ name: '../a' }] }, 'because it names a folder'],
    [{ metrics: 'exact_match' }, 'Unrecognized key'],
  ])('refuses %j', (section, message) => {
    const result = evaluationSchema.safeParse(section);
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('describes every field, so that help and editors can show it', () => {
    const { properties } = z.toJSONSchema(evaluationSchema, { io: 'input' });
    for (const property of Object.values(properties ?? {})) expect(property).toHaveProperty('description');
  });
});
