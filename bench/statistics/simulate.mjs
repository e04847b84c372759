/**
 * Made-up answers of two systems whose true figures are known, with items that are alike within a group.
 *
 * A system has an item right where a standard normal number falls below its threshold, so that its chance is
 * exactly Φ(threshold). Half of the number belongs to both systems, half to each alone, and of both halves the share
 * `alike` belongs to the group.
 * @module
 */

/** Chance of being right by threshold: Φ(threshold). */
export const thresholds = {
  0.97: 1.880793608151251,
  0.95: 1.644853626951472,
  0.7: 0.524400512708041,
  0.6: 0.2533471031358,
};

/** Shares of the three classes, and the quantiles of the standard normal that part them. */
const classes = { shares: [0.5, 0.3, 0.2], cuts: [0, 0.841621233572914] };

/** Parts of a graded item, each right or wrong. */
const parts = 4;

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Mean of the first term. */
const mean = { width: 2, value: (sums) => sums[0] / sums[1], truth: (chance) => chance };

/** Macro-F1 over three classes: for each the right ones, the predicted ones and the true ones. */
const macroF1 = {
  value: (sums) => sum([0, 3, 6].map((at) => (2 * sums[at]) / (sums[at + 1] + sums[at + 2]))) / 3,
  truth: (chance) => {
    const sums = classes.shares.flatMap((share, own) => {
      const predicted = sum(
        classes.shares.map((other, at) => other * (at === own ? chance : (1 - chance) / 2)),
      );
      return [share * chance, predicted, share];
    });
    return macroF1.value(sums);
  },
};

export const figures = { binary: mean, graded: mean, macro_f1: macroF1 };

/** Sizes of groups: all `size`, or log-normal around it, from 1 to 200. */
function groupSizes({ groups, size, unequal }, random) {
  return Array.from({ length: groups }, () => {
    if (!unequal) return size;
    return Math.min(200, Math.max(1, Math.round(size * Math.exp(random.normal() - 0.5))));
  });
}

/**
 * Items of both systems in the same order; `terms` is what each adds to the figure.
 *
 * @param setting what kind of score, how many groups of which size, and how alike their items are
 * @param chances of being right of candidate and baseline, keys of {@link thresholds}
 * @param random a stream of `src/random.ts`
 */
export function simulate(setting, chances, random) {
  const { kind, alike } = setting;
  const systems = chances.map((chance) => ({ threshold: thresholds[chance], items: [] }));
  const own = Array.isArray(alike) ? alike : [alike, alike];
  for (const [group, size] of groupSizes(setting, random).entries()) {
    const shared = random.normal();
    const topic = random.normal();
    const alone = systems.map(() => random.normal());
    for (let item = 0; item < size; item++) {
      const hard = random.normal();
      const label = drawClass(topic, own[0], random);
      for (const [index, { threshold, items }] of systems.entries()) {
        const [ofGroup, ofItem] = [Math.sqrt(own[index] / 2), Math.sqrt((1 - own[index]) / 2)];
        const isRight = () =>
          ofGroup * (shared + alone[index]) + ofItem * (hard + random.normal()) < threshold;
        items.push({ group: `${group}`, terms: termsOf(kind, label, isRight, random) });
      }
    }
  }
  return systems.map(({ items }) => items);
}

function drawClass(topic, alike, random) {
  const place = Math.sqrt(alike) * topic + Math.sqrt(1 - alike) * random.normal();
  return classes.cuts.filter((cut) => place >= cut).length;
}

function termsOf(kind, label, isRight, random) {
  if (kind === 'binary') return [Number(isRight()), 1];
  if (kind === 'graded') return [sum(Array.from({ length: parts }, () => Number(isRight()))) / parts, 1];
  const predicted = isRight() ? label : (label + 1 + random.integer(2)) % 3;
  const terms = new Array(9).fill(0);
  terms[label * 3 + 2] += 1;
  terms[predicted * 3 + 1] += 1;
  if (predicted === label) terms[label * 3] += 1;
  return terms;
}

/** A metric, as Attune's statistics take it, over the items of {@link simulate}. */
export function metricOf(kind) {
  return {
    name: kind,
    unit: 'share',
    higherIsBetter: true,
    terms: (item) => item.terms,
    value: figures[kind].value,
  };
}

/**
 * Simulates a setting many times.
 *
 * @param statistics Attune's `estimateMetric`, `compareMetric`, `judge` and `randomStream`
 * @returns shares of rounds: intervals that hold the truth, and verdicts on equal systems
 */
export function measure(setting, { rounds, resamples, seed }, statistics) {
  const { estimateMetric, compareMetric, judge, randomStream } = statistics;
  const metric = metricOf(setting.kind);
  const { truth } = figures[setting.kind];
  const [better, worse] = setting.chances.map(truth);
  const count = { difference: 0, score: 0, verdicts: 0, found: 0 };
  const holds = ({ low, high }, value) => Number(low <= value && value <= high);
  for (let round = 0; round < rounds; round++) {
    const settings = { confidence: 0.95, resamples, seed: round };
    const random = randomStream(seed, JSON.stringify(setting), round);
    const [candidate, baseline] = simulate(setting, setting.chances, random);
    const compared = compareMetric(metric, candidate, baseline, settings);
    count.difference += holds(compared.interval, better - worse);
    count.found += Number(judge(compared, 0.95) === 'better');
    count.score += holds(estimateMetric(metric, candidate, settings).interval, better);
    const equal = simulate(setting, [setting.chances[0], setting.chances[0]], random);
    count.verdicts += Number(judge(compareMetric(metric, ...equal, settings), 0.95) !== 'cannot tell');
  }
  return Object.fromEntries(Object.entries(count).map(([name, hits]) => [name, hits / rounds]));
}
