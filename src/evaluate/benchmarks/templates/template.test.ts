import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harnessDialect, ownDialect } from './dialect.js';
import { readLiteral } from './literal.js';
import { compileTemplate } from './template.js';
import { Float, textOf, toValue, type Value } from './values.js';

const golden: { fields: Record<string, unknown>; results: [string, string | null][] } = JSON.parse(
  await readFile('test/golden/templates.json', 'utf8'),
);
const fieldsOf = (fields: object): Map<string, Value> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, toValue(value)]));
// JSON has no 1e22 that is a float.
const fields = fieldsOf(golden.fields).set('big', new Float(1e22));

describe('templates write what Jinja writes (test/golden/make_templates.py)', () => {
  it.each(golden.results.filter(([, text]) => text !== null))('%s', (source, text) => {
    expect(compileTemplate(source, harnessDialect).render(fields)).toBe(text);
  });
  it.each(golden.results.filter(([, text]) => text === null))('and refuse %s', (source) => {
    expect(() => compileTemplate(source, harnessDialect).render(fields)).toThrow();
  });
});

it('values survive being written and read as Python', () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Number.isInteger(x)),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.array(value), (list) => {
      const written = textOf(toValue(list));
      expect(textOf(readLiteral(written))).toBe(written);
      expect(readLiteral(written)).toEqual(toValue(list));
    }),
  );
});

it.each(['[1, 2', '[1 2]', "'a", '__import__("os")', '[a]', '1 + 1', '{1: 2}', "b'x'", '', '('.repeat(200)])(
  '%s is no literal',
  (text) => {
    expect(() => readLiteral(text)).toThrow('no Python list');
  },
);

it("Attune's own dialect leaves no empty lines, refuses null and writes plain JSON", () => {
  const render = (source: string): string =>
    compileTemplate(source, ownDialect).render(fieldsOf({ n: null, l: ['é', '<'] }));
  expect(render('a\n{% for x in l %}\n  {% if x %}\n- {{ x }}\n  {% endif %}\n{% endfor %}\nb\n')).toBe(
    'a\n- é\n- <\nb',
  );
  expect(() => render('{{ n }}')).toThrow('null');
  expect(render('{{ l | tojson }}')).toBe('["é", "<"]');
  expect(render("{{ [['', '2019'], ['Sales', '5']] | table }}")).toContain('Sales');
});

describe('templates of strangers are bounded', () => {
  it.each([
    ['{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}', 'steps'],
    [
      "{% set ns = 'x' %}{% for a in range(90000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' * 9 }}{% endfor %}",
      'beyond',
    ],
    ["{{ 'x' | replace('x', 'y' * 4000000) | replace('y', 'zz') }}", 'beyond'],
    ["{{ ('ab' * 1000000) ~ ('ab' * 1000000) ~ ('ab' * 1000000) }}", 'beyond'],
    ["{{ 'x'.ljust(99999999) }}", 'width'],
    ['{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}', 'nested'],
  ])('%s', (source, message) => {
    expect(() => compileTemplate(source, harnessDialect).render(new Map())).toThrow(message);
  });

  it('reach nothing of the program', () => {
    for (const name of ['constructor', '__proto__', 'toString', '__class__']) {
      expect(() => compileTemplate(`{{ l.${name} }}`, harnessDialect).render(fieldsOf({ l: [1] }))).toThrow(
        'is not in',
      );
      expect(() => compileTemplate(`{{ d['${name}'] }}`, harnessDialect).render(fieldsOf({ d: {} }))).toThrow(
        'is not in',
      );
    }
  });
});
