import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenedShards } from '../../../chat/open-shards.js';
import type { ShardReport } from '../../../chat/shard-index.js';
import type { Example } from '../../../data/example.js';
import { AttuneError } from '../../../errors.js';
import { type StageSettings, stagesSchema } from '../../../recipe/stages.js';
import { type Pool, stagePools } from './pools.js';

const example = (id: string, rest: Partial<Example>): Example => ({
  id,
  messages: [{ role: 'user', content: id }],
  task: 'look_up',
  group: id,
  split: 'train',
  source: 's',
  licence: 'l',
  ...rest,
});
const examples = [
  ...Array.from({ length: 6 }, (_, i) =>
    example(`t${i}`, { aspects: ['terms'], scores: { hardness: i / 10 } }),
  ),
  ...Array.from({ length: 4 }, (_, i) =>
    example(`r${i}`, { task: 'ratio', scores: { hardness: 0.5, loss: 1 } }),
  ),
  example('g0', { aspects: ['general'], task: 'general' }),
];

/** Two examples a row, ten tokens an example. */
const build = async (split: string, chosen: readonly Example[]): Promise<Pool> => ({
  split,
  report: {} as ShardReport,
  shards: {
    rows: Math.ceil(chosen.length / 2),
    tokens: chosen.length * 10,
    examples: chosen.map(({ id }, index) => ({ id, row: index >> 1, segment: 1 + (index & 1) })),
  } as unknown as OpenedShards,
});
const stages = (input: unknown[]): StageSettings[] => stagesSchema.parse(input);

describe('stagePools', () => {
  it('gives each choice of examples rows of its own, and equal choices the same', async () => {
    const { pools, parts } = await stagePools(
      stages([
        { name: 'terms', select: { aspects: ['terms'] } },
        { name: 'ratios', select: { tasks: ['ratio'] } },
        { name: 'again', select: { aspects: ['terms'] } },
      ]),
      examples,
      build,
    );
    expect(pools.map(({ shards }) => shards.rows)).toEqual([3, 2]);
    expect(parts.map(([part]) => part)).toMatchObject([
      { name: 'all', firstRow: 0, rows: 3, share: 1, replay: false },
      { firstRow: 3, rows: 2 },
      { firstRow: 0, rows: 3 },
    ]);
  });

  it('keeps the rows of earlier stages where they are when a later stage changes', async () => {
    const first = { name: 'terms', select: { aspects: ['terms'] } };
    const one = await stagePools(
      stages([first, { name: 'b', select: { tasks: ['ratio'] } }]),
      examples,
      build,
    );
    const other = await stagePools(stages([first, { name: 'c' }]), examples, build);
    expect(other.parts[0]).toEqual(one.parts[0]);
    expect(other.pools[0]!.split).toBe(one.pools[0]!.split);
  });

  it('divides the tokens: replay as said, the rest by ratios', async () => {
    const [parts] = (
      await stagePools(
        stages([
          {
            name: 'mixed',
            mix: [
              { name: 'terms', select: { aspects: ['terms'] }, ratio: 3 },
              { name: 'rest', ratio: 1 },
            ],
            replay: { share: 0.2 },
          },
        ]),
        examples,
        build,
      )
    ).parts;
    expect(parts!.map(({ name, rows, replay }) => [name, rows, replay])).toEqual([
      ['terms', 3, false],
      ['rest', 2, false],
      ['replay', 1, true],
    ]);
    expect(parts!.map(({ share }) => share)).toEqual(
      [0.8 * 0.75, 0.8 * 0.25, 0.2].map((share) => expect.closeTo(share, 12)),
    );
  });

  it.each([
    [1, 60 / 100],
    [2, Math.sqrt(60) / (Math.sqrt(60) + Math.sqrt(40))],
  ])(
    'weighs parts without ratios by their size, evened out by temperature %d',
    async (temperature, share) => {
      const mix = [
        { name: 'terms', select: { aspects: ['terms'] } },
        { name: 'ratios', select: { tasks: ['ratio'] } },
      ];
      const { parts } = await stagePools(stages([{ name: 'mixed', mix, temperature }]), examples, build);
      expect(parts[0]![0]!.share).toBeCloseTo(share, 12);
    },
  );

  it('orders rows by the mean of their examples, where all have the score', async () => {
    const keys = async (stage: object): Promise<number[] | undefined> => {
      const { parts } = await stagePools(stages([{ name: 'a', ...stage }]), examples, build);
      return parts[0]![0]!.keys && [...parts[0]![0]!.keys];
    };
    const terms = { aspects: ['terms'] };
    expect(await keys({ select: terms, order: 'hardness' })).toEqual(
      [0.05, 0.25, 0.45].map((key) => expect.closeTo(key, 12)),
    );
    expect(await keys({ select: terms, order: 'base_loss' })).toBeUndefined();
    expect(await keys({ select: { tasks: ['ratio'] }, order: 'base_loss' })).toEqual([1, 1]);
    expect(await keys({ select: terms })).toBeUndefined();
  });

  describe('what takes nothing', () => {
    let error: AttuneError;
    beforeAll(async () => {
      error = await stagePools(
        stages([
          { name: 'ok', select: { aspects: ['terms'] } },
          { name: 'empty', mix: [{ name: 'all-of-it' }, { name: 'left', select: { tasks: ['ratio'] } }] },
        ]),
        examples,
        build,
      ).then(
        () => expect.fail('no error'),
        (thrown) => thrown,
      );
    });

    it('is an error that names place and choices', () => {
      expect(error).toBeInstanceOf(AttuneError);
      expect(error.field).toBe('stages.1.mix.1.select');
      expect(error.fix).toContain('tasks general, look_up, ratio, and aspects general, terms');
    });
  });
});
