import { describe, expect, it } from 'vitest';
import { documentPairsSchema } from '../../../recipe/data/document-pairs.js';
import { readAnswer } from '../../answers.js';
import { calculate } from '../../calculator.js';
import type { Item } from '../../item.js';
import { answerFormats, checkAnswer, declinedText } from '../answer-formats.js';
import { findFigures } from '../checks/figures.js';
import { checkGrounding } from '../checks/grounding.js';
import { contentWords, normalised, stem } from '../checks/words.js';
import { declined } from '../direct-answers.js';
import { documentOf, drawnDocuments, release } from './documents.fixture.js';
import { makeDocumentPairs } from './make-document-pairs.js';
import { hasTatqa, readTatqa } from './tatqa.fixture.js';

const settings = documentPairsSchema.parse({ max_per_passage: 50 });
const question = (item: Item): string => item.messages!.at(-2)!.content.slice(item.context!.length + 2);
const response = (item: Item): string => item.messages!.at(-1)!.content;
const ofTask = (items: readonly Item[], task: string): Item[] =>
  items.filter((item) => item.task === task && item.id.includes('#p'));

/** What must hold of every pair, whatever the documents. */
function checkAll(items: readonly Item[]): void {
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  expect(new Set(items.map((item) => item.messages!.at(-2)!.content)).size).toBe(items.length);
  for (const item of items) {
    const { task, context = '', messages } = item;
    const [asked, said] = [question(item), response(item)];
    expect(messages!.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
    expect(messages![1]!.content).toBe(`${context}\n\n${asked}`);
    expect(asked).toMatch(/^\S.{5,}$/);
    expect(checkAnswer(task, said), `${task}: ${said}`).toEqual({ ok: true });
    const format = answerFormats.get(task)!.kind;
    if (format === 'label')
      expect(normalised(asked) + normalised(context)).toContain(normalised(said).replace(/d$/, ''));
    else if (format !== 'declining')
      expect(` ${normalised(asked).replace(/[?.,:;]/g, ' ')} `).not.toContain(` ${normalised(said)} `);
    if (format === 'expression') {
      const known = new Set(findFigures(context).map(({ digits }) => Number(digits)));
      for (const term of said.replace(/ in %$/, '').match(/\d+(?:\.\d+)?/g)!) {
        if (task === 'unit_conversion' && /^10+$/.test(term)) continue;
        expect(known, `${said} on ${context}`).toContain(Number(term));
      }
      const value = calculate(said.replace(/ in %$/, ''));
      const stated = readAnswer(item.answer!).number!;
      expect(Math.abs(stated.value - value)).toBeLessThan(Math.max(1e-4, Math.abs(value) * 1e-4));
    } else if (format !== 'declining' && task !== 'statement_type' && task !== 'classification') {
      expect(checkGrounding(said, context).ungroundedNumbers, `${said} on ${context}`).toEqual([]);
    }
    if (format === 'value') expect(context.replace(/\s+/g, ' ')).toContain(said);
    if (format === 'sentence') expect(context.replace(/\s+/g, ' ')).toContain(said.replace(/\.$/, ''));
  }
}

describe('makeDocumentPairs', () => {
  const { items, counts, refused } = makeDocumentPairs([release], settings, 1);

  it('asks what the document says, once each', () => {
    const stated = Object.fromEntries(
      ofTask(items, 'extraction').map((item) => [item.derivation!.slice(8, 40), response(item)]),
    );
    expect(ofTask(items, 'extraction').map(response).toSorted()).toEqual(
      [
        '$0.005',
        '$0.45 per share',
        '$1,150 million',
        '$1,204 million',
        '$3.7 billion',
        '$4.2 billion',
        '$998 million',
        '12.3%',
        '21.5%',
        '23.0%',
        'Bellevue, Washington',
        'HBF',
        'June 30, 2027',
        'Maria Jensen',
        'September 15, 2023',
        'September 30, 2023',
      ].toSorted(),
    );
    expect(Object.keys(stated).length).toBeGreaterThan(5);
    expect(ofTask(items, 'definition').map(response)).toEqual(
      expect.arrayContaining([
        '"Adjusted EBITDA" means net income before interest, taxes, depreciation and amortization.',
        'Comparable stores: stores that were open during both of the periods that are compared.',
        'Working capital – current assets less current liabilities at the end of the period.',
      ]),
    );
    expect(ofTask(items, 'numeric').map(response)).toEqual(
      expect.arrayContaining([
        '4.2 - 3.7',
        '(4.2 - 3.7) / 3.7 in %',
        '21.5% - 23.0%',
        '1204 - 1150',
        '1204 - 998',
      ]),
    );
    expect(ofTask(items, 'comparison').map(response)).toEqual(
      expect.arrayContaining(['increased', 'decreased', 'fiscal 2023']),
    );
    expect(ofTask(items, 'json_extraction').map(response)).toEqual([
      '{"direction": "increase", "percentage": "12.3%", "amount": null, "value": "$4.2 billion", "period": "fiscal 2023", "previous_value": "$3.7 billion", "previous_period": "fiscal 2022"}',
    ]);
    expect(ofTask(items, 'classification').map(response)).toEqual([
      'results of operations',
      'legal proceedings',
    ]);
    expect(refused).toEqual([]);
  });

  it('names the unit of a calculation and the sentence that it rests on', () => {
    const change = ofTask(items, 'numeric').find((item) => response(item) === '4.2 - 3.7')!;
    expect(question(change)).toMatch(/net sales.*from fiscal 2022 to fiscal 2023.*, in billions of dollars/i);
    expect(change.answer).toBe('0.5');
    expect(change.derivation).toContain('Net sales increased 12.3% to $4.2 billion');
    expect(change).toMatchObject({
      group: release.group,
      source: 'release.pdf, pages 2-3',
      origin: { page: 2 },
    });
  });

  it('takes the heading away where it is asked for', () => {
    for (const item of [...ofTask(items, 'classification'), ...ofTask(items, 'title')]) {
      expect(item.context).not.toMatch(/Legal Proceedings|Item 3|Results of Operations/);
    }
  });

  it('asks all the tasks of statement tables about the tables', () => {
    const tables = items.filter(({ id }) => id.startsWith('release#t1'));
    expect(tables.length).toBe(settings.max_per_table);
    expect(tables[0]).toMatchObject({
      source: 'release.pdf, page 3, table 1',
      origin: { file: 'release.pdf', page: 3 },
    });
    expect(tables[0]!.context).toMatch(/^Table: \(millions of dollars\)\nNorth America \| 2023 2100\.5/);
    expect(new Set(tables.map(({ task }) => task)).size).toBeGreaterThan(7);
  });

  it('holds for every pair of drawn documents', () => {
    const drawn = makeDocumentPairs(drawnDocuments(60, 3), settings, 7);
    checkAll([...items, ...drawn.items]);
    for (const task of ['definition', 'extraction', 'numeric', 'comparison', 'unanswerable', 'look_up']) {
      expect(drawn.counts[task], task).toBeGreaterThan(10);
    }
    expect(Object.values(drawn.counts).reduce((sum, count) => sum + count, 0)).toBe(drawn.items.length);
  });

  it('gives the same for the same, and something else for another seed', () => {
    const documents = drawnDocuments(12, 5);
    const first = makeDocumentPairs(documents, settings, 1);
    expect(makeDocumentPairs(structuredClone(documents), settings, 1)).toEqual(first);
    expect(makeDocumentPairs(documents, settings, 2)).not.toEqual(first);
  });

  it('keeps to the settings', () => {
    const few = documentPairsSchema.parse({
      tasks: ['definition', 'numeric'],
      max_per_passage: 1,
      phrasings: 1,
      system_prompt: '',
    });
    const made = makeDocumentPairs([release], few, 1);
    expect(new Set(made.items.map(({ task }) => task))).toEqual(new Set(['definition', 'numeric']));
    expect(new Set(made.items.map(({ origin }) => origin.page)).size).toBe(made.items.length);
    for (const item of made.items)
      expect(item.messages!.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(makeDocumentPairs([{ ...release, blocks: undefined, text: 'x' }], settings, 1).items).toEqual([]);
    expect(counts).not.toHaveProperty('summary');
  });

  it('does not ask where a document contradicts itself', () => {
    const text =
      'Net sales were $5 million in 2019. Net sales were $6 million in 2019. Total costs were $3 million in 2019.';
    const made = makeDocumentPairs([documentOf('d', [{ type: 'paragraph', text }])], settings, 1);
    expect(ofTask(made.items, 'extraction').map(response)).toEqual(['$3 million']);
  });

  it('does not take an office for a person', () => {
    const text = 'It was signed by Jane Doe, Senior Vice President, Chief Financial Officer, in New York.';
    const made = makeDocumentPairs([documentOf('d', [{ type: 'paragraph', text }])], settings, 1);
    expect(made.items).toEqual([]);
  });

  it('does not turn half a clause into a question', () => {
    for (const text of [
      'It was $5 million in 2019.',
      'The amount that we paid was $5 million in 2019.',
      'In June, when prices rose, sales were $5 million in 2019.',
      'Sales of $3 million and $4 million were 12% higher.',
      'The plan was 3 of 5 parts done.',
      'Sales were $5 million, $6 million and $7 million in 2019 and 2018, respectively.',
      'Revenue was 2019 in all.',
    ]) {
      const made = makeDocumentPairs([documentOf('d', [{ type: 'paragraph', text }])], settings, 1);
      expect(
        made.items.map((item) => `${question(item)} ${response(item)}`),
        text,
      ).toEqual([]);
    }
  });

  it('gives the summary that a short document itself has, and no other', () => {
    const body =
      'The trial looked at sleep in forty nurses who work at night. Half of them wore dark glasses on the way home. They slept longer and woke less often than the others did, and the effect held for the whole of the month that was observed. Nobody left the trial before its end, and no harm was reported by anybody who took part in it.';
    const own = 'Dark glasses on the way home gave nurses who work at night a longer and calmer sleep.';
    const blocks = [
      { type: 'heading' as const, level: 1, text: 'Abstract' },
      { type: 'paragraph' as const, text: own },
      { type: 'heading' as const, level: 1, text: 'What was done' },
      { type: 'paragraph' as const, text: body },
    ];
    const [found] = ofTask(makeDocumentPairs([documentOf('d', blocks)], settings, 1).items, 'summary');
    expect(response(found!)).toBe(own);
    expect(found!.context).toBe(`What was done\n${body}`);
    const without = makeDocumentPairs([documentOf('d', blocks.slice(2))], settings, 1);
    expect(ofTask(without.items, 'summary')).toEqual([]);
  });

  it('survives long lines of one character', () => {
    for (const text of ['1', '(', '$1 ', 'in 2019 and '].map((part) => part.repeat(100_000 / part.length))) {
      const table = {
        type: 'table' as const,
        rows: [
          ['', '2019'],
          [text, '1'],
          ['b', text],
        ],
      };
      makeDocumentPairs(
        [documentOf('d', [{ type: 'paragraph', text }, { type: 'list', items: [text] }, table])],
        settings,
        1,
      );
    }
  }, 60_000);
});

describe('questions without an answer', () => {
  const { items } = makeDocumentPairs(drawnDocuments(60, 9), settings, 4);
  const inVain = ofTask(items, 'unanswerable');

  it('are never answered by a word of their passage', () => {
    expect(inVain.length).toBeGreaterThan(20);
    for (const item of inVain) {
      const known = new Set(contentWords(item.context!).map(stem));
      expect(response(item)).toBe(declinedText);
      const year = /(?:19|20)\d\d/.exec(question(item))?.[0];
      const subject = item.derivation!.replace(/^the text says nothing about (?:the )?/, '');
      const foreign = contentWords(subject).filter((word) => !known.has(stem(word)));
      expect(
        foreign.length > 0 || (year !== undefined && !item.context!.includes(year)),
        question(item),
      ).toBe(true);
    }
  });

  it('are at most a quarter of those with one, and stand on passages that answer others', () => {
    const answered = items.filter(({ id, task }) => id.includes('#p') && task !== 'unanswerable');
    expect(inVain.length).toBeLessThanOrEqual(Math.ceil(answered.length / 4));
    const contexts = new Set(answered.map(({ context }) => context));
    const shared = inVain.filter(({ context }) => contexts.has(context)).length;
    expect(shared / inVain.length).toBeGreaterThan(0.8);
  });
});

describe.skipIf(!hasTatqa)('on annual reports (skipped without ../shared/data)', () => {
  it('holds for every pair', () => {
    const { documents } = readTatqa();
    const { items, counts } = makeDocumentPairs(documents, settings, 42);
    checkAll(items);
    expect(counts.extraction).toBeGreaterThan(150);
    expect(counts.numeric).toBeGreaterThan(40);
    const declining = items.filter(({ task }) => task === 'unanswerable').map(response);
    expect(new Set(declining)).toEqual(new Set([declinedText, declined]));
  }, 60_000);
});
