import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { declinedText } from '../../data/pairs/answer-formats.js';
import { declined } from '../../data/pairs/direct-answers.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { textReference } from '../benchmarks/reference.js';
import { isRefusal, noFalseRefusal, rightRefusal } from './refusal.js';

const refusals = [
  declined,
  declinedText,
  'The table does not give this.',
  "The text doesn't say.",
  'Not stated',
  'not stated in the text.',
  'N/A',
  'n.a.',
  'Unknown.',
  'I don’t know.',
  'I do not know',
  "I'm not sure.",
  'It cannot be determined from the text.',
  'Cannot be determined from the given information.',
  "This can't be answered from the table.",
  'The question cannot be answered based on the passage.',
  'Insufficient information.',
  'There is not enough information to answer.',
  'There is no information about 2017 revenue in the document.',
  'No information is given on that.',
  'No figure for 2021 is provided.',
  'The report does not mention the number of employees.',
  'The filing does not explicitly disclose this amount.',
  'Based on the provided context, the revenue of 2021 is not available.',
  'Unfortunately, the passage does not include data for 2016.',
  'I’m sorry, but the table does not contain this figure.',
  "I'm sorry, but I can't answer that.",
  'Sorry. The document does not specify it.',
  'As an AI language model, I do not have access to this information.',
  'The company does not disclose this information.',
  'It does not say.',
  'It is not mentioned.',
  'This is not specified in the notes.',
  'The amount is not disclosed.',
  'That figure is not in the table.',
  'The table gives 2018 and 2019, but it does not give 2020.',
  'The text does not give the revenue of 2021, but it gives 2019.',
  'The text does not say how much of the $5 million was paid in cash.',
  'The table does not show revenue for Level 3 assets.',
  'The table lists only 2018 and 2019. The value for 2020 cannot be determined.',
  'The question asks for the tax rate of 2017. The table begins in 2018. Therefore, it is not possible to determine the rate.',
  '**Answer:** Not disclosed',
  'Answer: The text does not say.',
  'Unable to determine.',
  'It is impossible to tell from this table.',
  'No answer',
  'None given.',
  'There is no mention of a dividend in the text.',
  'The study did not report this outcome.\n\nMore data would be needed.',
  '{"answer": null, "scale": ""}',
  '```json\n{"answer": "not stated"}\n```',
  'The information needed is missing from the table.',
  'Nothing in the text answers this.',
  'The total for June 30, 2020 is not given.',
  'We do not have enough information to say.',
  'That is not something the report states.',
  'The document makes no mention of this.',
  'The report is silent on this.',
  "It's unclear from the text.",
  'The text gives no answer.',
  'The text provides no information about the CEO.',
  'The table contains no figure for 2021.',
  'Neither the table nor the text states it.',
  'Not determinable from the table.',
  'None of the passages mention it.',
  '(not stated)',
  '"The table does not say."',
  'The context does not include the revenue for 2021, so I cannot calculate the change.',
  'The table lacks data for 2016.',
  'The provided excerpt only covers fiscal 2019, so the 2021 figure is not available.',
];

const answers = [
  '',
  '1452.4',
  '-12',
  '24.4%',
  '1496.5 - 1202.9',
  'none',
  'None',
  'No.',
  'Yes',
  'Fixed Price',
  'The text does not state this directly, but revenue was $5 million.',
  'The table does not give the total. Adding both rows gives 1,496.5.',
  'It is not stated, but it follows from 5 - 3 = 2.',
  'The text does not explicitly say so, but the increase was due to higher sales of fish.',
  'The company does not have any debt.',
  'The company does not provide loans to employees.',
  'It does not include value added tax.',
  'The Group does not hedge its net investments.',
  'No, the report does not include restricted cash.',
  'Because the fair value cannot be determined reliably.',
  'Assets whose fair value is not observable in the market',
  'Deferred taxes that are not available to offset income',
  'The options are not available to non-employees.',
  'Unknown risks and uncertainties',
  'Not applicable to smaller reporting companies under Item 10.',
  'Unclear guidance of the regulator',
  'The known liabilities did not change.',
  'Revenue was $1,496.5 million. The text does not give the reason.',
  'The main segments are retail, wholesale and services. The text does not mention any other segments.',
  'The Company is unable to predict the outcome of the litigation.',
  'Sales did not increase.',
  'Amounts that we do not have the right to collect',
  'There were no amounts outstanding under the facility.',
  'There is no dividend.',
  'They do not provide cover for floods.',
  'Losses that have not been reported to the insurer by the policyholder',
  'incurred but not reported claims',
  'The drug did not show an effect on survival.',
  'Patients who cannot swallow tablets',
  '{"answer": "cash", "scale": ""}',
  'The notes do not bear interest.',
  'The notes are not secured.',
  'Revenue is not recognized until delivery.',
  'Items not included in net income',
  'There was no material change.',
  'Customers who do not know the price',
  'shares not yet reported',
  'The statement of cash flows does not change.',
  'The company did not pay dividends in 2019.',
];

describe('isRefusal', () => {
  it.each(refusals)('is one: %s', (text) => {
    expect(isRefusal(text)).toBe(true);
  });
  it.each(answers)('is none: %s', (text) => {
    expect(isRefusal(text)).toBe(false);
  });

  it('takes time in proportion to the length of an answer', () => {
    for (const part of ['1', 'a', ' ', 'not ', 'the text ', 'sorry ', 'so ', '. A', '\n', '{"', '1, ']) {
      isRefusal(part.repeat(100_000 / part.length));
    }
    expect(isRefusal(`The text does not say. ${'Words follow here. '.repeat(5000)}`)).toBe(true);
  });
});

describe('the scorers of refusals', () => {
  const item = (reference: string, unanswerable?: boolean): BenchmarkItem => ({
    id: 'a',
    task: 'look_up',
    group: 'g',
    prompt: { text: 'question' },
    reference: textReference(reference),
    fields: {},
    ...(unanswerable === undefined ? {} : { unanswerable }),
  });
  const scores = (text: string, asked: BenchmarkItem): (number | undefined)[] => {
    const given = { id: 'a', text, value: readAnswer(text), stopped: true };
    return [rightRefusal.score(given, asked), noFalseRefusal.score(given, asked)];
  };

  it.each([
    ['Not stated.', item(declined), [1, undefined]],
    ['12', item(declined), [0, undefined]],
    ['Not stated.', item('12'), [undefined, 0]],
    ['13', item('12'), [undefined, 1]],
    ['Not stated.', item('', true), [1, undefined]],
    ['', item('', true), [0, undefined]],
    ['Not stated.', item('Not stated', false), [undefined, 0]],
  ])('of %j', (text, asked, wanted) => {
    expect(scores(text, asked)).toEqual(wanted);
  });
});
