import { describe, expect, it } from 'vitest';
import { wanting, written } from './scorers.fixture.js';
import { type QuotationSettings, verbatimQuotation } from './verbatim-quotation.js';

const contract = `7. Payment. The Buyer shall pay each invoice within 30 days of receipt. Late sums bear interest at 4.5% a year,
unless the Buyer disputes the invoice in good faith.

8. Liability. The Seller shall not, except for fraud, be liable for loss of profit. The “Cap” is EUR 50,000. The Buyers’ goods stay the
Buyers’ own. It performs the agreement.`;
const asked = 'When does the "Buyer" have to pay?';

const score = (
  text: string,
  {
    reference = 'The clause says "x".',
    ...settings
  }: Partial<QuotationSettings> & { reference?: string } = {},
) =>
  verbatimQuotation(settings).score(
    written(text),
    wanting(reference, { context: contract, prompt: { text: asked } }),
  );

describe('verbatim_quotation', () => {
  it.each([
    ['straight marks', 'Yes: "The Buyer shall pay each invoice within 30 days of receipt."'],
    ['curly marks', '“The Buyer shall pay each invoice within 30 days of receipt”'],
    ['German marks', '„The Buyer shall pay each invoice within 30 days of receipt“'],
    ['guillemets', 'Il dit «The Buyer shall pay each invoice».'],
    ['single marks', "It says 'The Buyer shall pay each invoice' there."],
    ['single curly marks with an apostrophe inside', '‘The Buyers’ goods stay the Buyers’ own’'],
    ['a line break in the text', '"4.5% a year, unless the Buyer disputes the invoice"'],
    ['a small letter for a capital at the beginning', 'Sums due: "late sums bear interest at 4.5% a year"'],
    ['an editor’s bracket around the first letter', '"[t]he Buyer shall pay each invoice"'],
    ['marks inside marks of the same kind', '"The "Cap" is EUR 50,000."'],
    ['marks inside marks of another kind', '“The "Cap" is EUR 50,000”'],
    ['a quoted line', 'It says:\n> The Buyer shall pay each invoice within 30 days of receipt.'],
    ['quoted lines', '> Late sums bear interest at 4.5% a year,\n> unless the Buyer disputes the invoice'],
    ['dots for words left out', '"The Buyer shall pay each invoice ... of receipt"'],
    ['dots in brackets', '"Late sums bear interest […] unless the Buyer disputes the invoice"'],
    ['two quotations', '"within 30 days" and "4.5% a year"'],
    ['a term of the question', 'The "Buyer" pays "within 30 days".'],
    ['inches, which are no quotation', 'The 5" pipe: "within 30 days"'],
    ['emphasis around the marks', '**"within 30 days of receipt"**'],
  ])('accepts %s', (_what, text) => expect(score(text)).toBe(1));

  it.each([
    ['a paraphrase', '"The Buyer must pay each invoice within 30 days of receipt."'],
    ['one other figure', '"within 60 days of receipt"'],
    ['a figure cut short', '"within 3"'],
    ['a figure that is the beginning of another', '"interest at 4"'],
    ['a changed word order', '"within 30 days of receipt the Buyer shall pay"'],
    ['a capital inside', '"The buyer shall pay each invoice"'],
    ['words in the middle of a word', '"forms the agreement"'],
    ['a bracketed word that stands for another', '"The [Customer] shall pay each invoice"'],
    ['one wrong quotation beside a right one', '"within 30 days" and "5% a year"'],
    ['parts in the wrong order', '"of receipt ... The Buyer shall pay"'],
    ['dots that leave out a negation', '"The Seller shall ... be liable for loss of profit"'],
    ['dots that leave out an exception', '"The Seller shall not, ... be liable for loss of profit"'],
    ['a wrong quoted line', '> The Buyer pays when it likes.'],
    ['nothing quoted where a quotation was asked for', 'The Buyer has 30 days.'],
    ['a refusal where a quotation was asked for', 'The clause does not say.'],
    ['a sentence of the question as the text’s', '"When does the Buyer have to pay"'],
    ['an empty answer', ''],
  ])('refuses %s', (_what, text) => expect(score(text)).toBe(0));

  it('says nothing where nobody quotes, or without a context', () => {
    expect(score('30 days', { reference: '30 days' })).toBeUndefined();
    expect(score("The Seller's and the Buyers' goods", { reference: '30 days' })).toBeUndefined();
    expect(verbatimQuotation().score(written('"a b c"'), wanting('"a b c"'))).toBeUndefined();
  });

  it('takes dots at their word where they are not allowed', () => {
    expect(score('"The Buyer shall pay each invoice ... of receipt"', { ellipsis: false })).toBe(0);
  });

  it('takes whole answers as quotations', () => {
    const whole = {
      of: 'answer' as const,
      reference: 'The Buyer shall pay each invoice within 30 days of receipt.',
    };
    expect(score('The Buyer shall pay each invoice within 30 days of receipt.', whole)).toBe(1);
    expect(score('“The Buyer shall pay each invoice within 30 days of receipt.”', whole)).toBe(1);
    expect(score('The Buyer shall pay within 30 days.', whole)).toBe(0);
    expect(score('', whole)).toBe(0);
    expect(score('Anything', { ...whole, reference: 'The clause does not say.' })).toBeUndefined();
  });

  it('does not take the question in a prompt of one piece for the text', () => {
    const context = `${contract}\n\nQuote the sentence on interest, which is 9% a year.`;
    const item = wanting('"x y z"', {
      context,
      prompt: { messages: [{ role: 'user', content: context }] },
    });
    expect(verbatimQuotation().score(written('"which is 9% a year"'), item)).toBe(0);
    expect(verbatimQuotation().score(written('"within 30 days of receipt"'), item)).toBe(1);
  });

  it('ends in time on long answers of one kind of character', () => {
    for (const part of ['"', "'", '“', '"a ', "'a' ", '...', '> ', '> "a', '[...] ', '“a” ']) {
      const text = part.repeat(100_000 / part.length);
      expect([0, 1, undefined]).toContain(score(text));
    }
  });
});
