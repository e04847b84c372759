import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../random.js';
import { answerFormats, declinedText } from '../answer-formats.js';
import { makePassages } from '../documents/passages.js';
import { hasTatqa, readTatqa } from '../documents/tatqa.fixture.js';
import { checkPair, type ProposedPair } from './check-pair.js';
import { findFigures } from './figures.js';
import { checkGrounding } from './grounding.js';
import { foreignLanguage } from './language.js';

const text =
  'Harbor Foods sold fish in Norway. Net sales increased 12.3% to $4,213 million in 2023, compared to $3,752 million in 2022. On August 16, 2023 the Securities and Exchange Commission asked Maria Jensen about 8 stores. The dividend is $0.45 per share.';
const numbers = (answer: string, context = text): string[] =>
  checkGrounding(answer, context).ungroundedNumbers;
const names = (answer: string, context = text): string[] => checkGrounding(answer, context).ungroundedNames;

describe('findFigures', () => {
  it('reads figures as people write them, and nothing else', () => {
    const found = findFigures(
      'US$1,234.5 million, (12.5)% and -3 or 5 percent; €.5bn, S$2, 40 % of 7,000,000; not 10-K, COVID-19, Q4, 3.2.1 or 5th; in 2019.',
    );
    expect(found.map(({ text: figure, value, scale }) => [figure, value, scale])).toEqual([
      ['US$1,234.5 million', 1234.5, 1e6],
      ['12.5', 12.5, 1],
      ['-3', -3, 1],
      ['5 percent', 5, 1],
      ['€.5bn', 0.5, 1e9],
      ['S$2', 2, 1],
      ['40 %', 40, 1],
      ['7,000,000', 7e6, 1],
      ['2019', 2019, 1],
    ]);
    expect(findFigures('2019 -2085, 2017 - 2020 and 5-7').map(({ value, year }) => [value, year])).toEqual([
      [2019, true],
      [-2085, false],
      [2017, true],
      [2020, true],
      [5, false],
      [7, false],
    ]);
    expect(findFigures('Sales | 2019 (12.5) | 2018 40%').map(({ value }) => value)).toEqual([
      2019, -12.5, 2018, 40,
    ]);
  });
});

