import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFrom } from './benchmark-files.fixture.js';
import { recallBenchmark, untrainedFacts } from './recall.js';
import { resolveScorers } from './resolve-scorers.js';
import { scorerSpecs } from './scorer-specs.js';

const facts = [
  {
    id: 'lien',
    text: 'A lien is a right over property.',
    questions: ['What is a lien?', 'Explain lien.', 'Say what a lien is.'],
    answer: 'a right over property',
    group: 'law',
  },
  {
    id: 'bond',
    text: 'A bond is a traded debt.',
    questions: ['What is a bond?', 'Explain bond.'],
    answer: 'a traded debt',
  },
];
const lines = facts.map((fact) => `${JSON.stringify(fact)}\n`).join('');

async function recall(
  more: object = {},
  files: Record<string, string> = { 'facts.jsonl': lines },
  path = 'facts.jsonl',
) {
  const directory = await mkdtemp(join(tmpdir(), 'attune-recall-'));
  await mkdir(join(directory, 'facts'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  const measures = await resolveScorers(scorerSpecs(undefined, 'generate', 'x'), {
    output: 'generate',
    file: 'x',
  });
  return recallBenchmark(
    'recall',
    { ...untrainedFacts(join(directory, path)), ...more },
    {
      ...measures,
      metric: 'exact_match',
      maxItems: null,
    },
  );
}

describe('recallBenchmark', () => {
  it('asks the last phrasing of each fact', async () => {
    const { items, metrics, output } = await recall();
    expect(output).toBe('generate');
    expect(metrics.map(({ name }) => name)).toEqual(expect.arrayContaining(['exact_match', 'token_f1']));
    expect(
      items.map(({ id, group, task, prompt, reference }) => [
        id,
        group,
        task,
        prompt.messages,
        reference.text,
      ]),
    ).toEqual([
      ['lien', 'law', 'recall', [{ role: 'user', content: 'Say what a lien is.' }], 'a right over property'],
      ['bond', 'bond', 'recall', [{ role: 'user', content: 'Explain bond.' }], 'a traded debt'],
    ]);
  });

  it('asks as the source trains: system message, task and several phrasings', async () => {
    const three = lines.replace('["What is a bond?"', '["Define bond.","What is a bond?"');
    const { items } = await recall(
      { held_out_phrasings: 2, system_prompt: 'Be short.', task: 'terms' },
      { 'facts.jsonl': three },
    );
    expect(items.map(({ id, task }) => [id, task])).toEqual([
      ['lien:1', 'terms'],
      ['lien:2', 'terms'],
      ['bond:1', 'terms'],
      ['bond:2', 'terms'],
    ]);
    expect(items[0]!.prompt.messages).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Explain lien.' },
    ]);
  });

  it('tells facts of several files apart', async () => {
    const { items } = await recall({}, { 'facts/a.jsonl': lines, 'facts/b.jsonl': lines }, 'facts');
    expect(items.map(({ id }) => id)).toEqual([
      'a.jsonl#lien',
      'a.jsonl#bond',
      'b.jsonl#lien',
      'b.jsonl#bond',
    ]);
  });

  it('names the first mistake in the facts', async () => {
    await expect(recall({ held_out_phrasings: 2 })).rejects.toThrow(
      '2 phrasings of the question, at least 3 are wanted',
    );
  });
});

describe('a benchmark file over facts', () => {
  const yaml = (file: string): string =>
    `name: terms\nitems: ${file}\nprompt: { user: '{{ questions[-1] }}' }\ntarget: answer\nscorers: [exact_match, token_f1]\n`;

  it.each([
    ['facts.jsonl', lines],
    ['facts.json', JSON.stringify(facts)],
    ['facts.yaml', `- ${JSON.stringify(facts[0])}\n- ${JSON.stringify(facts[1])}\n`],
  ])('asks the same questions of %s', async (file, content) => {
    const own = await loadFrom({ 'benchmark.yaml': yaml(file), [file]: content });
    const { items } = await recall();
    expect(own.items.map(({ id, prompt, reference }) => [id, prompt, reference])).toEqual(
      items.map(({ id, prompt, reference }) => [id, prompt, reference]),
    );
  });
});
