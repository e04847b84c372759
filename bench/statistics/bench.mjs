/**
 * Do intervals hold the truth as often as they say, and how often are equal systems called better or worse?
 *
 * The answers are simulated with true figures that are known, in groups of equal and unequal size whose items are alike.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Groups, items of a group, whether sizes differ, and how alike the items of a group are. */
const shapes = [
  [8, 25, false, 0],
  [8, 25, false, 0.2],
  [8, 25, false, 0.5],
  [8, 25, true, 0.2],
  [8, 25, true, 0.5],
  [12, 6, false, 0.2],
  [20, 10, true, 0.2],
  [40, 5, false, 0.2],
  [40, 25, true, 0.2],
  [40, 25, true, 0.5],
  [200, 1, false, 0],
  [200, 8, true, 0.2],
];

/** For graded scores, which are easier, some of them. */
const shapesOfGraded = shapes.filter((_, index) => [2, 3, 7, 9, 10].includes(index));

/** Nearly always right: few items tell anything. */
const rareErrors = [
  [20, 10, true, 0.2],
  [40, 5, false, 0.2],
  [200, 1, false, 0],
];

/** Equal on average, but only the candidate's items are alike within a group: the two can't be swapped. */
const unlike = [
  [8, 25, true, [0.5, 0]],
  [40, 25, true, [0.5, 0]],
];

/** Share of intervals that hold the truth, and largest share of verdicts on equal systems. */
const bars = { coverage: [0.93, 0.97], verdicts: 0.05 };
const resamples = 1000;
const simulationsOfRound = { whole: 800, quick: 100 };

const settingOf =
  (kind, chances) =>
  ([groups, size, unequal, alike]) => ({
    kind,
    groups,
    size,
    unequal,
    alike,
    chances,
  });

const settings = [
  ...shapes.map(settingOf('binary', [0.7, 0.6])),
  ...shapesOfGraded.map(settingOf('graded', [0.7, 0.6])),
  ...shapes.map(settingOf('macro_f1', [0.7, 0.6])),
  ...rareErrors.map(settingOf('binary', [0.97, 0.95])),
  ...unlike.map(settingOf('binary', [0.7, 0.6])),
];

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'simulated coverage of intervals and false verdicts of equal systems, with clustered items',
  rounds: 1,
  python: false,
  async run({ rounds: times, quick, log }) {
    const rounds = times * (quick ? simulationsOfRound.quick : simulationsOfRound.whole);
    log('| Score | Groups × items | Alike | Difference held | Score held | Verdict on equals | Found |');
    log('|---|---|---|---|---|---|---|');
    const rows = new Array(settings.length);
    let next = 0;
    let shown = 0;
    const work = async (worker) => {
      for (let index = next++; index < settings.length; index = next++) {
        rows[index] = { ...settings[index], ...(await answer(worker, settings[index])) };
        while (rows[shown]) log(line(rows[shown++]));
      }
      await worker.terminate();
    };
    const workers = Array.from(
      { length: availableParallelism() },
      () =>
        new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { rounds, resamples, seed: 1 } }),
    );
    await Promise.all(workers.map(work));
    return judgeRows(rows, rounds);
  },
};

async function answer(worker, setting) {
  worker.postMessage(setting);
  const [measured] = await once(worker, 'message');
  return measured;
}

const percent = (share, digits = 1) => `${(share * 100).toFixed(digits)} %`;

function name({ kind, groups, size, unequal, alike, chances }) {
  return `${kind} ${chances.join('/')} | ${groups} × ${unequal ? '~' : ''}${size} | ${[alike].flat().join('/')}`;
}

function line(row) {
  return `| ${name(row)} | ${percent(row.difference)} | ${percent(row.score)} | ${percent(row.verdicts)} | ${percent(row.found, 0)} |`;
}

function judgeRows(rows, rounds) {
  const failures = [];
  for (const row of rows) {
    for (const figure of ['difference', 'score']) {
      if (row[figure] < bars.coverage[0] || row[figure] > bars.coverage[1]) {
        failures.push(`${name(row)}: interval of the ${figure} holds the truth in ${percent(row[figure])}`);
      }
    }
    if (row.verdicts > bars.verdicts) {
      failures.push(`${name(row)}: a verdict on equal systems in ${percent(row.verdicts)}`);
    }
  }
  const range = (figure) => {
    const values = rows.map((row) => row[figure]);
    return `${percent(Math.min(...values))} to ${percent(Math.max(...values))}`;
  };
  const error = (share) => Math.sqrt((share * (1 - share)) / rounds);
  return {
    measured: {
      rows,
      rounds,
      resamples,
      bars,
      standard_error: { coverage: error(0.95), verdicts: error(0.05) },
    },
    summary: `differences held ${range('difference')}, scores ${range('score')}, verdicts on equal systems ${range('verdicts')} (standard error ${percent(error(0.95))})`,
    failures,
  };
}
