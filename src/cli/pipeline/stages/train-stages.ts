/**
 * A training in stages: one after the other, each measured, kept and decided upon before the next begins.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../../../errors.js';
import type { Model } from '../../../model/model.js';
import type { GateSettings } from '../../../recipe/stages/gate.js';
import type { StageSettings } from '../../../recipe/stages.js';
import { finishTraining, isFinished, runTraining, type TrainingOptions } from '../../../train/loop.js';
import { isEvaluation, readMetrics } from '../../../train/metrics.js';
import type { TrainingOutcome } from '../../../train/outcome.js';
import type { Plan, PlanStage } from '../../../train/plan.js';
import { stageHashes } from '../../../train/plan-hash.js';
import { readStageRecords, type StageRecord, writeStageRecords } from '../../../train/stage-records.js';
import { Interrupted } from '../../interrupt.js';
import { type Job, shownPath, stageLine } from '../job.js';
import type { AskStage } from './ask-stage.js';
import { hasMade, hasPassedOver, takeBack } from './course.js';
import { decideGate, describeGate, isReached } from './gate.js';
import { keepStageResult, type ResultKind } from './stage-result.js';

/** What a training in stages needs. */
export interface StagedTraining {
  job: Job;
  stages: readonly StageSettings[];
  model: Model;
  kind: ResultKind;
  ask: AskStage;
  /** Of every part of the training; `plan`, `run` and `engine` among them. */
  options: TrainingOptions;
  /** Frees the engine's memory before a stage's model is asked; it starts again when it is next needed. */
  releaseEngine(): Promise<void>;
}

/** A stage of the recipe with its place in the plan: itself, and the rounds that may lengthen it. */
interface Group {
  settings: StageSettings;
  rounds: PlanStage[];
  /** For each round the digest of all that determines the run up to its end. */
  hashes: string[];
}

/**
 * Trains stage after stage. What was trained, measured or decided before and still holds is not done again.
 *
 * @throws AttuneError where a gate that was not reached stops the run; Interrupted where the signal did
 */
export async function trainStages(training: StagedTraining): Promise<TrainingOutcome> {
  const { stages, options } = training;
  const { run, plan } = options;
  const known = await readStageRecords(run.directory);
  const records: StageRecord[] = [];
  const outcomes: TrainingOutcome[] = [];
  let takenBack = false;
  for (const group of groupsOf(plan, stages)) {
    // What later stages were measured at before the run was taken back holds no more.
    const earlier: StageRecord | undefined = takenBack
      ? undefined
      : known.find(({ name, plan: hash }) => name === group.settings.name && hash === group.hashes[0]);
    const begun = records.at(-1)?.last_step ?? 0;
    const stage: Stage = new Stage(training, group, { earlier, begun }, (record) =>
      writeStageRecords(run.directory, [...records, record]),
    );
    const record = await stage.execute();
    records.push(record);
    takenBack ||= stage.takenBack;
    outcomes.push(...stage.outcomes);
    if (record.state === 'stopped') await stop(training, group, record);
  }
  const finished = await finishTraining(options);
  // Work of the stages; where nothing was left to do there is none.
  const sum = (of: (outcome: TrainingOutcome) => number) =>
    outcomes.reduce((all, one) => all + of(one), of(finished));
  return {
    ...finished,
    ...(outcomes[0] && { resumedFrom: outcomes[0].resumedFrom }),
    seconds: sum(({ seconds }) => seconds),
    tokens: sum(({ tokens }) => tokens),
  };
}

/** The stages of the recipe with those of the plan that belong to each. */
function groupsOf(plan: Plan, stages: readonly StageSettings[]): Group[] {
  const hashes = stageHashes(plan);
  const planned = plan.header.stages;
  return stages.map((settings) => {
    const own = planned.flatMap(({ name, extends: lengthened }, index) =>
      (lengthened ?? name) === settings.name ? [index] : [],
    );
    return {
      settings,
      rounds: own.map((index) => planned[index]!),
      hashes: own.map((index) => hashes[index]!),
    };
  });
}

