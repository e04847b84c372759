import { describe, expect, it } from 'vitest';
import { exactMatch } from './exact-match.js';
import { findUngrounded } from './grounded.js';
import { canonicalJson } from './json-equality.js';
import { isSameAnswer } from './same-answer.js';
import { wanting, written } from './scorers.fixture.js';
import { tokenF1 } from './token-f1.js';

const trend = 'Sensors fell from 997 in 2017 to 914 in 2019, a change of [(914 - 997) / 997 in %].';
const scores = (said: string, wanted: string): (number | undefined)[] =>
  [exactMatch, tokenF1].map((scorer) => scorer.score(written(said), wanting(wanted)));

describe('texts with calculations', () => {
  it.each([
    ['the same text', trend],
    ['another form of the calculation', trend.replace('(914 - 997) / 997', '914 / 997 - 1')],
    ['the executed text', trend.replace(/\[.*\]/, '-8.32%')],
    ['a value with more decimals', trend.replace(/\[.*\]/, '-8.325%')],
    ['a value with one decimal', trend.replace(/\[.*\]/, '-8.3%')],
    ['a value with a blank before its sign', trend.replace(/\[.*\]/, '-8.32 %')],
    [
      'other white space and case',
      trend.toUpperCase().replace('IN %', 'in %').replaceAll(' ', '  ').replace('in  %', 'in %'),
    ],
  ])('match in %s', (_what, said) => {
    expect(scores(said, trend)).toEqual([1, 1]);
  });

  it.each([
    ['another value', trend.replace(/\[.*\]/, '-8.42%')],
    ['the other sign', trend.replace(/\[.*\]/, '8.32%')],
    ['a coarse value', trend.replace(/\[.*\]/, '-8%')],
    ['another calculation', trend.replace('914 - 997', '997 - 914')],
    ['another word', trend.replace('fell', 'rose')],
    ['another figure', trend.replace('from 997', 'from 979')],
    ['a broken bracket', trend.replace(']', '')],
    ['no value', trend.replace(/, a change of .*/, '.')],
    ['a calculation too much', `${trend} [1 + 1]`],
  ])('differ in %s', (_what, said) => {
    const [exact, f1] = scores(said, trend);
    expect(exact).toBe(0);
    expect(f1).toBeGreaterThan(0.5);
    expect(f1).toBeLessThan(1);
  });

  it('match where the reference has the value and the answer the calculation', () => {
    expect(scores('It rose by [5 - 3].', 'It rose by 2.')).toEqual([1, 1]);
    expect(scores('It rose by [1 / 100000 in %].', 'It rose by 0%.')).toEqual([1, 1]);
    expect(scores('It rose by [5 - 3].', 'It rose by 3.')[0]).toBe(0);
  });

  it('leave numbers and plain text as they were', () => {
    expect(scores('[5 - 3]', '5 - 3')).toEqual([1, 1]);
    expect(scores('(914 - 997) / 997 in %', '-8.32%')).toEqual([1, 1]);
    expect(scores('See [1].', 'see 1')).toEqual([1, 1]);
    expect(scores('rose; fell', 'Rose; fell')).toEqual([1, 1]);
    expect(scores('none', 'Sensors')).toEqual([0, 0]);
  });
});

