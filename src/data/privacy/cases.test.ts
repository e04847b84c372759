import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { privacyCases } from './cases.fixture.js';
import { findPersonalData } from './find.js';
import { measurePrivacy, privacyTable } from './measure.fixture.js';

/** Kinds that are told by what stands around them more than by their form. */
const loose = new Set(['phone', 'date_of_birth', 'medical_record_number', 'passport', 'driving_licence']);

describe('measured quality', () => {
  const cases = privacyCases(20);
  const scores = measurePrivacy(cases);

  it('is measured on thousands of cases, most of them without personal data', () => {
    const withValue = cases.filter(({ expected }) => expected.length > 0).length;
    expect(withValue).toBeGreaterThan(3000);
    expect(cases.length - withValue).toBeGreaterThan(withValue);
  });

  it.each(scores)('$kind', ({ kind, precision, recall, faults }) => {
    const bar = loose.has(kind) ? 0.95 : 0.98;
    expect(precision, faults.join('\n')).toBeGreaterThanOrEqual(bar);
    expect(recall, faults.join('\n')).toBeGreaterThanOrEqual(bar);
  });

  it('is printed as a table', () => {
    expect(privacyTable(scores).split('\n')).toHaveLength(2 + scores.length);
  });
});

const pubmedqa = '../shared/data/medicine/pubmedqa_ori_pqal.json';
const tatqa = '../shared/data/finance/tatqa_dataset_dev.json';

describe('real texts without personal data', () => {
  it.skipIf(!existsSync(pubmedqa))('finds nothing in 1,000 medical abstracts (needs shared/data)', () => {
    const records = Object.values(JSON.parse(readFileSync(pubmedqa, 'utf8'))) as { CONTEXTS: string[] }[];
    const texts = records.map(({ CONTEXTS }) => CONTEXTS.join('\n'));
    expect(texts.flatMap((text) => findPersonalData(text))).toEqual([]);
  });

  it.skipIf(!existsSync(tatqa))('finds nothing in 278 tables of annual reports (needs shared/data)', () => {
    const records = JSON.parse(readFileSync(tatqa, 'utf8')) as {
      table: { table: string[][] };
      paragraphs: { text: string }[];
    }[];
    const texts = records.map(({ table, paragraphs }) =>
      [...table.table.map((row) => row.join(' | ')), ...paragraphs.map(({ text }) => text)].join('\n'),
    );
    expect(texts.flatMap((text) => findPersonalData(text))).toEqual([]);
  });
});