async function stop(
  { options: { run } }: StagedTraining,
  { settings }: Group,
  record: StageRecord,
): Promise<never> {
  const gate = settings.gate!;
  const value = record.gate!.checks.at(-1)!.value;
  const message = `the stage ${settings.name} did not reach its gate (${describeGate(gate)}): it came to ${round(value)}`;
  await run.setState('stopped', message);
  throw new AttuneError(
    `${message}; the run stops here, and what was trained is kept in ${shownPath(join(run.directory, record.result!))}`,
    {
      file: shownPath(run.directory),
      field: 'stages.gate',
      fix: 'change the gate, lengthen the stage or set `otherwise: go_on`, and run the same command again: it goes on from here',
    },
  );
}

/** One stage of the recipe. */
class Stage {
  readonly #training: StagedTraining;
  readonly #group: Group;
  readonly #earlier?: StageRecord;
  /** Last step of the stage before. */
  readonly #begun: number;
  readonly #record: StageRecord;
  readonly #write: (record: StageRecord) => Promise<void>;
  /** Whether something was cut off because a gate was changed. */
  takenBack = false;
  /** Of each part of the stage that was trained now. */
  readonly outcomes: TrainingOutcome[] = [];

  constructor(
    training: StagedTraining,
    group: Group,
    { earlier, begun }: { earlier: StageRecord | undefined; begun: number },
    write: (record: StageRecord) => Promise<void>,
  ) {
    const { settings, rounds, hashes } = group;
    this.#training = training;
    this.#group = group;
    this.#earlier = earlier;
    this.#begun = begun;
    this.#write = write;
    this.#record = {
      name: settings.name,
      plan: hashes[0]!,
      state: 'running',
      first_step: rounds[0]!.first_step,
      extensions: 0,
      ended_early: false,
      ...(settings.gate && { gate: { settings: settings.gate, checks: [] } }),
      scores: {},
    };
  }

  async execute(): Promise<StageRecord> {
    const { settings, rounds } = this.#group;
    const record = this.#record;
    const before = JSON.stringify(this.#earlier);
    let reached = false;
    for (const [extension, round] of rounds.entries()) {
      record.extensions = extension;
      reached = await this.#train(round, extension);
      if (reached || settings.gate?.otherwise !== 'extend') break;
    }
    if (record.gate) record.gate.decision = decideGate(settings.gate!, reached);
    await this.#end(rounds[record.extensions]!, record.last_step!);
    record.result ??= await this.#keep(record.last_step!);
    record.scores = await this.#ask(settings.evaluate);
    record.state = record.gate?.decision === 'stop' ? 'stopped' : 'done';
    await this.#write(record);
    this.#training.job.note(
      stageLine('stage', await this.#describe(), before !== undefined && before === JSON.stringify(record)),
    );
    return record;
  }

  /** Trains the steps of a round; true where the gate is reached, at its end or, where it is looked at in between, before. */
  async #train({ first_step: first, steps }: PlanStage, round: number): Promise<boolean> {
    const { gate } = this.#group.settings;
    const plan = this.#group.hashes[round]!;
    const last = first + steps - 1;
    for (const until of stops(first, last, gate?.check_steps ?? 0)) {
      const known = gate && this.#knownValue(gate, until, plan);
      const measured = gate?.benchmark === undefined ? 'eval_loss' : 'checkpoint';
      const need = gate && known === undefined ? measured : 'nothing';
      if (await hasPassedOver(this.#training.options, until, need)) await this.#takeBack(until);
      await this.#trainUntil(first, until);
      this.#record.last_step = until;
      if (!gate) continue;
      const value = known ?? (await this.#measure(gate, until));
      const reached = isReached(gate, value);
      this.#record.gate!.checks.push({ step: until, value, reached, plan });
      await this.#write(this.#record);
      if (reached) {
        this.#record.ended_early = until < last;
        return true;
      }
    }
    return false;
  }

  /** Leaves the run as it is after the stage's last step, where its gate let it go on from there before. */
  async #end({ first_step }: PlanStage, last: number): Promise<void> {
    const { options } = this.#training;
    const { first_step: lastBegun, steps } = this.#group.rounds.at(-1)!;
    const passedOver = { first: last + 1, last: lastBegun + steps - 1 };
    if (!(await hasMade(options, passedOver)) && !(await hasPassedOver(options, last, 'checkpoint'))) return;
    await this.#takeBack(last);
    await this.#trainUntil(first_step, last);
  }

  async #takeBack(step: number): Promise<void> {
    this.takenBack = true;
    // Later stages are struck out first: should this be broken off, they are measured anew.
    await this.#write(this.#record);
    await takeBack(this.#training.options, step, this.#begun);
    const { name } = this.#group.settings;
    this.#training.job.note(
      `note: with the gate of ${name} as it is now, what was trained after step ${step} is left or trained anew`,
    );
  }

  /** Trains up to a step, or finds it trained. */
  async #trainUntil(first: number, last: number): Promise<void> {
    const { options } = this.#training;
    if (isFinished(options.run, options.plan)) return;
    const outcome = await runTraining({ ...options, steps: { first, last } });
    this.outcomes.push(outcome);
    for (const note of outcome.notes) this.#training.job.note(`note: ${note}`);
    if (outcome.state === 'interrupted') {
      throw new Interrupted(`stopped after step ${outcome.step} of ${outcome.steps}`);
    }
  }

  /** What an earlier run measured there. */
  #knownValue({ metric, benchmark }: GateSettings, step: number, plan: string): number | undefined {
    const earlier = this.#earlier?.gate;
    if (earlier?.settings.metric !== metric || earlier.settings.benchmark !== benchmark) return undefined;
    return earlier.checks.find((check) => check.step === step && check.plan === plan)?.value;
  }

  async #measure({ metric, benchmark }: GateSettings, step: number): Promise<number> {
    const value =
      benchmark === undefined
        ? await this.#evalLoss(step)
        : (await this.#askAfter(step, [benchmark]))[benchmark]?.[metric];
    if (value !== undefined) return value;
    throw new AttuneError(
      benchmark === undefined
        ? `there is no eval_loss after step ${step}: the validation split is empty`
        : `${benchmark} has no metric "${metric}", or no item that it applies to`,
      {
        field: `stages.${this.#group.settings.name}.gate.metric`,
        fix:
          benchmark === undefined
            ? 'give the validation split a share, or name a benchmark'
            : 'name a metric that the evaluation shows',
      },
    );
  }

  async #evalLoss(step: number): Promise<number | undefined> {
    const lines = await readMetrics(this.#training.options.run.metricsFile);
    return lines.filter(isEvaluation).findLast((line) => line.step === step)?.eval_loss;
  }

  async #keep(step: number): Promise<string> {
    const { options, kind, model } = this.#training;
    const { name } = this.#group.settings;
    await keepStageResult(options.run, { name, step, kind, model });
    return join('stages', name, kind);
  }

  async #askAfter(step: number, benchmarks: readonly string[]) {
    this.#record.result = await this.#keep(step);
    return this.#ask(benchmarks);
  }

  async #ask(benchmarks: readonly string[]) {
    const { options, kind, ask, releaseEngine } = this.#training;
    if (benchmarks.length === 0) return {};
    await releaseEngine();
    const directory = join(options.run.directory, this.#record.result!);
    return ask({ name: this.#group.settings.name, kind, directory }, benchmarks);
  }

  async #describe(): Promise<string> {
    const { name, first_step, last_step, gate, extensions, ended_early } = this.#record;
    const loss = await this.#evalLoss(last_step!);
    const parts = [`${name}: steps ${first_step} to ${last_step}`];
    if (loss !== undefined) parts.push(`eval_loss ${loss.toFixed(3)}`);
    if (ended_early) parts.push('ended early');
    if (extensions > 0) parts.push(`extended ${extensions === 1 ? 'once' : `${extensions} times`}`);
    if (gate) parts.push(`gate (${describeGate(gate.settings)}) ${gateWords(gate)}`);
    return parts.join(', ');
  }
}

function gateWords({ checks, decision }: NonNullable<StageRecord['gate']>): string {
  const value = round(checks.at(-1)!.value);
  if (decision === 'reached') return `reached with ${value}`;
  return `not reached with ${value}: ${decision === 'stop' ? 'the run stops' : 'it goes on'}`;
}

/** Steps after which a round is looked at: every `interval`, and the last. */
function stops(first: number, last: number, interval: number): number[] {
  const steps: number[] = [];
  if (interval > 0) for (let step = first - 1 + interval; step < last; step += interval) steps.push(step);
  return [...steps, last];
}

const round = (value: number): string => String(Math.round(value * 10_000) / 10_000);
