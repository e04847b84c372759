import { describe, expect, it } from 'vitest';
import { engineSettings } from '../../../train/settings.fixture.js';
import { keyValueBytes } from '../system.js';
import { predictGeneration } from './generation-memory.js';
import { config, tensors } from './shapes.fixture.js';

const predict = (promptTokens: number, batchSize: number, precision?: 'int8' | 'int8_compute') =>
  predictGeneration(
    { config, tensors, settings: engineSettings(precision && { precision }) },
    { promptTokens, newTokens: 64, batchSize },
  );
const term = (phase: ReturnType<typeof predict>, name: string): number =>
  phase.terms.find((one) => one.name === name)!.bytes;

describe('predictGeneration', () => {
  it('knows every size of the graphs, for short prompts and long ones', () => {
    for (const promptTokens of [5, 127, 128, 250, 1500]) {
      expect(Number.isInteger(predict(promptTokens, 8).bytes), `${promptTokens}`).toBe(true);
    }
  });

  it('has keys and values for every answer, within their bound', () => {
    const names = 'keys and values';
    const perAnswer = term(predict(250, 1), names);
    expect(term(predict(250, 8), names)).toBe(8 * perAnswer);
    expect(term(predict(1500, 10_000), names)).toBeLessThanOrEqual(keyValueBytes);
  });

  it('reads smaller weights in 8 bits', () => {
    const names = 'weights of the base, mapped';
    expect(term(predict(250, 8, 'int8'), names)).toBeLessThan(0.7 * term(predict(250, 8), names));
  });
});