describe('JSON', () => {
  const wanted = '{"item":"Sensors","2018":918,"2019":-914.5}';
  it.each([
    ['another order and white space', '{ "2019": -914.50,\n "item": "Sensors", "2018": 9.18e2 }'],
    ['escapes', '{"item":"Sens\\u006frs","2018":918,"2019":-914.5}'],
  ])('is the same in %s', (_what, said) => expect(scores(said, wanted)).toEqual([1, 1]));

  it.each([
    ['another number', wanted.replace('918', '919')],
    ['another sign', wanted.replace('-', '')],
    ['a number as text', wanted.replace('918', '"918"')],
    ['a missing key', '{"item":"Sensors","2018":918}'],
    ['a key too much', wanted.replace('}', ',"2017":1}')],
    ['a key twice', wanted.replace('{', '{"2018":918,')],
    ['another case', wanted.replace('Sensors', 'sensors')],
    ['a broken end', wanted.slice(0, -1)],
    ['a list around it', `[${wanted}]`],
    ['words before it', `Here: ${wanted}`],
    ['null', wanted.replace('918', 'null')],
  ])('differs by %s', (_what, said) => expect(scores(said, wanted)[0]).toBe(0));

  it('tells the order of lists, large numbers and repeated keys apart', () => {
    const same = (a: string, b: string): boolean => canonicalJson(a) === canonicalJson(b);
    expect(same('[1,2]', '[2,1]')).toBe(false);
    expect(same('{"a":9007199254740993}', '{"a":9007199254740992}')).toBe(false);
    expect(same('{"a":9007199254740993}', '{"a":9007199254740993.0}')).toBe(true);
    expect(same('{"a":1e400}', '{"a":1e401}')).toBe(false);
    expect(same('{"a":1000e397}', '{"a":1e400}')).toBe(true);
    expect(same('{"a":0.10}', '{"a":1E-1}')).toBe(true);
    expect(same('[0, -0, 0.0]', '[0,0,0]')).toBe(true);
    expect(same('{"a":1,"a":2}', '{"a":2}')).toBe(false);
    expect(same('{"a":1,"a":2}', '{"a":2,"a":1}')).toBe(true);
    expect(same('{"__proto__":{"x":[]}}', '{ "__proto__" : { "x" : [] } }')).toBe(true);
    expect(same('{"a":{},"b":[]}', '{"b":[],"a":{}}')).toBe(true);
    expect(same('{"a":{}}', '{"a":[]}')).toBe(false);
    expect(same('{"a":"}"}', '{"a":"]"}')).toBe(false);
  });

  it('is only an object or a list', () => {
    for (const text of [
      '5',
      '"a"',
      'true',
      'none',
      '',
      '{',
      '[5 - 3]',
      '{a:1}',
      '[1,]',
      `${'['.repeat(200)}${']'.repeat(200)}`,
    ]) {
      expect(canonicalJson(text)).toBeUndefined();
    }
  });

  it('takes time in proportion to its length', () => {
    for (const part of ['[', '{"a":', '"', '\\"', '1', '[1],', ' ', '0']) {
      const long = part.repeat(100_000 / part.length);
      isSameAnswer(long, `[${long}]`);
      isSameAnswer(`["${long}"]`, `["${long}"]`);
      isSameAnswer(`[${long}`, long);
    }
    expect(canonicalJson(`[${'1,'.repeat(50_000)}1]`)).toHaveLength(50_001 * 4 + 1);
    expect(canonicalJson(`["${'a\\n'.repeat(30_000)}"]`)).toHaveLength(90_004);
    const digits = '9'.repeat(100_000);
    expect(isSameAnswer(`[${digits}]`, `[${digits}.0]`)).toBe(true);
  });
});

describe('grounding of calculations', () => {
  const context = 'Table: (millions of dollars)\nSensors | 2019 914 | 2017 997\nMargin | 2019 18% | 2017 14%';
  it.each([
    trend,
    trend.replace(/\[.*\]/, '-8.32%'),
    'Margin rose from 14% in 2017 to 18% in 2019, a change of [18 - 14] percentage points.',
  ])('nothing is invented in %s', (text) => {
    expect(findUngrounded(text, context)).toEqual({ ungroundedNumbers: [], ungroundedNames: [] });
  });

  it('invented operands are found', () => {
    const text = trend.replace('(914 - 997) / 997', '(914 - 3456) / 3456');
    expect(findUngrounded(text, context).ungroundedNumbers).toContain('3456');
  });
});

it.each([
  ['[914 / 997 - 1 in %]', 1],
  ['-8.32%', 1],
  ['-8.3%', 1],
  ['-8%', 0],
  ['[(997 - 914) / 997 in %]', 0],
])('the guide says what a change of %s is worth', (change, score) => {
  const [reference, said] = ['[(914 - 997) / 997 in %]', change].map(
    (text) => `It fell from 997 to 914, a change of ${text}.`,
  ) as [string, string];
  expect(scores(said, reference)[0]).toBe(score);
});
