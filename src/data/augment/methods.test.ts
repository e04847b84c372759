import { describe, expect, it } from 'vitest';
import { type AugmentMethod, augmentMethods, augmentSchema } from '../../recipe/data/augment.js';
import type { Item } from '../item.js';
import { createAugmenter } from './augmenter.js';

function item(context: string, question: string, response: string, more: Partial<Item> = {}): Item {
  return {
    id: 'p',
    messages: [
      { role: 'user', content: context === '' ? question : `${context}\n\n${question}` },
      { role: 'assistant', content: response },
    ],
    ...(context === '' ? {} : { context }),
    task: 'qa',
    group: 'g',
    source: 's',
    licence: 'CC0-1.0',
    origin: { file: 'f' },
    steps: [],
    split: 'train',
    ...more,
  };
}

async function children(method: AugmentMethod, items: Item[], seeds = 12): Promise<Item[]> {
  const off = Object.fromEntries(augmentMethods.map((name) => [name, name === method ? 1 : 0]));
  const settings = augmentSchema.parse({ enabled: true, max_share: 0.9, ...off });
  const all: Item[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const outcome = await createAugmenter(settings, { seed })(items);
    all.push(...outcome.items.filter(({ parent }) => parent));
  }
  return all;
}

const prompt = ({ messages }: Item): string => messages!.at(-2)!.content;
const response = ({ messages }: Item): string => messages!.at(-1)!.content;

describe('paraphrase by rule', () => {
  it('frames single sentences', async () => {
    const asked = await children('paraphrase', [item('', 'Summarise the main findings of the trial.', 'x')]);
    expect(new Set(asked.map(prompt))).toEqual(
      new Set([
        'Please summarise the main findings of the trial.',
        'Could you summarise the main findings of the trial?',
        'I would like you to summarise the main findings of the trial.',
        'Your task: summarise the main findings of the trial.',
      ]),
    );
  });

  it('turns commands for a measure into questions and back', async () => {
    const commands = await children('paraphrase', [item('', 'Give the value of sales in 2019.', 'x')]);
    expect(commands.map(prompt)).toContain('What is the value of sales in 2019?');
    const questions = await children('paraphrase', [item('', 'What was the amount of debt in 2019?', 'x')]);
    expect(questions.map(prompt)).toContain('State the amount of debt in 2019.');
  });

  it.each(['What is the company planning to do?', 'What was the patient diagnosed with?'])(
    'never makes a command of %j',
    async (question) => {
      for (const child of await children('paraphrase', [item('', question, 'x')])) {
        expect(prompt(child).toLowerCase()).toContain(question.toLowerCase());
      }
    },
  );

  it.each([
    'Sales rose. Why?',
    'Translate: bonjour',
    'please list the parts',
    'Hello there',
    'NATO was founded when?',
  ])('leaves %j alone', async (question) =>
    expect(await children('paraphrase', [item('', question, 'x')])).toEqual([]),
  );

  it('keeps the input of an instruction', async () => {
    const asked = await children('paraphrase', [
      item('', 'Translate the sentence.\n\nGood day, Mr. Smith.', 'x'),
    ]);
    expect(asked.length).toBeGreaterThan(0);
    for (const child of asked)
      expect(prompt(child)).toMatch(/translate the sentence[.?]\n\nGood day, Mr. Smith\.$/);
  });
});

describe('numbers in running text', () => {
  const text =
    'On 31 March 2019 the group had 3 segments. Sales rose from $1,146.2 million in 2018 to $1,452.4 million in 2019, an increase of $306.2 million or 26.7%.';

  it('moves what belongs together', async () => {
    const parent = item(text, 'By how much did sales rise from 2018 to 2019?', '1,452.4 - 1,146.2', {
      answer: '306.2',
    });
    const made = await children('numbers', [parent]);
    expect(made.length).toBeGreaterThan(3);
    for (const child of made) {
      const [, from, to, by, share] =
        /^On 31 March 2019 the group had 3 segments\. Sales rose from \$([\d,.]+) million in 2018 to \$([\d,.]+) million in 2019, an increase of \$([\d,.]+) million or ([\d.]+)%\.$/.exec(
          child.context!,
        )!;
      const [a, b] = [from!, to!].map((digits) => Number(digits.replace(',', '')));
      expect(b! - a!).toBeCloseTo(Number(by!.replace(',', '')), 6);
      expect((100 * (b! - a!)) / a!).toBeCloseTo(Number(share), 1);
      expect(response(child)).toBe(`${to} - ${from}`);
      expect(child.answer).toBe(String(Number(by!.replace(',', ''))));
    }
  });

  it('keeps thousands separators, decimals and the look-up answer', async () => {
    const made = await children('numbers', [item(text, 'What were sales in 2018?', '$1,146.2 million')]);
    expect(made.length).toBeGreaterThan(3);
    for (const child of made) {
      expect(response(child)).toMatch(/^\$1,\d{3}\.\d million$/);
      expect(child.context).toContain(`rose from ${response(child)} in`);
    }
  });

  it.each([
    ['the answer is words', 'Did sales rise?', 'yes'],
    ['the answer is no figure of the context', 'What were sales?', '$1,999.9 million'],
    ['the answer is a year', 'When were sales higher?', '2019'],
    ['an operand may be a count or a figure', 'What is a third of the increase?', '306.2 / 3'],
  ])('gives nothing where %s', async (_why, question, answer) => {
    const parent = item(`${text} The 3 segments hold 3 offices.`, question, answer);
    expect(await children('numbers', [parent])).toEqual([]);
  });

  it('gives nothing where one amount is written in two scales', async () => {
    const context = 'Sales were $1.2 billion. In detail: $1,200 million of sales, $300 million of costs.';
    expect(await children('numbers', [item(context, 'What were costs?', '$300 million')])).toEqual([]);
  });

  it('gives nothing where the answer is not what its expression says', async () => {
    const parent = item(text, 'By how much?', '1,452.4 - 1,146.2', { answer: '999.9' });
    expect(await children('numbers', [parent])).toEqual([]);
  });
});

