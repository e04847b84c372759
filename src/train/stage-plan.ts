/**
 * Plans one stage: the rows of its steps, and of the rounds by which its gate may lengthen it.
 * @module
 */
import { AttuneError } from '../errors.js';
import { type RandomStream, randomStream } from '../random.js';
import type { LengthSettings } from '../recipe/stages/length.js';
import { orderPass } from './pass-order.js';
import type { PartToPlan, PlanInput, PlannedPart, PlanStage, StageToPlan } from './plan-types.js';
import { type DealtRow, type PartToDeal, StageDealer } from './stage-dealer.js';

/** A stage's steps, and what the plan's header says about it apart from where it lies. */
export interface StepsOfStage {
  entry: Omit<PlanStage, 'first_step' | 'steps'>;
  /** Rows of each step. */
  steps: number[][];
}

/** How a stage begins. */
type Beginning = 'carry' | 'optimizer' | 'extends';

/** Names the random stream of a part's pass. */
type PassStream = (part: string, pass: number) => RandomStream;

/** A run without stages: all rows as one. */
export function planPlainRun(input: PlanInput): StepsOfStage {
  const { settings, shards, seed } = input;
  const { max_steps, num_train_epochs } = settings;
  const all: PartToPlan = { name: 'all', firstRow: 0, rows: shards.rows, share: 1, replay: false };
  const dealer = stageDealer(input, { settings, order: 'random', parts: [all] }, (_, pass) =>
    randomStream(seed, 'train', 'order', pass),
  );
  const dealt = dealer.deal(max_steps > 0 ? { steps: max_steps } : { epochs: num_train_epochs });
  return { entry: { name: 'main', settings }, steps: rowsOf(dealt) };
}

/**
 * A stage of several, and behind it its extension rounds: they go on in the passes where the stage ended, with
 * its highest learning rate and its schedule anew, without warm-up. Their random streams are named by the stage, so
 * no other stage changes them.
 *
 * @throws {AttuneError} on a part without rows, and where an order lacks its keys
 */
export function planStage(input: PlanInput, stage: StageToPlan): StepsOfStage[] {
  const { name, order, carry, optimizer, extension } = stage;
  checkParts(stage, input);
  const dealer = stageDealer(input, stage, (part, pass) =>
    randomStream(input.seed, 'train', 'stage', name, part, 'order', pass),
  );
  const round = (
    length: LengthSettings,
    own: Pick<PlanStage, 'name' | 'settings' | Beginning>,
  ): StepsOfStage => {
    const dealt = dealer.deal(length);
    const parts = plannedParts(input, stage.parts, dealt);
    const tokens = parts.reduce((sum, part) => sum + part.tokens, 0);
    const supervised_tokens = parts.reduce((sum, part) => sum + part.supervised_tokens, 0);
    return { entry: { ...own, order, parts, tokens, supervised_tokens }, steps: rowsOf(dealt) };
  };
  const rounds = [round(stage.length, { name, settings: stage.settings, carry, optimizer })];
  for (let count = 1; count <= (extension?.times ?? 0); count++) {
    rounds.push(
      round(extension!.length, {
        name: `${name}+${count}`,
        settings: { ...stage.settings, warmup_ratio: 0, warmup_steps: 0 },
        carry: 'adapter',
        optimizer: 'keep',
        extends: name,
      }),
    );
  }
  return rounds;
}

const rowsOf = (dealt: readonly DealtRow[][]): number[][] => dealt.map((step) => step.map(({ row }) => row));

function stageDealer(
  input: PlanInput,
  { settings, order, parts }: Pick<StageToPlan, 'settings' | 'order' | 'parts'>,
  stream: PassStream,
): StageDealer {
  const { contextsPerRow, shards } = input;
  const rowsPerStep = settings.per_device_train_batch_size * settings.gradient_accumulation_steps;
  const maxRowsPerContext = settings.max_rows_per_context_per_step;
  const perStep = rowsPerStepOfParts(parts, rowsPerStep, shards.lengthPerRow);
  return new StageDealer({
    parts: parts.map((part, index): PartToDeal => {
      const { name, firstRow, rows, share, replay } = part;
      const keys = keysOf(part, order, shards.lengthPerRow);
      const contexts = contextsPerRow?.slice(firstRow, firstRow + rows);
      return {
        firstRow,
        rows,
        share,
        replay,
        exchangeable: keys === undefined,
        order: (pass) =>
          orderPass({
            order,
            rows,
            rowsPerStep: perStep[index]!,
            contextsPerRow: contexts,
            // Where parts are mixed, the dealer keeps to it: only it knows the steps.
            maxRowsPerContext: parts.length === 1 ? maxRowsPerContext : undefined,
            keys,
            random: stream(name, pass),
          }).map((row) => firstRow + row),
      };
    }),
    rowsPerStep,
    lengthPerRow: shards.lengthPerRow,
    contextsPerRow,
    maxRowsPerContext,
    maxSteps: settings.max_steps,
  });
}

