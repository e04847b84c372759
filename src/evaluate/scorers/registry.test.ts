import { expect, it } from 'vitest';
import { scorerNamed, scorerNames } from './registry.js';
import { wanting, written } from './scorers.fixture.js';

it('finds every scorer by its name, and nothing else', () => {
  expect(new Set(scorerNames).size).toBe(scorerNames.length);
  for (const name of scorerNames) expect(scorerNamed(name)?.name).toBe(name);
  for (const name of ['', 'toString', '__proto__', 'Exact_Match']) expect(scorerNamed(name)).toBeUndefined();
});

it('has only scorers that stay between 0 and 1', () => {
  const item = wanting('1,496.5 million', { choices: ['yes', 'no'] });
  for (const name of scorerNames) {
    for (const text of ['', '1496.5', 'a long sentence without it', '-1496500']) {
      const score = scorerNamed(name)!.score(written(text), item) ?? 0;
      expect(score >= 0 && score <= 1, `${name} of ${text}`).toBe(true);
    }
  }
});
