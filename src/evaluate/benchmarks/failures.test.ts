import { describe, expect, it } from 'vitest';
import { failureOf } from './benchmark-files.fixture.js';

const items = '{"q": "one?", "a": "1"}\n{"q": "two?", "a": "2"}\n';
const good = 'name: n\nitems: items.jsonl\ntext: "{{ q }}"\ntarget: a\n';

/** What is wrong with the good file after a change. */
const failure = (change: string, more: Record<string, unknown> = {}, from = ''): Promise<string> =>
  failureOf({
    'benchmark.yaml': from === '' ? `${good}${change}` : good.replace(from, change),
    'items.jsonl': items,
    ...more,
  });

describe('what is wrong with a benchmark file is told with its place and what to do', () => {
  it.each<[string, string, string, string]>([
    [
      'an unknown field',
      'promt: x',
      '',
      'benchmark.yaml:5:1: unknown field `promt`\n  fix: did you mean `prompt`?',
    ],
    [
      'a wrong type',
      'max_items: many',
      '',
      'benchmark.yaml:5:12: max_items: wanted a whole number, found the text "many"',
    ],
    ['a missing field', '', 'target: a\n', 'benchmark.yaml:1: `target` is missing\n  fix: add it'],
    [
      'two ways to ask',
      'prompt: {user: "{{ q }}"}',
      '',
      'benchmark.yaml:5:9: prompt: wanted one way to ask: `prompt` (a conversation) or `text` (plain text)',
    ],
    [
      'choices without their output',
      'output: multiple_choice',
      '',
      'benchmark.yaml:1: choices: `choices` go with `output: multiple_choice` (or `generate`), and there they are needed',
    ],
    [
      'a name that is no folder',
      'name: My Benchmark',
      'name: n',
      'benchmark.yaml:1:7: name: only lower-case letters, digits, dots, dashes and underscores, because it names a folder',
    ],
    [
      'broken YAML',
      'task: [a',
      '',
      'benchmark.yaml:5:9: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]\n  fix: align the line with its neighbours',
    ],
    [
      'a field twice',
      'name: m',
      '',
      'benchmark.yaml:5:1: this field is there twice\n  fix: keep one of the two',
    ],
    [
      'a template that is none',
      'text: "{{ q"',
      'text: "{{ q }}"',
      'benchmark.yaml:3:7: text: is not valid Jinja: Unexpected end of input\n  fix: see https://jinja.palletsprojects.com/en/stable/templates/ for how templates are written',
    ],
    [
      'a field that records lack',
      'text: "{{ qq }}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `text` (benchmark.yaml:3) cannot be written for the record 1: `qq` is not a field of the record\n  fix: did you mean `q`?',
    ],
    [
      'an unknown filter',
      'text: "{{ q | uper }}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `text` (benchmark.yaml:3) cannot be written for the record 1: there is no filter `uper`, did you mean `upper`?\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'an endless loop',
      'text: "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `text` (benchmark.yaml:3) cannot be written for the record 1: the template takes more than 1000000 steps for one record\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'a huge list',
      'text: "{{ range(999999999) }}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `text` (benchmark.yaml:3) cannot be written for the record 1: the list grows beyond 100000 entries\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'a huge text',
      'text: "{{ q * 999999999 }}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `text` (benchmark.yaml:3) cannot be written for the record 1: the text grows beyond 4194304 characters\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'an unknown scorer',
      'scorers: [exact_match, exact_mach]',
      '',
      'benchmark.yaml:5:10: scorers: unknown scorer `exact_mach`\n  fix: use exact_match',
    ],
    [
      'a metric that is not measured',
      'metric: token_f2',
      '',
      'benchmark.yaml:5:9: metric: token_f2 is not measured here\n  fix: did you mean `token_f1`?',
    ],
    [
      'items that are missing',
      'items: absent.jsonl',
      'items: items.jsonl',
      'absent.jsonl: no such file or folder\n  fix: check the path',
    ],
    [
      'a filter by an unknown field',
      'keep: {kind: x}',
      '',
      'items.jsonl: no record has the field `kind` of `keep` (keep.kind)\n  fix: the fields of the first record are `q`, `a`',
    ],
    [
      'a filter by an unknown value',
      'keep: {a: ["1", "3", "4"]}',
      '',
      'items.jsonl: no record has "3" as `a`, nor 1 more of 3 values (keep.a)\n  fix: check the values of `keep`',
    ],
    [
      'a list that is missing',
      'keep: {a: {listed_in: list.json}}',
      '',
      'list.json: no such file (keep.a.listed_in)\n  fix: put it at list.json',
    ],
    [
      'an id twice',
      'id: "{{ q | length }}"',
      '',
      'items.jsonl:2: two items have the id 4: 1 and 2\n  fix: write an `id` that differs for all records, for example `{{ _key }}` or `{{ uid }}`',
    ],
    [
      'an empty answer',
      "target: \"{{ a | replace('1', '') }}\"",
      'target: a',
      'items.jsonl:1: `target` cannot be written for the record 1: the right answer is empty\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'too many worked examples',
      'few_shot: {count: 3, from: items}',
      '',
      'benchmark.yaml: few_shot: 3 worked examples are wanted, and there are 2 records (few_shot.count)\n  fix: ask for fewer, or name another file',
    ],
    [
      'nothing left to ask',
      'few_shot: {count: 2, from: items}',
      '',
      'benchmark.yaml: few_shot: nothing is left to ask\n  fix: take the worked examples from other groups than those that are asked: name another file, or write them',
    ],
    [
      'worked examples from two places',
      'few_shot: {count: 2, from: items, items: x.jsonl}',
      '',
      'benchmark.yaml:5:11: few_shot: takes the examples from one place: `items`, `from: items` or `examples`',
    ],
    [
      'worked examples without number',
      'few_shot: {from: items}',
      '',
      'benchmark.yaml:5:11: few_shot: needs `count`, how many examples are drawn',
    ],
    [
      'a split that no record names',
      'split: test',
      '',
      'items.jsonl: no record has `split: test`\n  fix: leave `split` out: the records have no such field',
    ],
    [
      'records that cannot be exploded',
      'explode: q',
      '',
      'items.jsonl:1: 1: `q` is no list, so that it cannot be exploded\n  fix: name a field that holds a list of objects',
    ],
    [
      'rows of a file that is no JSON',
      'rows: data',
      '',
      'items.jsonl: `rows` leads into JSON, and this is a jsonl file\n  fix: leave `rows` out',
    ],
    [
      'a null',
      'text: "{{ q }}"\nunanswerable: "{{ b }}"',
      'text: "{{ q }}"',
      'items.jsonl:1: `unanswerable` (benchmark.yaml:4) cannot be written for the record 1: `b` is not a field of the record\n  fix: did you mean `q`?',
    ],
    [
      'choices that are no list',
      'choices: "{{ q }} and {{ a }}"\noutput: multiple_choice',
      '',
      'items.jsonl:1: `choices` cannot be written for the record 1: gives no list; write a list, or a template with one expression such as `{{ options }}`\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'a right answer that is no choice',
      'choices: [3, 4, 5]\noutput: multiple_choice',
      '',
      'items.jsonl:1: `target` cannot be written for the record 1: "1" is none of the choices "3", "4", "5", nor an index from 0\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
    [
      'a right answer that may be an index',
      'choices: ["1", no]\noutput: multiple_choice',
      '',
      'items.jsonl:1: `target` cannot be written for the record 1: 1 may be the choice "1" or the one with index 1 ("no"); write the target so that it can be only one of them\n  fix: change the template or the record; the fields of the record are `q`, `a`',
    ],
  ])('%s', async (_what, change, from, expected) => {
    expect(await failure(change, {}, from)).toBe(expected);
  });

  it('a bare name that only some records have', async () => {
    expect(await failure('', { 'items.jsonl': `${items}{"q": "three?"}\n` })).toBe(
      'items.jsonl:3: `target` (benchmark.yaml:4) cannot be written for the record 3: `a` is not a field of the record\n  fix: did you mean `q`?',
    );
  });

  it('a bare name that is nearly one', async () => {
    const wrong = failure(
      'target: answr\n',
      { 'items.jsonl': '{"q": "one?", "answer": "1"}\n' },
      'target: a\n',
    );
    expect(await wrong).toBe(
      'benchmark.yaml:4:9: target: no record has a field `answr`\n  fix: did you mean `answer`? A text of its own is written `{{ "answr" }}`',
    );
  });

  it('a block without its end', async () => {
    expect(await failure('text: "{% for c in q %}{{ c }}"', {}, 'text: "{{ q }}"')).toContain(
      'benchmark.yaml:3:7: text: is not valid Jinja: a block is not closed',
    );
  });
});
