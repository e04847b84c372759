import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { textReference } from '../benchmarks/reference.js';
import { jsonFields } from './json-fields.js';
import { jsonSchema } from './json-schema.js';
import { findJson } from './json-text.js';
import type { Scorer } from './scorer.js';

const score = (scorer: Scorer, text: string, reference: string): number | undefined =>
  scorer.score(
    { id: 'a', text, value: readAnswer(text), stopped: true },
    { id: 'a', task: 't', group: 'g', prompt: { text: '' }, reference: textReference(reference), fields: {} },
  );
const long = ['1', '{', '[', '{"a":', '[1,', '"', '\\', '`', '```\n', ' ', '}'].map((part) =>
  part.repeat(100_000 / part.length),
);

describe('findJson', () => {
  it.each([
    ['{"a": 1}', { a: 1 }],
    ['Sure:\n```json\n{"a": "}"}\n```\nDone.', { a: '}' }],
    ['The answer is {"a": {"b": "\\"}"}} as asked', { a: { b: '"}' } }],
    ['In [brackets] stands [1, 2].', [1, 2]],
    ['null', null],
    ['no JSON {here}', undefined],
    ['```\n{"a": 1}', { a: 1 }],
    ['', undefined],
  ])('finds in %j: %j', (text, json) => {
    expect(findJson(text)).toEqual(json);
  });
});

describe('json_valid', () => {
  const schema = {
    type: 'object',
    properties: {
      company: { type: 'string' },
      sales: { type: ['number', 'null'] },
      date: { format: 'date' },
    },
    required: ['company'],
    additionalProperties: false,
  };

  it.each([
    ['{"company": "Harbor", "sales": 12}', 1],
    [' {"company": "Harbor", "sales": null}\n', 1],
    ['```json\n{"company": "Harbor"}\n```', 1],
    ['Here it is:\n```\n{"company": "Harbor"}\n```', 1],
    ['Here it is: {"company": "Harbor"}', 0],
    ['{"company": "Harbor", "sales": "12"}', 0],
    ['{"sales": 12}', 0],
    ['{"company": "Harbor", "more": 1}', 0],
    ['{"company": "Harbor",}', 0],
    ['', 0],
  ])('of %j: %i', (text, wanted) => {
    expect(score(jsonSchema(schema), text, '')).toBe(wanted);
  });

  it('knows the drafts', () => {
    const tuple = { prefixItems: [{ type: 'string' }], items: false };
    const latest = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...tuple };
    expect(score(jsonSchema(latest), '["a"]', '')).toBe(1);
    expect(score(jsonSchema(latest), '[1]', '')).toBe(0);
    expect(
      score(jsonSchema({ $schema: 'http://json-schema.org/draft-07/schema#', minItems: 2 }), '[1]', ''),
    ).toBe(0);
    expect(score(jsonSchema(true), '[1]', '')).toBe(1);
  });

  it('may be made twice of one schema with an id', () => {
    const named = { $id: 'https://example.org/a', type: 'object' };
    expect(score(jsonSchema(named), '{}', '')).toBe(1);
    expect(score(jsonSchema(named), '[]', '')).toBe(0);
  });

  it.each([
    [{ type: 'nothing' }, 'cannot be used'],
    [{ $ref: 'https://example.org/other.json' }, 'cannot be used'],
    [{ $async: true }, 'asynchronous'],
    [{ $schema: 'https://example.org/other' }, 'cannot be used'],
    ['{}', 'is no object'],
    [[], 'is no object'],
  ])('refuses %j', (wrong, message) => {
    expect(() => jsonSchema(wrong)).toThrow(message);
  });

  it('survives long and deep answers', () => {
    const nested = jsonSchema({
      $ref: '#/definitions/list',
      definitions: { list: { items: { $ref: '#/definitions/list' } } },
    });
    for (const text of long) expect(score(nested, `${text}x`, '')).toBe(0);
    expect(score(nested, `${'['.repeat(50_000)}${']'.repeat(50_000)}`, '')).toBe(0);
  });
});

describe('json_field_accuracy', () => {
  const reference = JSON.stringify({
    company: 'Harbor Foods',
    sales: 4213,
    audited: true,
    when: '2023-08-16',
    tags: ['fish', 'ships'],
    people: [{ name: 'Jensen' }, { name: 'Berg' }],
  });
  const leaves = 8;
  const answer = JSON.parse(reference) as Record<string, unknown>;
  const changed = (change: object): string => JSON.stringify({ ...answer, ...change });

  it.each([
    ['the same', reference, 1],
    ['in a fence', `\`\`\`json\n${reference}\n\`\`\``, 1],
    ['in prose', `It is ${reference}, as asked.`, 1],
    ['other spellings', changed({ company: ' harbor  foods.', sales: '$4,213', when: 'August 16, 2023' }), 1],
    ['a list in another order', changed({ tags: ['ships', 'fish'] }), 1],
    ['objects in another order', changed({ people: [{ name: 'Berg' }, { name: 'Jensen' }] }), 6 / leaves],
    ['a wrong value', changed({ sales: 4214 }), 7 / leaves],
    ['a near value', changed({ sales: 4213.4 }), 7 / leaves],
    ['true as text', changed({ audited: 'true' }), 7 / leaves],
    ['null', changed({ sales: null }), 7 / leaves],
    ['a missing field', changed({ sales: undefined }), 14 / 15],
    ['an invented field', changed({ more: 1 }), 16 / 17],
    ['a value twice', changed({ tags: ['fish', 'fish', 'ships'] }), 16 / 17],
    ['an empty list', changed({ tags: [] }), 12 / 15],
    ['no JSON', 'Harbor Foods', 0],
    ['a number', '12', 0],
    ['nothing', '', 0],
  ])('of %s', (_what, text, wanted) => {
    expect(score(jsonFields(), text, reference)).toBeCloseTo(wanted, 12);
  });

  it('looks at some fields', () => {
    const people = jsonFields(['people.name', 'sales']);
    expect(score(people, changed({ company: 'other', more: 1 }), reference)).toBe(1);
    expect(score(people, changed({ sales: 1 }), reference)).toBe(2 / 3);
    expect(score(jsonFields(['tags']), changed({ tags: ['fish'] }), reference)).toBe(2 / 3);
    expect(score(jsonFields(['nothing']), reference, reference)).toBeUndefined();
  });

  it('says nothing where the reference is no JSON', () => {
    expect(score(jsonFields(), '{}', 'Harbor Foods')).toBeUndefined();
    expect(score(jsonFields(), '{}', '12')).toBeUndefined();
    expect(score(jsonFields(), '{}', '{}')).toBe(1);
  });

  it('reads percentages, scales and hostile keys', () => {
    expect(score(jsonFields(), '{"a": "24.4%", "b": "1.5 billion"}', '{"a": 0.244, "b": 1500000000}')).toBe(
      1,
    );
    expect(
      score(jsonFields(), '{"__proto__": 1, "constructor": 2}', '{"__proto__": 1, "constructor": 2}'),
    ).toBe(1);
  });

  it('survives long and deep answers', () => {
    for (const text of long) {
      const given = score(jsonFields(), text, reference);
      expect(given).toBeLessThan(0.5);
    }
    const deep = `${'[1,'.repeat(20_000)}1${']'.repeat(20_000)}`;
    expect(score(jsonFields(), deep, deep)).toBe(1);
    const many = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index })));
    expect(score(jsonFields(), many, many)).toBe(1);
  });
});
