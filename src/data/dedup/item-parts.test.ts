import { expect, it } from 'vitest';
import type { Message } from '../example.js';
import type { Item } from '../item.js';
import { conversationParts } from './item-parts.js';

function item(messages: Message[], context?: string): Item {
  const about = {
    id: 'a',
    task: 't',
    group: 'g',
    source: 's',
    licence: 'l',
    origin: { file: 'f' },
    steps: [],
  };
  return { ...about, messages, context };
}

it('takes the question from behind the context', () => {
  const { context, question, answer } = conversationParts(
    item(
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'A table\n\nof figures\n\nHow much?' },
        { role: 'assistant', content: '5' },
      ],
      'A table\n\nof figures',
    ),
  );
  expect(context).toBe('Be brief.\n\nA table\n\nof figures');
  expect(question.trim()).toBe('How much?');
  expect(answer).toBe('5');
});

it.each([
  ['a blank line', 'A text.\n\nWhat?', 'What?'],
  ['a blank line of Windows', 'A text.\r\n\r\nWhat?\r\n', 'What?'],
  ['a line of spaces', 'A text.\n \t\nWhat?\nWhy?', 'What?\nWhy?'],
  ['blank lines at the end', 'A text.\n\nWhat?\n\n\n', 'What?'],
  ['no blank line', 'What?\nWhy?', 'What?\nWhy?'],
  ['a blank line at the beginning', '\nWhat?', 'What?'],
  ['nothing', '', ''],
])('takes the last paragraph without a context: %s', (_name, content, expected) => {
  const parts = conversationParts(item([{ role: 'user', content }]));
  expect(parts.question.trim()).toBe(expected);
  expect(parts.context + parts.question).toBe(content);
});

it('counts earlier turns to the context', () => {
  const { context, question, answer } = conversationParts(
    item([
      { role: 'user', content: 'One?' },
      { role: 'assistant', content: '1' },
      { role: 'user', content: 'Two?' },
      { role: 'assistant', content: '2' },
    ]),
  );
  expect(context).toContain('One?\n\n1');
  expect([question, answer]).toEqual(['Two?', '2']);
});

it('takes linear time on long turns', () => {
  for (const character of ['\n', ' ', 'a', '\n \n', 'a\n'])
    expect(() =>
      conversationParts(item([{ role: 'user', content: character.repeat(100_000) }])),
    ).not.toThrow();
});