describe('checkGrounding', () => {
  it.each([
    'Net sales were $4,213 million.',
    'Net sales were about $4.2 billion, up from 3.75 billion.',
    'It was 4,213,000,000 dollars.',
    'The increase was 12.3 percent.',
    'They rose by $461 million.',
    'On 16 Aug. 2023 eight stores were meant.',
    '4213 - 3752',
    '(4213 - 3752) / 3752 in %',
    'sum(4213, 3752) / 2',
  ])('finds the numbers of %j', (answer) => {
    expect(numbers(answer)).toEqual([]);
  });

  it.each([
    ['Net sales were $4,312 million.', '$4,312 million'],
    ['Net sales were $4.2 million.', '$4.2 million'],
    ['They rose by 13.2%.', '13.2%'],
    ['In 2021 it was less.', '2021'],
    ['Nine stores were meant.', 'nine'],
    ['4213 - 3725', '3725'],
    ['The dividend is 0.45%.', '0.45%'],
    ['Net sales were $4,213.7 million.', '$4,213.7 million'],
  ])('finds the invented number of %j', (answer, invented) => {
    expect(numbers(answer)).toEqual([invented]);
  });

  it('takes the scale of a table from its title', () => {
    const table = 'Table: (millions of dollars)\nSales | 2019 1496.5 | 2018 1202.9';
    expect(numbers('$1.5 billion', table)).toEqual([]);
    expect(numbers('$293.6 million more', table)).toEqual([]);
    expect(numbers('an increase of 24.4%', table)).toEqual([]);
    expect(numbers('$1.5 million', table)).toEqual(['$1.5 million']);
  });

  describe('in a table', () => {
    const table = [
      'Table: (in thousands)',
      'Grants | 2019 1966 | 2018 2306 | 2017 578',
      'Other income, net | 2019 -2935 | 2018 1758 | 2017 311',
      'Trade | 2019 25,114 | 2018 23,870 | 2017 22,641',
      'Share of sales (%) | 2019 15.2 | 2018 17.1 | 2017 16.3',
      'Discount rate | 2019 4.00% | 2018 3.75% | 2017 3.50%',
    ].join('\n');

    it.each([
      ['4850', 'the sum of a row'],
      ['1616.67', 'its mean'],
      ['-340', 'a difference of amounts that look like years'],
      ['-266.95%', 'the change from an amount below zero'],
      ['24,145', 'the sum of a column'],
      ['$24.145 million', 'the same, in another unit'],
      ['16.2%', 'the mean of percentages by their label'],
      ['6.67%', 'the change of a rate'],
    ])('accepts %s, %s', (answer) => {
      expect(numbers(answer, table)).toEqual([]);
    });

    it.each([
      ['4851', 'near a sum'],
      ['27,420', 'a sum with a line left out'],
      ['25,692', 'a sum across rows and columns'],
      ['24.1%', 'an amount as a percentage'],
    ])('finds %s, %s', (answer) => {
      expect(numbers(answer, table)).toEqual([answer]);
    });
  });

  it.each([
    'Harbor Foods sold fish in Norway.',
    'The SEC asked Jensen.',
    'Higher sales of fish in Norway.',
    'Expenses and sales rose.',
    'The Commission asked on 2023-08-16.',
    'Norway',
  ])('finds the names of %j', (answer) => {
    expect(names(answer)).toEqual([]);
  });

  it.each([
    ['Harbor Foods sold fish in Iceland.', 'Iceland'],
    ['Contoso reported sales.', 'Contoso'],
    ['Contoso', 'Contoso'],
    ['It was John Smith of Harbor Foods.', 'John Smith of Harbor Foods'],
    ['It was on August 17, 2023.', 'August 17, 2023'],
    ['The dividend is €0.45.', '€0.45'],
    ['The FDA asked Jensen.', 'FDA'],
  ])('finds the invented name of %j', (answer, invented) => {
    expect(names(answer)).toEqual([invented]);
  });

  it('does not take German nouns for names', () => {
    const german =
      'Der Umsatz der Gesellschaft stieg im Jahr 2023 auf 12 Millionen Euro, weil die Nachfrage nach Fisch in den Filialen und auf den Schiffen der Reederei zunahm und die Preise der Lieferanten sanken, was die Kosten der Ware im Einkauf und im Lager weiter senkte.';
    expect(names('Der Grund war die Nachfrage der Kundschaft.', german)).toEqual([]);
  });

  it('finds names in an English text that is full of names', () => {
    const full =
      'In Norway the bank DNB and the fund Storebrand met the owner Maria Jensen of the company Harbor Foods in May, while the lawyer Ola Berg of the firm Wiersholm spoke with the board of the agency Innovation Norway about the port of Bergen and the city of Oslo.';
    expect(names('Contoso met Jensen.', full)).toEqual(['Contoso']);
  });

  it('survives long texts of one character', () => {
    for (const long of ['1', '(', '-', '=', ' ', 'A', 'Aa ', '17, ', '17 | ', '17 | 18\n'].map((part) =>
      part.repeat(100_000 / part.length),
    )) {
      checkGrounding(long, 'Net sales were $5 million.');
      checkGrounding('Net sales were $5,432 million.', long);
    }
  });

  describe.skipIf(!hasTatqa)('on annual reports (skipped without ../shared/data)', () => {
    const { documents, questions } = hasTatqa ? readTatqa() : { documents: [], questions: [] };
    const contexts = new Map(
      documents.map((document) => [
        document.id,
        makePassages(document, { max_passage_characters: 100_000 })
          .map((passage) => passage.text)
          .join('\n\n'),
      ]),
    );

    it('finds what people took from a text, and most of what they calculated', () => {
      const taken = questions.filter(({ type }) => type === 'span' || type === 'multi-span');
      const calculated = questions.filter(({ type }) => type === 'arithmetic');
      const grounded = (list: typeof questions): number =>
        list.filter(({ document, answer, scale, type }) => {
          const said = type === 'arithmetic' && scale === 'percent' ? `${answer}%` : answer;
          const found = checkGrounding(said, contexts.get(document)!);
          return found.ungroundedNumbers.length + found.ungroundedNames.length === 0;
        }).length / list.length;
      expect(grounded(taken)).toBeGreaterThan(0.99);
      expect(grounded(calculated)).toBeGreaterThan(0.88);
    });

    it('finds most invented numbers of three digits, nearly all of four', () => {
      const random = randomStream(1, 'invented');
      const accepted = (digits: number): number => {
        const list = documents.map(({ id }) => {
          const number = 10 ** (digits - 1) + random.integer(9 * 10 ** (digits - 1) - 1);
          const whole = number % 10 === 0 ? number + 1 : number;
          return (
            checkGrounding(`It was $${whole} million.`, contexts.get(id)!).ungroundedNumbers.length === 0
          );
        });
        return list.filter(Boolean).length / list.length;
      };
      expect(accepted(3)).toBeLessThan(0.06);
      expect(accepted(4)).toBeLessThan(0.02);
    });
  });
});

