/**
 * Draws other values for figures, so that everything that the old ones proved about each other stays true.
 * @module
 */
import type { RandomStream } from '../../random.js';
import { isYear, wholeDigits } from './figures.js';
import type { Relation, Term } from './relations.js';

/** A figure that may change; all of its occurrences change together. */
export interface Variable {
  key: string;
  /** Without its sign. */
  value: number;
  /** Fewest decimals among its occurrences: a new value is written with no more. */
  decimals: number;
  percent: boolean;
  /** Years and zeros keep their value. */
  fixed: boolean;
}

const attempts = 24;

/**
 * New values by key, or undefined where none were found that keep the relations, the signs and the numbers of digits.
 * No two figures become one.
 *
 * @param keepOrder whether the larger of two figures has to stay the larger one, as words like `rose` may rely on it
 */
export function drawValues(
  variables: ReadonlyMap<string, Variable>,
  relations: readonly Relation[],
  random: RandomStream,
  keepOrder: boolean,
): Map<string, number> | undefined {
  const order = solvingOrder(relations);
  if (!order) return undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const width = (keepOrder ? 0.06 : 0.3) / (1 + attempt / 4);
    const common = 1 + (random.next() * 2 - 1) * (attempt < attempts / 2 ? 0.2 : 0.08);
    const values = new Map<string, number>();
    for (const variable of variables.values()) {
      if (order.dependent.has(variable.key) && !variable.fixed) continue;
      values.set(variable.key, variable.fixed ? variable.value : drawn(variable, common, width, random));
    }
    const solved = order.relations.every((relation) => solve(relation, values, variables));
    if (solved && isGood(values, variables, relations, keepOrder)) return values;
  }
  return undefined;
}

function drawn(
  { value, decimals, percent }: Variable,
  common: number,
  width: number,
  random: RandomStream,
): number {
  const unit = 10 ** -decimals;
  const digits = wholeDigits(value);
  const low = digits === 0 ? unit : Math.max(10 ** (digits - 1), unit);
  const high = 10 ** digits - unit;
  // Small whole numbers would seldom move by a share of themselves.
  const reach = Math.max(width * value, 2 * unit);
  const centre = percent ? value : value * common;
  const [from, to] = [Math.max(low, centre - reach), Math.min(high, centre + reach)];
  return Number((from < to ? from + random.next() * (to - from) : value).toFixed(decimals));
}

/** Relations in the order in which their targets can be computed; undefined where they go round in a circle. */
function solvingOrder(
  relations: readonly Relation[],
): { relations: Relation[]; dependent: Set<string> } | undefined {
  const dependent = new Set(relations.map(({ target }) => target.key));
  const open = new Set(dependent);
  let waiting = [...relations];
  const order: Relation[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ inputs }) => inputs.every(({ key }) => !open.has(key)));
    if (ready.length === 0) return undefined;
    order.push(...ready);
    for (const { target } of ready) open.delete(target.key);
    waiting = waiting.filter((relation) => !ready.includes(relation));
  }
  return { relations: order, dependent };
}

const signed = ({ key, sign }: Term, values: ReadonlyMap<string, number>): number => sign * values.get(key)!;

function solve(
  { target, inputs, value }: Relation,
  values: Map<string, number>,
  variables: ReadonlyMap<string, Variable>,
): boolean {
  const variable = variables.get(target.key)!;
  const result = value(inputs.map((input) => signed(input, values)));
  const size = Number((target.sign * result).toFixed(variable.decimals));
  if (!Number.isFinite(size)) return false;
  const known = values.get(target.key);
  if (known === undefined) values.set(target.key, size);
  // Known already: by another relation or because it may not change.
  else if (known !== size) return false;
  return true;
}

function isGood(
  values: ReadonlyMap<string, number>,
  variables: ReadonlyMap<string, Variable>,
  relations: readonly Relation[],
  keepOrder: boolean,
): boolean {
  const seen = new Set<string>();
  let moved = false;
  for (const { key, value, decimals, percent, fixed } of variables.values()) {
    const changed = values.get(key)!;
    const name = `${changed}${percent ? '%' : ''}`;
    if (seen.has(name)) return false;
    seen.add(name);
    if (fixed) continue;
    if (changed <= 0 || wholeDigits(changed) !== wholeDigits(value)) return false;
    if (!percent && decimals === 0 && isYear(String(changed))) return false;
    moved ||= changed !== value;
  }
  if (!moved) return false;
  const holds = relations.every(
    ({ target, inputs, value, slack = 0.501 * 10 ** -variables.get(target.key)!.decimals }) => {
      return Math.abs(value(inputs.map((input) => signed(input, values))) - signed(target, values)) <= slack;
    },
  );
  return holds && (!keepOrder || sameOrder(values, variables));
}

function sameOrder(values: ReadonlyMap<string, number>, variables: ReadonlyMap<string, Variable>): boolean {
  return [true, false].every((percent) => {
    const sorted = [...variables.values()]
      .filter((variable) => variable.percent === percent)
      .toSorted((a, b) => a.value - b.value)
      .map(({ key }) => values.get(key)!);
    return sorted.every((value, at) => at === 0 || sorted[at - 1]! < value);
  });
}
