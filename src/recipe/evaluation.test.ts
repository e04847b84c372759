import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { evaluationSchema } from './evaluation.js';

const expert = { type: 'expert', name: 'ana', path: 'ana.csv' };

describe('evaluationSchema', () => {
  it('fills in every default', () => {
    expect(evaluationSchema.parse({})).toEqual({
      systems: ['base', 'base_few_shot', 'tuned'],
      few_shot_examples: 3,
      benchmarks: [{ name: 'held-out', split: 'test', max_items: null }],
      forgetting: { benchmark: 'general', max_items: null, max_loss: 0.05 },
      metric: 'exact_match',
      max_new_tokens: 64,
      temperature: 0,
      top_p: 1,
      top_k: 0,
      batch_size: 32,
      confidence: 0.95,
      bootstrap_resamples: 10_000,
      wanted_difference: 0.02,
    });
  });

  it.each([
    [{ systems: ['base', 'base'] }, 'names a system twice'],
    [{ systems: [] }, 'name at least one system'],
    [{ benchmarks: [{ name: 'a' }, { name: 'a' }] }, 'names a benchmark twice'],
    [{ benchmarks: [{ name: '../a' }] }, 'because it names a file'],
    [{ candidate: 'tunde' }, 'there is no system "tunde"; the names are base, base-3-shot, tuned'],
    [
      { systems: [{ ...expert, benchmarks: ['tatqa'] }] },
      'there is no benchmark "tatqa"; the names are held-out',
    ],
    [{ judge: { system: expert, benchmarks: ['tatqa'] } }, 'there is no benchmark "tatqa"'],
    [
      { benchmarks: [{ name: 'a', benchmark: 'a.yaml', scorers: ['rouge_l'] }] },
      'a benchmark file names its own',
    ],
    [{ metrics: 'exact_match' }, 'Unrecognized key'],
    [{ systems: ['base', { type: 'gguf', name: 'base', path: 'a.gguf' }] }, 'names a system twice'],
    [{ systems: [{ type: 'gguf', name: 'x' }] }, 'Invalid input'],
    [{ systems: [{ type: 'expert', name: '../x', path: 'a.csv' }] }, 'because it names a file'],
  ])('refuses %j', (section, message) => {
    const result = evaluationSchema.safeParse(section);
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('describes every field, so that help and editors can show it', () => {
    const { properties } = z.toJSONSchema(evaluationSchema, { io: 'input' });
    for (const property of Object.values(properties ?? {})) expect(property).toHaveProperty('description');
  });
});