describe('entities', () => {
  it('swaps companies, people and cities everywhere', async () => {
    const context =
      'Zentrix Robotics Inc. is based in Hamburg. Its chief executive, Mr. Peter Quandt, said that Zentrix Robotics grew. Quandt joined from Boston.';
    const made = await children('entities', [item(context, 'Who leads Zentrix Robotics?', 'Peter Quandt')]);
    expect(made.length).toBeGreaterThan(5);
    for (const child of made) {
      const all = `${prompt(child)} ${response(child)}`;
      expect(all).not.toMatch(/Zentrix|Quandt|Hamburg|Boston|Peter/);
      expect(child.context).toContain(`Mr. ${response(child)}`);
      expect(response(child)).toMatch(/^[A-Z]\w+ [A-Z]\w+$/);
    }
  });

  it.each([
    ['a name that is a word as well', 'Mr. Green saw the green light.', 'Who saw it?', 'Mr. Green'],
    [
      'a short form that stands alone',
      'General Motors Inc. pays general costs. General rules hold.',
      'Who?',
      'General Motors',
    ],
    ['a word before Limited', 'Brief Limited Intermittent Symptoms were seen.', 'What was seen?', 'symptoms'],
    [
      'a product with the name of its maker',
      'We used SPSS version 16 (SPSS Inc., Chicago).',
      'Which version?',
      '16',
    ],
    ['initials', 'Global Freight Corp. (GF) grew. GF pays.', 'Who grew?', 'Global Freight Corp.'],
    [
      'a part of a longer name',
      'The London Stock Exchange is in London Bridge House.',
      'Who?',
      'London Stock Exchange',
    ],
    [
      'an answer from knowledge of the world',
      'The firm sits in Vienna.',
      'In which country does it sit?',
      'Austria',
    ],
  ])('leaves %s alone', async (_why, context, question, answer) => {
    expect(await children('entities', [item(context, question, answer)])).toEqual([]);
  });
});

describe('contexts of others', () => {
  const vaccine = item(
    'Patients with measles were treated with vitamin A. Mortality fell among infants.',
    'Which vitamin was given against measles?',
    'vitamin A',
    { id: 'a', group: 'one' },
  );
  const lease = item(
    'The lessee pays rent at the end of each month.',
    'When does the lessee pay rent?',
    'at the end of each month',
    {
      id: 'b',
      group: 'two',
    },
  );

  it('stand beside the real one', async () => {
    const made = await children('distractor', [vaccine, lease]);
    expect(made.filter(({ parent }) => parent === 'a').length).toBe(12);
    for (const child of made) expect(child.context).toMatch(/^\[1\]\n[\s\S]+\n\n\[2\]\n[\s\S]+$/);
  });

  it.each([
    ['of the same group', { group: 'one' }],
    ['of another licence', { licence: 'CC-BY-SA-4.0' }],
    ['of another split', { split: 'test' as const }],
  ])('are not lent %s', async (_why, more) => {
    const made = await children('distractor', [vaccine, { ...lease, ...more }]);
    expect(made).toEqual([]);
  });

  it('are not lent where they hold the answer', async () => {
    const same = {
      ...lease,
      context: 'Vitamin A against rickets.',
      messages: item('Vitamin A against rickets.', 'Which?', 'A').messages!,
    };
    expect((await children('distractor', [vaccine, same])).filter(({ parent }) => parent === 'a')).toEqual(
      [],
    );
  });

  it('are not put beside one that the question points at', async () => {
    const pointed = item(vaccine.context!, 'What does this passage say about measles?', 'vitamin A', {
      group: 'one',
    });
    expect((await children('distractor', [pointed, lease])).filter(({ parent }) => parent === 'p')).toEqual(
      [],
    );
  });
});

describe('format', () => {
  it('makes a sentence of a list', async () => {
    const parent = item(
      'Steps:\n- Open the valve.\n- Wait\n- Close it.\nDone.',
      'What comes first?',
      'Open the valve',
    );
    const [child] = await children('format', [parent], 1);
    expect(child!.context).toBe('Steps:\nOpen the valve; Wait; and Close it.\nDone.');
  });

  it('reads Markdown and CSV as well', async () => {
    for (const context of [
      '| Item | 2019 |\n| --- | --- |\n| Sales | 1,200 |\n| Costs | (80) |',
      'Item,2019\nSales,"1,200"\nCosts,(80)',
    ]) {
      const made = await children('format', [item(context, 'What were sales?', '1,200')]);
      expect(new Set(made.map(prompt)).size).toBeGreaterThan(4);
      for (const child of made) expect(child.context).toMatch(/sales[\s\S]*1,200[\s\S]*costs[\s\S]*\(80\)/i);
    }
  });
});

it('is not slowed by long lines of one character', async () => {
  for (const character of [
    '1',
    'a',
    'A',
    ' ',
    '|',
    ',',
    '(',
    '-',
    '"',
    '\n',
    'Aa ',
    '- a\n',
    '1,1\n',
    'a | 1\n',
  ]) {
    const parent = item(character.repeat(100_000 / character.length), 'What was Aa in 2019?', '1');
    for (const method of augmentMethods)
      await children(method, [parent, { ...parent, id: 'q', group: 'h' }], 1);
  }
}, 30_000);
