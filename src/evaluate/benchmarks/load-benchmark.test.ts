import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFrom } from './benchmark-files.fixture.js';
import { layOutPrompt } from './prompt-layout.js';

const records = [
  { id: 'a', question: 'Is it?', options: ['yes', 'no'], right: 1, doc: 'd1', kind: 'x' },
  { id: 'b', question: 'Was it?', options: ['yes', 'no'], right: 0, doc: 'd1', kind: 'x' },
  { id: 'c', question: 'Will it?', options: ['yes', 'no', 'maybe'], right: 'maybe', doc: 'd2', kind: 'y' },
];
const lines = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');

describe('a benchmark of multiple choice', () => {
  const yaml = `
name: small
licence: CC0-1.0
source: made up
items: items.jsonl
output: multiple_choice
prompt:
  system: You are careful.
  user: |
    Passage {{ doc }}.
    {% for option in options %}
    - {{ option }}
    {% endfor %}
    {{ question }}
choices: options
target: right
context: doc
group: doc
task: "{{ kind }}-task"
`;

  it('is made of templates over the records', async () => {
    const { items, ...benchmark } = await loadFrom({ 'benchmark.yaml': yaml, 'items.jsonl': lines(records) });
    expect(benchmark).toMatchObject({
      name: 'small',
      output: 'multiple_choice',
      licence: 'CC0-1.0',
      source: 'made up',
      metric: 'accuracy',
      fewShot: [],
      generation: {},
    });
    expect(
      items.map(({ id, task, group, context, choices }) => [id, task, group, context, choices?.length]),
    ).toEqual([
      ['a', 'x-task', 'd1', 'd1', 2],
      ['b', 'x-task', 'd1', 'd1', 2],
      ['c', 'y-task', 'd2', 'd2', 3],
    ]);
    expect(items[0]!.prompt.messages).toEqual([
      { role: 'system', content: 'You are careful.' },
      { role: 'user', content: 'Passage d1.\n- yes\n- no\nIs it?' },
    ]);
    expect(items.map(({ reference }) => [reference.text, reference.choice])).toEqual([
      ['no', 1],
      ['yes', 0],
      ['maybe', 2],
    ]);
    expect(items[2]!.fields).toEqual(records[2]);
  });

  it.each([
    ['items.json', JSON.stringify(records)],
    ['items.json', JSON.stringify({ version: 1, records })],
  ])('reads %s', async (file, content) => {
    const { items } = await loadFrom({
      'benchmark.yaml': yaml.replace('items.jsonl', file),
      [file]: content,
    });
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('spreads max_items over the tasks', async () => {
    const files = { 'benchmark.yaml': yaml, 'items.jsonl': lines(records) };
    const { items } = await loadFrom(files, { maxItems: 2 });
    expect(items.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('takes other items in place of its own', async () => {
    const files = { 'benchmark.yaml': yaml.replace('items.jsonl', 'absent.jsonl') };
    const { items } = await loadFrom(files, {
      itemsPath: await import('./benchmark-files.fixture.js')
        .then(({ folderWith }) => folderWith({ 'other.jsonl': lines(records.slice(1)) }))
        .then((folder) => `${folder}/other.jsonl`),
    });
    expect(items.map(({ id }) => id)).toEqual(['b', 'c']);
  });
});

describe('plain text', () => {
  it('is laid out with preamble, delimiters and drawn examples', async () => {
    const benchmark = await loadFrom({
      'benchmark.yaml': `
name: plain
items: items.tsv
preamble: "Facts.\\n\\n"
text: "Q: {{ q }}\\nA:"
target: a
target_delimiter: " "
few_shot_delimiter: "\\n--\\n"
few_shot: {count: 1, from: items}
generation: {stop: "\\n", max_new_tokens: 5}
`,
      'items.tsv': 'q\ta\none\t1\ntwo\t2\nthree\t3\n',
    });
    const { items, fewShot, layout, generation } = benchmark;
    expect(generation).toEqual({ stop: ['\n'], max_new_tokens: 5 });
    expect(items).toHaveLength(2);
    expect([...items, ...fewShot].map(({ reference }) => reference.text).sort()).toEqual(['1', '2', '3']);
    const [shot] = fewShot;
    expect(layOutPrompt(items[0]!, fewShot, layout).text).toBe(
      `Facts.\n\n${shot!.prompt.text} ${shot!.reference.text}\n--\n${items[0]!.prompt.text}`,
    );
    expect(benchmark.scorers.map(({ name }) => name)).toEqual(['exact_match', 'token_f1']);
  });

  it('draws the same examples each time, and others by another seed', async () => {
    const questions = Array.from({ length: 40 }, (_, index) => ({
      id: `q${index}`,
      q: `${index}?`,
      a: `${index}`,
    }));
    const drawn = async (seed: number): Promise<string[]> => {
      const yaml = `name: p\nitems: i.json\ntext: "{{ q }}"\ntarget: a\nfew_shot: {count: 5, from: items, seed: ${seed}}\n`;
      const { fewShot, items } = await loadFrom({ 'benchmark.yaml': yaml, 'i.json': questions });
      expect(items).toHaveLength(35);
      return fewShot.map(({ id }) => id);
    };
    expect(await drawn(0)).toEqual(await drawn(0));
    expect(await drawn(0)).not.toEqual(await drawn(1));
  });

  it('leaves out all items of the groups of its examples', async () => {
    const yaml =
      'name: p\nitems: i.jsonl\ntext: "{{ question }}"\ntarget: "{{ options[0] }}"\ngroup: doc\nfew_shot: {count: 1, from: items}\n';
    const { fewShot, items } = await loadFrom({ 'benchmark.yaml': yaml, 'i.jsonl': lines(records) });
    expect(items.map(({ group }) => group)).not.toContain(fewShot[0]!.group);
  });

  it('takes written examples and those of another file', async () => {
    const base = 'name: p\nitems: i.json\ntext: "{{ q }}"\ntarget: a\n';
    const asked = [{ q: 'x?', a: 'x' }];
    const written = await loadFrom({
      'benchmark.yaml': `${base}few_shot:\n  examples:\n    - {q: "u?", a: u}\n    - {q: "v?", a: v}\n`,
      'i.json': asked,
    });
    expect(written.fewShot.map(({ prompt, reference }) => `${prompt.text}${reference.text}`)).toEqual([
      'u?u',
      'v?v',
    ]);
    const other = await loadFrom({
      'benchmark.yaml': `${base}few_shot: {count: 1, items: e.json, keep: {a: w}}\n`,
      'i.json': asked,
      'e.json': [
        { q: 'z?', a: 'z' },
        { q: 'w?', a: 'w' },
      ],
    });
    expect(other.fewShot.map(({ reference }) => reference.text)).toEqual(['w']);
    expect(other.items).toHaveLength(1);
  });
});

describe('records', () => {
  const nested = {
    data: {
      rows: [
        {
          doc: 'A',
          uid: 'p1',
          qs: [
            { uid: 'q1', q: 'one?', a: 1 },
            { uid: 'q2', q: 'two?', a: 2.5 },
          ],
        },
        { doc: 'B', uid: 'p2', qs: [] },
        { doc: 'C', uid: 'p3', qs: [{ uid: 'q3', q: 'three?', a: ['3', 'III'] }] },
      ],
    },
  };
  it('are found by their path and taken out of their lists with the fields around them', async () => {
    const { items } = await loadFrom({
      'benchmark.yaml':
        'name: n\nitems: i.json\nrows: data.rows\nexplode: qs\nid: uid\ngroup: "{{ _parent.uid }}"\ntext: "{{ doc }}: {{ q }}"\ntarget: a\n',
      'i.json': nested,
    });
    expect(
      items.map(({ id, group, prompt, reference }) => [
        id,
        group,
        prompt.text,
        reference.text,
        reference.alternatives,
      ]),
    ).toEqual([
      ['q1', 'p1', 'A: one?', '1', undefined],
      ['q2', 'p1', 'A: two?', '2.5', undefined],
      ['q3', 'p3', 'C: three?', '3', ['III']],
    ]);
  });

  it('are kept by values, lists of values, and values that a file lists', async () => {
    const ids = async (keep: string): Promise<string[]> => {
      const { items } = await loadFrom({
        'benchmark.yaml': `name: n\nitems: i.json\ntext: "{{ q }}"\ntarget: q\nkeep: ${keep}\n`,
        'i.json': {
          k1: { q: 'a', meta: { year: 2019 } },
          k2: { q: 'b', meta: { year: 2020 } },
          k3: { q: 'c', meta: { year: 2020 } },
        },
        'list.json': { k3: 'yes', k1: 'no' },
      });
      return items.map(({ id }) => id);
    };
    expect(await ids('{meta.year: 2020}')).toEqual(['k2', 'k3']);
    expect(await ids('{q: [a, b]}')).toEqual(['k1', 'k2']);
    expect(await ids('{_key: {listed_in: list.json}}')).toEqual(['k1', 'k3']);
    expect(await ids('{_key: {listed_in: list.json}, meta.year: 2020}')).toEqual(['k3']);
  });

  it('of one split', async () => {
    const { items } = await loadFrom({
      'benchmark.yaml': 'name: n\nitems: i.json\nsplit: test\ntext: "{{ q }}"\ntarget: q\n',
      'i.json': [
        { q: 'a', split: 'train' },
        { q: 'b', split: 'test' },
      ],
    });
    expect(items.map(({ reference }) => reference.text)).toEqual(['b']);
  });
});

it('unanswerable questions and other right answers', async () => {
  const { items } = await loadFrom({
    'benchmark.yaml': `
name: n
items: i.json
prompt: {user: "{{ q }}"}
target: '{{ a or "I cannot tell." }}'
alternatives: '{{ [a, a ~ "!"] if a else [] }}'
unanswerable: "{{ a is none }}"
`,
    'i.json': [
      { q: 'x', a: 'A' },
      { q: 'y', a: null },
    ],
  });
  expect(
    items.map(({ reference, unanswerable }) => [reference.text, reference.alternatives, unanswerable]),
  ).toEqual([
    ['A', ['A', 'A!'], false],
    ['I cannot tell.', undefined, true],
  ]);
});

const medicine = '../shared/data/medicine';
describe.skipIf(!existsSync(medicine))('PubMedQA (skipped without ../shared/data/medicine)', () => {
  it('asks the 500 questions of the official test split', async () => {
    const benchmark = await loadFrom(
      {
        'benchmark.yaml': `
name: pubmedqa
items: ori_pqal.json
keep: {_key: {listed_in: pubmedqa_test_ground_truth.json}}
output: multiple_choice
prompt: {user: "{{ CONTEXTS | join('\\n') }}\\n\\n{{ QUESTION }}"}
choices: [yes, no, maybe]
target: final_decision
context: "{{ CONTEXTS | join('\\n') }}"
`,
      },
      { itemsPath: `${medicine}/pubmedqa_ori_pqal.json` },
    );
    expect(benchmark.items).toHaveLength(500);
    expect(benchmark.items[0]!.id).toMatch(/^\d{7,8}$/);
    const counts = ['yes', 'no', 'maybe'].map(
      (label) => benchmark.items.filter(({ reference }) => reference.text === label).length,
    );
    expect(counts).toEqual([276, 169, 55]);
  });
});

const tatqa = resolve('../shared/data/finance/tatqa_dataset_dev.json');
describe.skipIf(!existsSync(tatqa))('TAT-QA (skipped without ../shared/data/finance)', () => {
  it('asks the 1,668 questions of its 278 tables', async () => {
    const { items } = await loadFrom({
      'benchmark.yaml': `
name: tatqa
items: ${tatqa}
explode: questions
id: uid
group: "{{ table.uid }}"
task: answer_type
prompt:
  user: |
    {{ table.table | table }}
    {% for paragraph in paragraphs | sort(attribute='order') %}
    {{ paragraph.text }}
    {% endfor %}

    {{ question }}
target: "{{ answer | join(', ') if answer is sequence and answer is not string else answer }}"
`,
    });
    expect(items).toHaveLength(1668);
    expect(new Set(items.map(({ group }) => group)).size).toBe(278);
    expect(new Set(items.map(({ task }) => task))).toEqual(
      new Set(['span', 'multi-span', 'arithmetic', 'count']),
    );
    expect(items[1]!.prompt.messages![0]!.content).toContain('Fixed Price');
  });
});
