import { afterEach, describe, expect, it } from 'vitest';
import { privacySchema } from '../../recipe/data/privacy.js';
import type { Item } from '../item.js';
import type { Finding } from './finding.js';
import type { NameFinder } from './name-finder.js';
import { createPrivacyStep } from './privacy-step.js';

const item = (more: Partial<Item>): Item => ({
  id: 'a.jsonl:1',
  task: 'text',
  group: 'a',
  source: 'a.jsonl:1',
  licence: 'CC0-1.0',
  origin: { file: 'a.jsonl', row: 1 },
  steps: [],
  ...more,
});
const step = (settings: object = {}, seed = 1) => createPrivacyStep(privacySchema.parse(settings), { seed });

afterEach(() => {
  delete process.env.PRIVACY_TEST_SECRET;
});

describe('createPrivacyStep', () => {
  it('masks every kind by default and says how many', async () => {
    const { items, counts, removed } = await step()([
      item({ text: 'Write to jane@company.com or joe@company.com, tel. (212) 736-5000.' }),
      item({ id: 'b', text: 'Nothing here.' }),
    ]);
    expect(items.map(({ text }) => text)).toEqual([
      'Write to [EMAIL] or [EMAIL], tel. [PHONE].',
      'Nothing here.',
    ]);
    expect(items[0]!.steps).toEqual([
      { step: 'privacy', note: '2 e-mail addresses masked, 1 phone number masked' },
    ]);
    expect(items[1]!.steps).toEqual([]);
    expect(counts).toEqual({ email: 2, phone: 1 });
    expect(removed).toEqual([]);
  });

  it('keeps, replaces and drops as it is told', async () => {
    const { items, removed, counts } = await step({ email: 'pseudonym', phone: 'keep', secret: 'drop_row' })([
      item({ text: 'jane@company.com (212) 736-5000, again jane@company.com' }),
      item({ id: 'b', source: 'b.jsonl:1', text: 'password = hunter2; mail jane@company.com' }),
    ]);
    const [, first, second] = /^(\S+) \(212\) 736-5000, again (\S+)$/.exec(items[0]!.text!)!;
    expect(first).toMatch(/^user-[0-9a-f]{8}@example\.com$/);
    expect(second).toBe(first);
    expect(items).toHaveLength(1);
    expect(removed).toEqual([
      { id: 'b', source: 'b.jsonl:1', step: 'privacy', reason: 'secret', detail: '1 secret' },
    ]);
    expect(counts).toEqual({ email: 2 });
  });

  it('makes the same values in every batch, and others from another seed or secret', async () => {
    const settings = { email: 'pseudonym' };
    const text = async (privacy: ReturnType<typeof step>) =>
      (await privacy([item({ text: 'jane@company.com' })])).items[0]!.text;
    const one = await text(step(settings));
    expect(await text(step(settings))).toBe(one);
    expect(await text(step(settings, 2))).not.toBe(one);
    process.env.PRIVACY_TEST_SECRET = 'sixteen characters or more';
    const keyed = { ...settings, secret_env: 'PRIVACY_TEST_SECRET' };
    expect(await text(step(keyed))).not.toBe(one);
    expect(await text(step(keyed, 2))).toBe(await text(step(keyed)));
  });

  it('says what is wrong with a secret', () => {
    expect(() => step({ secret_env: 'PRIVACY_TEST_SECRET' })).toThrow(/not set/);
    process.env.PRIVACY_TEST_SECRET = 'short';
    expect(() => step({ secret_env: 'PRIVACY_TEST_SECRET' })).toThrow(/too short/);
  });

  it('leaves no value in ids, groups, sources, files, notes and samples', async () => {
    const values = ['jane@company.com', '536-22-1847', '4711123'];
    const outcome = await step({ national_id: 'drop_row' })([
      item({
        id: 'jane@company.com/1',
        group: 'jane@company.com',
        source: 'mails/jane@company.com.eml',
        origin: { file: 'mails/jane@company.com.eml' },
        text: 'From jane@company.com',
      }),
      item({ id: 'p-4711123', group: 'p-4711123', source: 'p.csv:4711123', text: 'MRN: 4711123 is well' }),
      item({ id: 'x-536221847', source: '536-22-1847.txt', text: 'SSN 536-22-1847' }),
    ]);
    const report = JSON.stringify(outcome);
    for (const value of [...values, '536221847']) expect(report).not.toContain(value);
    expect(outcome.removed).toHaveLength(1);
    expect(outcome.samples.find(({ rule }) => rule === 'email')).toEqual({
      rule: 'email',
      id: outcome.items[0]!.id,
      before: '••••@••••.••••',
      after: '[EMAIL]',
    });
  });

  it('keeps items of a group together, whatever their texts hold', async () => {
    const { items } = await step()([
      item({ id: '1', group: 'patient-4711123', text: 'MRN: 4711123' }),
      item({ id: '2', group: 'patient-4711123', text: 'Nothing here.' }),
      item({ id: '3', group: 'prompt-0123456789abcdef', text: 'Nothing here.' }),
    ]);
    expect(items[0]!.group).toBe(items[1]!.group);
    expect(items[0]!.group).not.toContain('4711123');
    expect(items[2]!.group).toBe('prompt-0123456789abcdef');
  });

  it('keeps the context the beginning of its turn, where a value ends beyond it too', async () => {
    for (const end of [20, 28, 33, 40]) {
      const content = 'Patient file.\nCall (212) 736-5000 now, SSN: 536221847. Who is it?';
      const { items } = await step()([
        item({
          messages: [
            { role: 'user', content },
            { role: 'assistant', content: 'Unknown' },
          ],
          context: content.slice(0, end),
        }),
      ]);
      const { messages, context } = items[0]!;
      expect(messages![0]!.content.startsWith(context!)).toBe(true);
      expect(messages![0]!.content).not.toMatch(/5000|536221847/);
    }
  });

  it('reads a cell below its heading and beside its label', async () => {
    const { items, counts } = await step()([
      item({
        blocks: [
          {
            type: 'table',
            rows: [
              ['Name', 'SSN', 'Amount'],
              ['Doe', '536221847', '123456789'],
              ['Date of birth', '3 March 1980', '12'],
            ],
          },
          { type: 'paragraph', text: 'Call (212) 736-5000.' },
        ],
        title: 'File of jane@company.com',
      }),
    ]);
    expect(items[0]!.blocks![0]).toEqual({
      type: 'table',
      rows: [
        ['Name', 'SSN', 'Amount'],
        ['Doe', '[NATIONAL_ID]', '123456789'],
        ['Date of birth', '[DATE_OF_BIRTH]', '12'],
      ],
    });
    expect(items[0]!.title).toBe('File of [EMAIL]');
    expect(counts).toEqual({ email: 1, phone: 1, national_id: 1, date_of_birth: 1 });
  });

  it('takes names from the finder, at the threshold of the settings', async () => {
    const asked: (number | undefined)[] = [];
    const finder: NameFinder = {
      hash: '',
      async find(texts, threshold) {
        asked.push(threshold);
        return texts.map((text): Finding[] =>
          [...text.matchAll(/Jane Doe/g)].map(({ index }) => ({
            kind: 'name',
            start: index,
            end: index + 8,
          })),
        );
      },
      close: async () => undefined,
    };
    const settings = privacySchema.parse({ names: { model: 'm', policy: 'mask', threshold: 0.7 } });
    const run = createPrivacyStep(settings, { seed: 1, findNames: finder });
    const { items } = await run([item({ text: 'Jane Doe <jane@company.com>', group: 'Jane Doe' })]);
    expect(items[0]!.text).toBe('[NAME] <[EMAIL]>');
    expect(items[0]!.group).toMatch(/^name-[a-p]{12}$/);
    expect(asked).toEqual([0.7]);
    expect(() => createPrivacyStep(settings, { seed: 1 })).toThrow(/no model/);
  });
});
