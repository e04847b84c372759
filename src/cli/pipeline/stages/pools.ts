/**
 * The rows of every stage: examples that stages take are tokenized apart, so that a row belongs to one part of a mix.
 * @module
 */
import { firstRowsOf } from '../../../chat/join-shards.js';
import type { OpenedShards } from '../../../chat/open-shards.js';
import type { ShardReport } from '../../../chat/shard-index.js';
import type { Example } from '../../../data/example.js';
import { stageExamples } from '../../../data/stage-examples.js';
import { AttuneError } from '../../../errors.js';
import { hashJson } from '../../../files.js';
import type { StageSettings } from '../../../recipe/stages.js';
import type { PartToPlan } from '../../../train/plan.js';

/** Rows of one choice of examples. */
export interface Pool {
  /** Split of the token shards: `train-` and a digest of the examples' ids, so that equal choices share their rows. */
  split: string;
  report: ShardReport;
  shards: OpenedShards;
}

/** The parts of one stage, before shares are known. */
interface StagePart {
  name: string;
  split: string;
  ratio?: number;
}

/** What stages take, and how it is divided. */
export interface StagePools {
  /** In the order of their first use, so that what a later stage takes never moves the rows of an earlier one. */
  pools: Pool[];
  /** The parts of each stage, in the order of the stages. */
  parts: PartToPlan[][];
}

/**
 * Chooses the examples of every stage and tokenizes each choice.
 *
 * @param build tokenizes examples under the name of a split, or finds them tokenized
 * @throws AttuneError where a stage or a part of its mix takes nothing
 */
export async function stagePools(
  stages: readonly StageSettings[],
  examples: readonly Example[],
  build: (split: string, examples: readonly Example[]) => Promise<Pool>,
): Promise<StagePools> {
  const pools = new Map<string, Pool>();
  const named: StagePart[][] = [];
  for (const [index, stage] of stages.entries()) {
    const parts: StagePart[] = [];
    for (const choice of choices(stage, index, examples)) {
      const split = `train-${hashJson(choice.examples.map(({ id }) => id)).slice(0, 12)}`;
      if (!pools.has(split)) pools.set(split, await build(split, choice.examples));
      parts.push({ name: choice.name, split, ratio: choice.ratio });
    }
    named.push(parts);
  }
  const ordered = [...pools.values()];
  const firstRows = firstRowsOf(ordered.map(({ shards }) => shards));
  const rowsOf = new Map(ordered.map((pool, index) => [pool.split, { pool, firstRow: firstRows[index]! }]));
  const byId = new Map(examples.map((example) => [example.id, example]));
  const parts = stages.map((stage, index) =>
    withShares(stage, named[index]!, rowsOf).map(({ name, share, split }): PartToPlan => {
      const { pool, firstRow } = rowsOf.get(split)!;
      const keys = rowKeys(stage.order, pool.shards, byId);
      return {
        name,
        firstRow,
        rows: pool.shards.rows,
        share,
        replay: name === replayName,
        ...(keys && { keys }),
      };
    }),
  );
  return { pools: ordered, parts };
}

const replayName = 'replay';

interface Choice {
  name: string;
  examples: Example[];
  ratio?: number;
}

/** What a stage takes, part by part. An example belongs to one part: replay first, then the mix in its order. */
function choices(stage: StageSettings, index: number, examples: readonly Example[]): Choice[] {
  const taken = new Set<string>();
  const take = (from: readonly Example[], name: string, field: string, ratio?: number): Choice => {
    const free = from.filter(({ id }) => !taken.has(id));
    if (free.length === 0) throw nothing(stage.name, name, `stages.${index}.${field}`, examples);
    for (const { id } of free) taken.add(id);
    return { name, examples: free, ratio };
  };
  const replay =
    stage.replay && take(stageExamples(examples, stage.replay.select), replayName, 'replay.select');
  const selected = stageExamples(examples, stage.select);
  const main = stage.mix
    ? stage.mix.map(({ name, select, ratio }, place) =>
        take(stageExamples(selected, select), name, `mix.${place}.select`, ratio),
      )
    : [take(selected, 'all', 'select')];
  return [...main, ...(replay ? [replay] : [])];
}

function nothing(stage: string, part: string, field: string, examples: readonly Example[]): AttuneError {
  const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(', ') || 'none';
  const where = part === 'all' ? `the stage ${stage}` : `the part ${part} of the stage ${stage}`;
  return new AttuneError(`${where} takes none of the ${examples.length} training examples`, {
    field,
    fix: `widen it; there are tasks ${distinct(examples.map(({ task }) => task))}, and aspects ${distinct(
      examples.flatMap(({ aspects }) => aspects ?? []),
    )}`,
  });
}

/** Shares of the stage's tokens: replay as said, the rest by ratios, or by sizes to the power of 1/temperature. */
function withShares(
  stage: StageSettings,
  parts: readonly StagePart[],
  pools: ReadonlyMap<string, { pool: Pool }>,
): (StagePart & { share: number })[] {
  const replayed = stage.replay?.share ?? 0;
  const weight = ({ split, ratio }: StagePart): number =>
    ratio ?? pools.get(split)!.pool.shards.tokens ** (1 / stage.temperature);
  const main = parts.filter(({ name }) => name !== replayName);
  const all = main.reduce((sum, part) => sum + weight(part), 0);
  return parts.map((part) => ({
    ...part,
    share: part.name === replayName ? replayed : ((1 - replayed) * weight(part)) / all,
  }));
}

/** What the rows are ordered by: the mean over their examples. */
function rowKeys(
  order: StageSettings['order'],
  { rows, examples }: OpenedShards,
  byId: ReadonlyMap<string, Example>,
): Float64Array | undefined {
  const score = { hardness: 'hardness', annealed: 'hardness', base_loss: 'loss' }[order as string];
  if (score === undefined) return undefined;
  const sums = new Float64Array(rows);
  const counts = new Int32Array(rows);
  for (const { id, row } of examples) {
    const value = byId.get(id)?.scores?.[score];
    // Without the score the order can't be made; the plan says what to do then.
    if (value === undefined) return undefined;
    sums[row]! += value;
    counts[row]! += 1;
  }
  return sums.map((sum, row) => sum / counts[row]!);
}