describe('checkPair', () => {
  const good: ProposedPair = {
    task: 'extraction',
    question: 'What were net sales in 2023?',
    answer: '$4,213 million',
    quote: 'Net sales increased 12.3% to $4,213 million in 2023',
    context: text,
  };
  const check = (change: Partial<ProposedPair>): object => {
    const pair = { ...good, ...change };
    return checkPair(pair, answerFormats.get(pair.task)!, { maxAnswer: 300, maxQuestion: 200 });
  };

  it('accepts what stands in the text or follows from it', () => {
    expect(check({})).toEqual({ answer: '$4,213 million' });
    expect(check({ answer: 'Answer: $4,213 million.', quote: '“net sales  increased 12.3%' })).toEqual({
      answer: '$4,213 million',
      repaired: 'prefix, trailing period',
    });
    expect(
      check({
        task: 'numeric',
        question: 'By how much did net sales grow from 2022 to 2023, in millions of dollars?',
        answer: '4,213 - 3,752',
      }),
    ).toEqual({ answer: '4213 - 3752', value: '461', repaired: 'thousands separators' });
    expect(
      check({ task: 'comparison', question: 'Were net sales higher in 2022 or 2023?', answer: '2023' }),
    ).toEqual({ answer: '2023' });
    expect(
      check({
        task: 'unanswerable',
        question: 'How many vessels does Harbor Foods own?',
        answer: 'the text does not say',
        quote: '',
      }),
    ).toEqual({
      answer: declinedText,
      repaired: 'fixed sentence',
    });
  });

  it.each([
    ['quote_not_in_text', { quote: 'Net sales fell to $4,213 million' }],
    ['no_quote', { quote: '' }],
    ['answer_not_in_text', { answer: '$4.2 billion' }],
    ['question_names_answer', { question: 'Were net sales $4,213 million in 2023?' }],
    [
      'invented_number',
      { task: 'summary', question: 'Sum up the sales.', answer: 'Net sales rose 14.7% in 2023.' },
    ],
    ['invented_number', { question: 'What were net sales after the 77 closures?' }],
    [
      'invented_name',
      { task: 'summary', question: 'Sum up the sales.', answer: 'Net sales of Contoso Ltd rose in 2023.' },
    ],
    ['format_not_an_expression', { task: 'numeric', answer: '461' }],
    ['invented_number', { task: 'numeric', answer: '4213 - 3725' }],
    [
      'option_not_offered',
      { task: 'classification', question: 'Is this about ships or about trains?', answer: 'fish' },
    ],
    ['refusal', { answer: 'I cannot answer that.' }],
    ['refusal', { answer: 'As an AI, I have no access to it.' }],
    ['chatter', { task: 'summary', answer: 'Sure! Here is the summary: net sales increased.' }],
    ['repeats_question', { task: 'summary', answer: 'What were net sales in 2023?' }],
    ['mentions_passage', { question: 'What does the passage say about net sales?' }],
    ['needs_context', { question: 'What did it increase to in 2023?' }],
    ['placeholder', { answer: '[insert amount]' }],
    ['empty_answer', { answer: '  ' }],
    ['question_too_short', { question: 'Sales?' }],
    ['question_too_long', { question: `What were ${'very '.repeat(60)}net sales?` }],
    ['answer_too_long', { task: 'summary', answer: 'Net sales increased. '.repeat(20) }],
    ['declined', { task: 'summary', answer: declinedText }],
    ['format_not_declined', { task: 'unanswerable', answer: '$4,213 million' }],
    ['answerable', { task: 'unanswerable', question: 'What were net sales in 2023?', answer: declinedText }],
    [
      'wrong_language',
      {
        task: 'summary',
        answer:
          'Der Umsatz der Gesellschaft ist im Vergleich zum Vorjahr deutlich gestiegen und lag bei Fisch.',
      },
    ],
  ] as [string, Partial<ProposedPair>][])('rejects: %s', (reason, change) => {
    expect(check(change)).toMatchObject({ reason });
  });
});

describe('foreignLanguage', () => {
  it('says nothing of figures, names and short texts', () => {
    expect(foreignLanguage('1452.4 - 1202.9', text)).toBeUndefined();
    expect(foreignLanguage('Harbor Foods', text)).toBeUndefined();
    expect(foreignLanguage('Net sales increased in 2023 because more fish was sold.', text)).toBeUndefined();
  });
});
