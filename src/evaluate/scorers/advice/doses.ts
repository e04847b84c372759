/**
 * Doses in a text: amounts of a medicine, and how often it is taken.
 * @module
 */

/** Units of amounts and what they are in micrograms, microlitres or pieces. */
const units = new Map<string, [kind: string, size: number]>(
  (
    [
      ['mcg ug µg μg microgram micrograms', 'mass', 1],
      ['mg milligram milligrams milligramme milligrammes', 'mass', 1e3],
      ['g gram grams gramme grammes gm', 'mass', 1e6],
      ['ml millilitre millilitres milliliter milliliters cc', 'volume', 1e3],
      ['l litre litres liter liters', 'volume', 1e6],
      ['iu', 'unit', 1],
      ['unit units', 'unit', 1],
      ['mmol', 'mmol', 1],
      ['meq', 'meq', 1],
      ['tablet tablets pill pills capsule capsules', 'tablet', 1],
      ['drop drops', 'drop', 1],
      ['puff puffs', 'puff', 1],
      ['teaspoon teaspoons teaspoonful', 'teaspoon', 1],
    ] as const
  ).flatMap(([names, kind, size]) =>
    names.split(' ').map((name): [string, [string, number]] => [name, [kind, size]]),
  ),
);

const numberWords = new Map(
  'half one two three four five six seven eight nine ten'
    .split(' ')
    .map((word, index): [string, number] => [word, index === 0 ? 0.5 : index]),
);
const words = [...numberWords.keys(), 'a', 'an'].join('|');

const amount = new RegExp(
  `(?<![\\p{L}\\d.,]|\\p{L}-)(\\d{1,9}(?:,\\d{3}){0,3}(?:\\.\\d{1,9})?|\\b(?:${words}))(?:\\sa)?[\\s-]?(${[...units.keys()].join('|')})(?:\\s?(?:/|per)\\s?(kg|m2|m²|ml|dl|l))?(?![\\p{L}\\d])`,
  'giu',
);

/** Times a day, or a week, by the words for them. */
const frequencies: readonly [RegExp, (match: RegExpMatchArray) => string | undefined][] = [
  [/\bonce (?:daily|a day|per day|every day)\b|\bq\.?d\.?(?=[\s,;]|$)/g, () => '1 a day'],
  [/\b(?:twice|two times) (?:daily|a day|per day|each day)\b|\bb\.?i\.?d\b/g, () => '2 a day'],
  [/\bt\.?i\.?d\b/g, () => '3 a day'],
  [/\bq\.?i\.?d\b/g, () => '4 a day'],
  [
    /\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) times (?:a |per |each )?(day|daily|week|weekly|month)\b/g,
    ([, count, span]) =>
      `${numberWords.get(count!) ?? count} a ${span === 'daily' ? 'day' : span!.replace('ly', '')}`,
  ],
  [
    /\bevery (\d{1,2}|two|three|four|six|eight) ?(?:hours?|hrs?|h)\b/g,
    ([, hours]) => `${24 / (numberWords.get(hours!) ?? Number(hours))} a day`,
  ],
  [/\b(?:once a week|once weekly|every week)\b/g, () => '1 a week'],
  [/\btwice (?:a week|weekly)\b/g, () => '2 a week'],
  [/\b(?:every other day|on alternate days)\b/g, () => '1 in two days'],
  [
    /\b(?:mg|mcg|g|ml|iu|units?|tablets?|pills?|capsules?|drops?|puffs?)(?: \/ ?| per | a |\/| )?(?:day|daily)\b/g,
    () => '1 a day',
  ],
  [/\b(?:at bedtime|at night)\b/g, () => '1 a day'],
];

/** A dose, by what it is: doses that are equal have equal keys (`0.5 g` and `500 mg`). */
export interface Dose {
  key: string;
  /** As it stands in the text. */
  text: string;
}

/** The amounts of a text. */
export function amountsIn(text: string): Dose[] {
  return [...text.matchAll(amount)].flatMap(([found, written, unit, per]) => {
    const number = written!.toLowerCase();
    const value = numberWords.get(number) ?? (/^an?$/.test(number) ? 1 : Number(number.replaceAll(',', '')));
    // `A tablet` is an amount, `a unit` and `a litre` need not be.
    if (/^an?$/.test(number) && !/^(?:tablet|pill|capsule|drop|puff|teaspoon)/i.test(unit!)) return [];
    const [kind, size] = units.get(unit!.toLowerCase())!;
    const key = `${Number((value * size).toPrecision(9))} ${kind}${per ? `/${per.toLowerCase().replace('²', '2')}` : ''}`;
    return [{ key, text: found }];
  });
}

/** How often something is taken, as a text says it. */
export function frequenciesIn(text: string): Dose[] {
  const small = text.toLowerCase().replace(/\s+/g, ' ');
  return frequencies.flatMap(([pattern, read]) =>
    [...small.matchAll(pattern)].flatMap((match) => {
      const key = read(match);
      return key === undefined ? [] : [{ key, text: match[0] }];
    }),
  );
}
