import { describe, expect, it } from 'vitest';
import { exactIdentifiers } from './exact-identifiers.js';
import { wanting, written } from './scorers.fixture.js';

const manual = `Replace the filter HX-2204 and the seal ring OR-55B. The bearing is 6205-2RS. Torque 25 Nm, oil 5W-30, 0.4 L.
Model HX 220 runs on 24VDC.`;
const score = (text: string, reference = 'HX-2204', pattern?: string) =>
  exactIdentifiers(pattern).score(
    written(text),
    wanting(reference, { context: manual, prompt: { text: 'Which filter fits the P-310?' } }),
  );

describe('identifiers as they are written in answers', () => {
  const context = 'Filter HX-2204, bolt M8x20.';
  const score = (text: string, reference: string) =>
    exactIdentifiers().score(written(text), wanting(reference, { context }));
  it.each([
    ['#HX-2204', 'HX-2204', 1],
    ['PN:HX-2204', 'HX-2204', 1],
    ['bolt M8x20', 'M8x20', 1],
    ['M8x25', 'M8x20', 0],
  ])('%s for %s', (text, reference, wanted) => expect(score(text, reference)).toBe(wanted));
});

describe('exact_identifiers', () => {
  it.each([
    'HX-2204',
    'Use filter HX-2204.',
    'The filter is (HX-2204), for the P-310.',
    'part "HX-2204"; torque 25Nm',
    '**HX-2204**',
    'HX‑2204',
    'HX–2204 and OR-55B',
    'the HX 220 takes HX-2204',
  ])('accepts %j', (text) => expect(score(text)).toBe(1));

  it.each([
    ['another number', 'HX-2205'],
    ['a digit too few', 'HX-220'],
    ['a digit too many', 'HX-22044'],
    ['the letter O for a zero', 'HX-22O4'],
    ['a lost dash', 'HX2204'],
    ['a blank for the dash', 'HX 2204'],
    ['blanks around the dash', 'HX - 2204'],
    ['small letters', 'hx-2204'],
    ['a Cyrillic letter', 'НX-2204'],
    ['a Greek letter', 'HΧ-2204'],
    ['a letter I for a one, in another part', 'HX-2204 with 62O5-2RS'],
    ['a zero-width space inside', 'HX-\u200b2204'],
    ['the right one beside an invented one', 'HX-2204 or HX-2210'],
    ['a right one that was not asked for', 'OR-55B'],
    ['no part number', 'The standard filter.'],
    ['an empty answer', ''],
  ])('refuses %s', (_what, text) => expect(score(text)).toBe(0));

  it('wants all that the reference names', () => {
    expect(score('HX-2204 and OR-55B', 'OR-55B, HX-2204')).toBe(1);
    expect(score('HX-2204', 'OR-55B, HX-2204')).toBe(0);
  });

  it('says nothing where nobody names one', () => {
    expect(score('Hand-tight, 25NM at 24VDC.', 'Tighten it.')).toBeUndefined();
    expect(score('Fit HX-2204.', 'Tighten it.')).toBe(1);
    expect(score('Fit HX-2299.', 'Tighten it.')).toBe(0);
  });

  it('compares with the reference where there is no context', () => {
    const item = wanting('HX-2204');
    expect(exactIdentifiers().score(written('HX-2204'), item)).toBe(1);
    expect(exactIdentifiers().score(written('HX-2205'), item)).toBe(0);
  });

  it('takes a pattern', () => {
    const item = wanting('417-2208', { context: 'Gasket 417-2208, shim 417-2209; 10-15 mm.' });
    const scorer = exactIdentifiers('\\d{3}-\\d{4}');
    expect(scorer.score(written('417-2208, 10-12 mm'), item)).toBe(1);
    expect(scorer.score(written('417-2218'), item)).toBe(0);
    expect(scorer.score(written('4172208'), item)).toBe(0);
    expect(() => exactIdentifiers('(')).toThrow(/pattern/);
    expect(() => exactIdentifiers('(a)\\1')).toThrow(/pattern/);
  });

  it('ends in time on long answers of one kind of character', () => {
    for (const part of ['A', '1', '-', 'A1-', 'A1 ', '. ', 'HX ', '2204 ']) {
      score(part.repeat(100_000 / part.length));
      score(part.repeat(100_000 / part.length), 'HX-2204', '(?:[A-Z]+-?)+\\d+');
    }
  });
});
