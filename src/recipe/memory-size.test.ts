import { describe, expect, it } from 'vitest';
import { memorySizeBytes, memorySizeSchema } from './memory-size.js';

describe('memorySizeSchema', () => {
  it.each([
    ['1.5GB', 1.5e9],
    ['900 MB', 9e8],
    ['2GiB', 2 ** 31],
    ['512mib', 2 ** 29],
  ])('reads %s', (text, bytes) => {
    expect(memorySizeBytes(memorySizeSchema.parse(text))).toBe(bytes);
  });

  it.each(['1.5', 'GB', '-1GB', '0MB', '1,5GB', '1.5TB', '9'.repeat(100_000)])('refuses %.20s', (text) => {
    expect(memorySizeSchema.safeParse(text).success).toBe(false);
  });
});
