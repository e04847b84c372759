import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../data/answers.js';
import { failureOf, folderWith, loadFrom, resolveScorers } from '../benchmark-files.fixture.js';
import { loadBenchmark } from '../load-benchmark.js';
import { compilePattern } from './python-pattern.js';

const docs = '{"q": "one?", "a": "yes", "n": 0}\n{"q": "two?", "a": "no", "n": 1}\n';
const task = `task: Mine_Task
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: ["yes", "no"]
doc_to_target: "{{a}}"
metric_list: [{metric: acc}]
`;
const failure = (change: string, from = ''): Promise<string> =>
  failureOf({
    'benchmark.yaml': from === '' ? `${task}${change}\n` : task.replace(from, change),
    'docs.jsonl': docs,
  });

describe('what of a task cannot be read is told with its place', () => {
  it.each<[string, string, string, string]>([
    [
      'Python for the records',
      'process_docs: !function utils.process_docs',
      '',
      'benchmark.yaml:10:25: `process_docs` is Python code (utils.process_docs), which is never executed',
    ],
    [
      'Python for the prompt',
      'doc_to_text: !function utils.text',
      'doc_to_text: "{{q}}"',
      'benchmark.yaml:6:24: `doc_to_text` is Python code (utils.text), which is never executed',
    ],
    [
      'Python for a metric',
      '[{metric: !function utils.m}]',
      '[{metric: acc}]',
      'benchmark.yaml:9:34: `metric_list.0.metric` is Python code (utils.m), which is never executed',
    ],
    [
      'scores in Python',
      'process_results: x',
      '',
      'benchmark.yaml:10:1: `process_results` scores with Python code, which cannot be read',
    ],
    [
      'an unknown metric',
      '[{metric: brier_score}]',
      '[{metric: acc}]',
      'benchmark.yaml:9:24: metric_list.0.metric: brier_score is not measured here for this output_type',
    ],
    ['an unknown field', 'doc_to_txt: x', '', 'benchmark.yaml:10:1: unknown field `doc_to_txt`'],
    [
      'a group of tasks',
      'task: [a, b]',
      'task: Mine_Task',
      'benchmark.yaml:1:1: this is a group of tasks, not a task',
    ],
    [
      'no split to ask',
      'training_split: test',
      'test_split: test',
      'benchmark.yaml:1: neither `test_split` nor `validation_split` is named',
    ],
    [
      'a split without files',
      'test_split: dev',
      'test_split: test',
      'benchmark.yaml: `dataset_kwargs.data_files` names no files of the split `dev`',
    ],
    [
      'a bare yes',
      '[yes, no]',
      '["yes", "no"]',
      'docs.jsonl:1: `doc_to_choice` cannot be written for the record 1: gives a truth value as a choice (a bare yes or no is a truth value in YAML 1.1: write it in quotes)',
    ],
    [
      'a target that is no choice',
      '"{{q}}"',
      '"{{a}}"',
      'docs.jsonl:1: `doc_to_target` cannot be written for the record 1: gives one?, which is none of the 2 choices',
    ],
    [
      'choices in the question',
      'doc_to_text: n',
      'doc_to_text: "{{q}}"',
      'docs.jsonl:1: `doc_to_text` cannot be written for the record 1: gives a number: tasks whose choices are different questions cannot be read',
    ],
    [
      'a field that records lack',
      'doc_to_text: "{{qq}}"',
      'doc_to_text: "{{q}}"',
      'docs.jsonl:1: `doc_to_text` cannot be written for the record 1: `qq` is not a field of the record',
    ],
    [
      'a data set without owner',
      'dataset_path: gsm8k',
      'dataset_path: json',
      'benchmark.yaml: the data set `gsm8k` is not named as owner/name (dataset_path)',
    ],
    [
      'an include of another place',
      'include: /etc/passwd',
      '',
      'benchmark.yaml:10:10: include: /etc/passwd is no path near this file',
    ],
    [
      'an include of itself',
      'include: benchmark.yaml',
      '',
      'benchmark.yaml:10:10: include: benchmark.yaml leads back to itself',
    ],
    [
      'too many worked examples',
      'num_fewshot: 3\nfewshot_config: {sampler: first_n}\nfewshot_split: test',
      '',
      'benchmark.yaml: `num_fewshot: 3`: there are 2 worked examples',
    ],
  ])('%s', async (_what, change, from, expected) => {
    expect((await failure(change, from)).split('\n')[0]).toBe(expected);
  });

  it('in the file that is included', async () => {
    const message = await failureOf({
      'benchmark.yaml': `include: base.yaml\n${task}`,
      'base.yaml': 'tag: x\nprocess_docs: !function utils.p\n',
      'docs.jsonl': docs,
    });
    expect(message.split('\n')[0]).toBe(
      'base.yaml:2:25: `process_docs` is Python code (utils.p), which is never executed',
    );
  });
});

