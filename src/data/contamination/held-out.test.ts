import { describe, expect, it } from 'vitest';
import { contaminationSchema } from '../../recipe/data/contamination.js';
import { makeItem, makeText } from './cases.fixture.js';
import { benchmarkItems, conversationParts, heldOutItem } from './held-out.js';

const context = `${'The company sells many things to many people in many places. '.repeat(4)}`.trim();

describe('conversationParts', () => {
  it('takes the known context from the question', () => {
    const item = makeItem('a', { context, question: 'What does it sell?', answer: 'things' });
    expect(conversationParts(item)).toEqual({ context, question: 'What does it sell?', answer: 'things' });
  });

  it.each([
    ['at the end', `${context}\n\nWhat does it sell?`],
    ['at the beginning, before a passage too long for one', `What does it sell?\n \n${context} ${context}`],
  ])('finds a question %s where the context is not known', (_name, question) => {
    const parts = conversationParts(makeItem('a', { question, answer: 'things' }));
    expect(parts.question).toBe('What does it sell?');
    expect(parts.context).toContain('many people');
  });

  it('takes a short prompt as the question and a long one as a passage', () => {
    const parts = (question: string) => conversationParts(makeItem('a', { question, answer: 'b' }));
    expect(parts('Read this.\n\nWhat is it?')).toMatchObject({
      question: 'Read this.\n\nWhat is it?',
      context: '',
    });
    const long = 'word '.repeat(300).trim();
    expect(parts(long)).toMatchObject({ question: '', context: long });
  });

  it('takes earlier turns as context', () => {
    const item = makeItem('a', { question: 'First?', answer: 'one' });
    item.messages!.push({ role: 'user', content: 'Second?' }, { role: 'assistant', content: 'two' });
    expect(conversationParts(item)).toEqual({ context: 'First?\n\none', question: 'Second?', answer: 'two' });
  });
});

describe('heldOutItem', () => {
  it('gives the group and document of test items only', () => {
    const item = { ...makeText('a', 'text'), origin: { file: 'report.pdf', page: 3 } };
    expect(heldOutItem(item)).toMatchObject({
      kind: 'test',
      name: 'test',
      group: item.group,
      document: 'report.pdf',
    });
    expect(heldOutItem(item, 'tatqa')).not.toHaveProperty('group');
  });
});

describe('benchmarkItems', () => {
  it('names benchmarks by their file where the settings do not', async () => {
    const settings = contaminationSchema.parse({
      benchmarks: [{ path: 'sets/finance.jsonl' }, { path: 'b.json', name: 'medicine' }],
    });
    const items = [];
    for await (const item of benchmarkItems(settings, (path) => [makeText(path, 'text')])) items.push(item);
    expect(items.map(({ id, name, kind }) => [id, name, kind])).toEqual([
      ['sets/finance.jsonl', 'finance', 'benchmark'],
      ['b.json', 'medicine', 'benchmark'],
    ]);
  });
});
