import { describe, expect, it } from 'vitest';
import { cosine, embeddingSize, embedTexts, IdfCounter, normalise } from './embedding.js';

const length = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));

describe('embedTexts', () => {
  const texts = [
    'Deferred tax assets and liabilities of the group',
    'The deferred tax liability of a group and its assets',
    'Measles vaccination of infants in rural districts',
    '',
    '2019 2018 12.5',
  ];
  const [tax, same, measles, empty, numbers] = embedTexts(texts);

  it('gives unit vectors, and zero where there are no words', () => {
    for (const vector of [tax!, same!, measles!]) {
      expect(vector.length).toBe(embeddingSize);
      expect(length(vector)).toBeCloseTo(1, 5);
    }
    expect(length(empty!)).toBe(0);
    expect(length(numbers!)).toBe(0);
  });

  it('puts like beside like', () => {
    expect(cosine(tax!, same!)).toBeGreaterThan(cosine(tax!, measles!) + 0.3);
    expect(embedTexts(['TAX, rates!'])).toEqual(embedTexts(['tax rate']));
    expect(embedTexts(texts)).toEqual(embedTexts(texts));
  });

  it('keeps about the cosine of the words', () => {
    // Words of their own each, half of them shared: the exact cosine of words and pairs is known.
    const word = (n: number): string => `w${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}x`;
    const a = Array.from({ length: 200 }, (_x, n) => word(n));
    const b = [...a.slice(0, 100), ...Array.from({ length: 100 }, (_x, n) => word(300 + n))];
    const [x, y] = embedTexts([a.join(' '), b.join(' ')]);
    expect(Math.abs(cosine(x!, y!) - 199 / 399)).toBeLessThan(0.12);
  });

  it('weighs rare words more', () => {
    const counter = new IdfCounter();
    for (let n = 0; n < 100; n++) counter.add(n < 2 ? 'common zebra' : 'common');
    const idf = counter.finish();
    expect(idf.documents).toBe(100);
    const [both, common, zebra] = embedTexts(['common zebra', 'common', 'zebra'], idf);
    expect(cosine(both!, zebra!)).toBeGreaterThan(cosine(both!, common!));
  });

  it('reads scripts without spaces', () => {
    const [a, b, c] = embedTexts(['減価償却費の計上', '減価償却の方法', '天気予報']);
    expect(cosine(a!, b!)).toBeGreaterThan(cosine(a!, c!) + 0.2);
  });
});

it('normalises in place', () => {
  const vector = Float32Array.from([3, 4]);
  expect(normalise(vector)).toBe(vector);
  expect([...vector]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
});
