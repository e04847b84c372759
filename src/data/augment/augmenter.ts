/**
 * Augmentation: further training items made from those that are there, each with the answer that follows.
 * @module
 */
import { type RandomStream, randomStream } from '../../random.js';
import { type AugmentMethod, type AugmentSettings, augmentMethods } from '../../recipe/data/augment.js';
import type { Item } from '../item.js';
import type { Step, StepSample } from '../step.js';
import { addDistractor, askElsewhere, Donors } from './donors.js';
import { swapEntities } from './entities.js';
import { type Change, type Exchange, exchangeMessages, readExchange } from './exchange.js';
import { reformat } from './formats.js';
import { changeNumbers } from './numbers.js';
import { paraphrase } from './paraphrases.js';

type Method = (item: Item, exchange: Exchange, random: RandomStream, donors: Donors) => Change | undefined;

const methods: Record<AugmentMethod, Method> = {
  paraphrase,
  numbers: changeNumbers,
  entities: swapEntities,
  distractor: addDistractor,
  unanswerable: askElsewhere,
  format: reformat,
};

/** Samples of each method that an outcome holds. */
const samplesOfEach = 3;

/**
 * The step `augment`. An item of one question and one answer in the chosen splits gets up to `max_per_parent` children,
 * which stand directly behind it, until `max_share` of the batch's items in these splits are augmented. Which items come
 * first, and which methods, is drawn by the seed. A child has its parent's group, split, licence, source and origin, and
 * is never equal to its parent or a sibling. Everything else passes through.
 *
 * Contexts are lent among the items of a batch only, so batches should be mixed and not too small.
 */
export function createAugmenter(settings: AugmentSettings, options: { seed: number }): Step {
  return async (items) => {
    const counts: Record<string, number> = {};
    const samples: StepSample[] = [];
    if (!settings.enabled) return { items, removed: [], counts, samples };
    const eligible = items.filter(
      ({ split, parent }) => split !== undefined && settings.splits.includes(split) && parent === undefined,
    );
    const most = Math.floor((eligible.length * settings.max_share) / (1 - settings.max_share) + 1e-9);
    const donors = new Donors(eligible);
    const children = new Map<Item, Item[]>();
    let made = 0;
    for (const parent of inDrawnOrder(eligible, options.seed)) {
      if (made >= most) break;
      const born = childrenOf(parent, settings, options.seed, donors, most - made);
      if (born.length > 0)
        children.set(
          parent,
          born.map(({ child }) => child),
        );
      made += born.length;
      for (const { child, method } of born) {
        const count = (counts[method] ?? 0) + 1;
        counts[method] = count;
        if (count > samplesOfEach) continue;
        samples.push({ rule: method, id: child.id, before: sampleText(parent), after: sampleText(child) });
      }
    }
    return {
      items: items.flatMap((item) => [item, ...(children.get(item) ?? [])]),
      removed: [],
      counts,
      samples,
    };
  };
}

/** Drawn by the id alone, so that an item's place in its batch does not matter. */
function inDrawnOrder(items: readonly Item[], seed: number): Item[] {
  return items
    .map((item) => ({ item, key: randomStream(seed, 'augment', 'order', item.id).next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function childrenOf(
  parent: Item,
  settings: AugmentSettings,
  seed: number,
  donors: Donors,
  most: number,
): { child: Item; method: AugmentMethod }[] {
  const exchange = readExchange(parent);
  if (!exchange) return [];
  const born: { child: Item; method: AugmentMethod }[] = [];
  const seen = new Set([JSON.stringify(parent.messages)]);
  const limit = Math.min(settings.max_per_parent, most);
  const random = randomStream(seed, 'augment', 'methods', parent.id);
  const chosen = random.shuffle(augmentMethods.filter((method) => random.next() < settings[method]));
  for (let round = 1; born.length < limit && round <= settings.max_per_parent; round++) {
    for (const method of chosen) {
      if (born.length >= limit) break;
      const own = randomStream(seed, 'augment', method, round, parent.id);
      const change = methods[method](parent, exchange, own, donors);
      if (!change) continue;
      const messages = exchangeMessages(change.exchange);
      const key = JSON.stringify(messages);
      if (seen.has(key)) continue;
      seen.add(key);
      born.push({ child: childOf(parent, method, round, change), method });
    }
  }
  return born;
}

function childOf(parent: Item, method: AugmentMethod, round: number, change: Change): Item {
  const { scores: _measured, ...inherited } = parent;
  const child: Item = {
    ...inherited,
    id: `${parent.id}~${method}${round}`,
    parent: parent.id,
    messages: exchangeMessages(change.exchange),
    steps: [...parent.steps, { step: 'augment', note: `${method}: ${change.note}` }],
  };
  if (parent.context !== undefined) child.context = change.exchange.context;
  if (change.task !== undefined) child.task = change.task;
  for (const field of ['answer', 'derivation'] as const) {
    const value = change[field];
    if (value === null) delete child[field];
    else if (value !== undefined) child[field] = value;
  }
  return child;
}

function sampleText({ messages }: Item): string {
  return (messages ?? [])
    .flatMap(({ role, content }) => (role === 'system' ? [] : `${role}: ${content}`))
    .join('\n\n');
}
