/**
 * Labelled texts for measuring how well personal data is found: valid values in sentences of six languages, tables, JSON
 * and forms, and at least as many texts without personal data that look as if they had some.
 * @module
 */
import { type RandomStream, randomStream } from '../../random.js';
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import { type CaseSource, caseSources } from './case-sources.fixture.js';
import { lookAlikes } from './look-alikes.fixture.js';

/** A text and what has to be found in it. */
export interface PrivacyCase {
  text: string;
  /** What the value is, or what it looks like. */
  about: string;
  expected: { kind: PersonalDataKind; start: number; end: number }[];
}

/**
 * Cases with a value, `perSource` of each kind and country, and twice as many texts without one in all.
 *
 * @param seed of the values; another seed gives other values in other texts
 */
export function privacyCases(seed: number, perSource = 60): PrivacyCase[] {
  const withValue = caseSources.flatMap((source) =>
    Array.from({ length: perSource * (source.times ?? 1) }, (_, index) =>
      caseOf(source, randomStream(seed, source.about, index)),
    ),
  );
  const kinds = Object.entries(lookAlikes);
  const each = Math.ceil((withValue.length * 1.2) / kinds.length);
  const without = kinds.flatMap(([about, make]) =>
    Array.from({ length: each }, (_, index): PrivacyCase => {
      const text = make(randomStream(seed, 'look-alike', about, index));
      return { text, about, expected: [] };
    }),
  );
  return [...withValue, ...without];
}

function caseOf({ kind, about, make, templates }: CaseSource, random: RandomStream): PrivacyCase {
  const value = make(random);
  const template = random.pick(templates);
  const start = template.indexOf('{}');
  const text = template.slice(0, start) + value + template.slice(start + 2);
  return { text, about, expected: [{ kind, start, end: start + value.length }] };
}