/** About how many rows of a step each part has, to spread contexts over so many. */
function rowsPerStepOfParts(
  parts: readonly PartToPlan[],
  rowsPerStep: number,
  lengthPerRow: Int32Array,
): number[] {
  const rates = parts.map(({ firstRow, rows, share }) => {
    const tokens = lengthPerRow.subarray(firstRow, firstRow + rows).reduce((sum, length) => sum + length, 0);
    return (share * rows) / tokens;
  });
  const all = rates.reduce((sum, rate) => sum + rate, 0);
  return rates.map((rate) => Math.max(1, Math.round((rowsPerStep * rate) / all)));
}

/** What a part's rows are sorted by. Replay is always shuffled: it is there to be met all the time. */
function keysOf(
  part: PartToPlan,
  order: StageToPlan['order'],
  lengthPerRow: Int32Array,
): ArrayLike<number> | undefined {
  if (order === 'random' || part.replay) return undefined;
  if (order === 'length') return lengthPerRow.subarray(part.firstRow, part.firstRow + part.rows);
  return part.keys;
}

function plannedParts(
  { shards }: PlanInput,
  parts: readonly PartToPlan[],
  dealt: readonly DealtRow[][],
): PlannedPart[] {
  const sum = (rows: readonly number[], perRow: Int32Array) =>
    rows.reduce((total, row) => total + perRow[row]!, 0);
  const taken = parts.map((_, index) =>
    dealt.flatMap((step) => step.filter(({ part }) => part === index).map(({ row }) => row)),
  );
  const tokens = taken.map((rows) => sum(rows, shards.lengthPerRow));
  const all = tokens.reduce((total, count) => total + count, 0);
  return parts.map(({ name, replay, firstRow, rows, share }, index) => ({
    name,
    replay,
    first_row: firstRow,
    rows,
    wanted_share: share,
    share: tokens[index]! / all,
    tokens: tokens[index]!,
    supervised_tokens: sum(taken[index]!, shards.supervisedPerRow),
    epochs: taken[index]!.length / rows,
  }));
}

/** What orders other than these two need to be known of every row. */
const keyNames = { hardness: 'hardness', annealed: 'hardness', base_loss: 'loss of the base model' } as const;

function checkParts(checked: StageToPlan, { shards: { rows }, stages = [] }: PlanInput): void {
  const { name: stage, order, parts } = checked;
  const problem = (text: string, fix: string, field = 'select') =>
    new AttuneError(`stage \`${stage}\`: ${text}`, {
      field: `stages.${stages.indexOf(checked)}.${field}`,
      fix,
    });
  if (parts.every(({ replay }) => replay)) {
    throw problem('it has no examples of its own, only replay', 'widen its `select`');
  }
  for (const part of parts) {
    if (part.rows === 0) {
      throw problem(`part \`${part.name}\` has no rows`, 'widen its `select`, or leave the part out');
    }
    if (part.firstRow < 0 || part.firstRow + part.rows > rows) {
      throw problem(
        `part \`${part.name}\` takes the rows ${part.firstRow} to ${part.firstRow + part.rows - 1}, there are ${rows}`,
        'give the part rows of the shards',
      );
    }
    if (order === 'random' || order === 'length' || part.replay) continue;
    const known = part.keys?.length === part.rows ? part.keys.filter((key) => !Number.isNaN(key)).length : 0;
    if (known < part.rows) {
      throw problem(
        `\`order: ${order}\` needs the ${keyNames[order]} of every row, and ${part.rows - known} of ${part.rows} rows of part \`${part.name}\` have none`,
        order === 'base_loss'
          ? 'set `data.quality.difficulty: true`, which measures them, or choose another `order`'
          : 'prepare the data again so that examples have a hardness, or choose another `order`',
        'order',
      );
    }
  }
}