it('what is left out is said', async () => {
  const notices: string[] = [];
  const benchmark = await loadFrom(
    { 'benchmark.yaml': `${task}tag: mine\nnum_fewshot: 1\nfewshot_split: test\n`, 'docs.jsonl': docs },
    { onNotice: (notice) => notices.push(notice) },
  );
  expect(benchmark.name).toBe('mine_task');
  expect(notices).toEqual(['not used: tag', expect.stringContaining('draws them with Python')]);
  // Each question's example is the other one.
  expect(benchmark.items.map(({ prompt }) => prompt.text)).toEqual(['two? no\n\none?', 'one? yes\n\ntwo?']);
});

it('other documents in place of its own', async () => {
  const folder = await folderWith({
    'benchmark.yaml': task.replace('dataset_path: json', 'dataset_path: nobody/nothing'),
    'other.jsonl': docs,
  });
  const benchmark = await loadBenchmark(`${folder}/benchmark.yaml`, {
    resolveScorers,
    itemsPath: `${folder}/other.jsonl`,
  });
  expect(benchmark.items).toHaveLength(2);
});

describe('filters', () => {
  const generate = (filters: string): string =>
    `task: g\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl}}\ntest_split: test\ndoc_to_text: "{{q}}"\ndoc_to_target: "{{n}}"\nfilter_list:\n${filters}`;
  const score = async (filters: string, text: string): Promise<Record<string, number | undefined>> => {
    const { scorers, items } = await loadFrom({ 'benchmark.yaml': generate(filters), 'docs.jsonl': docs });
    const given = { id: '', text, value: readAnswer(text), stopped: true };
    return Object.fromEntries(scorers.map((scorer) => [scorer.name, scorer.score(given, items[1]!)]));
  };
  it('of several pipelines give a score each', async () => {
    const filters = `  - name: strict-match
    filter:
      - {function: regex, regex_pattern: "The answer is (\\\\-?[0-9\\\\.\\\\,]+)"}
      - {function: take_first}
  - name: flexible-extract
    filter:
      - {function: regex, group_select: -1, regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)"}
      - {function: take_first}
`;
    expect(await score(filters, 'The answer is 1')).toEqual({
      exact_match_strict_match: 1,
      exact_match_flexible_extract: 1,
    });
    expect(await score(filters, 'It is 77 or 1')).toEqual({
      exact_match_strict_match: 0,
      exact_match_flexible_extract: 1,
    });
  });
});

describe('patterns of Python', () => {
  it.each<[string, string, string[][]]>([
    ['#### (\\-?[0-9\\.\\,]+)', 'so #### -1,000.5 and #### 2', [['-1,000.5'], ['2']]],
    ['(\\([A-Z]\\))', 'it is (B) not (C)', [['(B)'], ['(C)']]],
    ['(?i)\\b(yes|no)\\b', 'Yes, noyes NO', [['Yes'], ['NO']]],
    ['(?P<a>x)(?P=a)', 'xx x', [['x']]],
    ['(?s)a.b', 'a\nb', [['a\nb']]],
    ['a.b', 'a\nb', []],
    ['end$', 'end\n', [['end']]],
    ['\\d+', '٣٤ 5', [['٣٤'], ['5']]],
    ['[^]]+', 'ab]c', [['ab'], ['c']]],
    ['{x}', '{x}', [['{x}']]],
    ['^\\s*([A-D])', '  C. because', [['C']]],
    ['\\$', 'a$b', [['$']]],
    [
      '(a)|(b)',
      'ab',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
  ])('%s', (source, text, expected) => {
    const pattern = compilePattern(source);
    if (typeof pattern === 'string') throw new Error(pattern);
    expect(pattern.findAll(text)).toEqual(expected);
  });

  it('that cannot be read are refused', () => {
    expect(compilePattern('(?>a)')).toContain('cannot be read');
    expect(compilePattern('(a')).toContain('cannot be read');
    expect(compilePattern('(?x) a')).toContain('not supported');
  });

  it('that never end are broken off', () => {
    const pattern = compilePattern('(a+)+$');
    if (typeof pattern === 'string') throw new Error(pattern);
    expect(() => pattern.findAll(`${'a'.repeat(100_000)}b`)).toThrow('takes too long');
  });
});
