/**
 * Reads a unit as it stands behind a number: `kg/m3`, `J mol^-1 K^-1`, `metres per second`.
 * @module
 */
import { type Unit, unitNamed } from './dimensions.js';

const superscripts = new Map([...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, index) => [sign, '-0123456789'[index]!]));

/** A unit with what it was read from. */
export interface ReadUnit {
  unit: Unit;
  /** Characters from the beginning of the text. */
  length: number;
}

const longest = 120;
const symbol = /^(?:°\s?[CF]|[℃℉]|[Ωµμ]?[A-Za-zΩÅåö]+)/u;

/**
 * The longest unit at the beginning of a text; undefined where there is none. Divisions hold for the factor behind them, or for all in
 * brackets; words after `per` are divided by, `square` and `cubic` raise what follows.
 */
export function readUnit(text: string): ReadUnit | undefined {
  const source = text
    .slice(0, longest)
    .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (sign) => superscripts.get(sign)!)
    .replace(/[−–]/g, '-');
  const reader = { source, at: 0 };
  const unit = product(reader, 0);
  return unit && { unit, length: reader.at };
}

interface Reader {
  readonly source: string;
  at: number;
}

function product(reader: Reader, depth: number): Unit | undefined {
  let found = factor(reader, depth);
  if (!found) return undefined;
  let divided = false;
  for (;;) {
    const before = reader.at;
    const rest = reader.source.slice(reader.at);
    const link = /^(?:\s?(?:\/|per\b)\s?|\s?[·⋅×*]\s?|\s|(?=\())/u.exec(rest)?.[0];
    if (link === undefined || found.offset !== 0) return found;
    reader.at += link.length;
    const next = factor(reader, depth);
    // J/mol·K is J/(mol·K) to whoever writes it so; with an exponent the factor says itself where it stands.
    if (/\/|per/.test(link)) divided = true;
    const dot = /[·⋅]/.test(link);
    const divides =
      /\/|per/.test(link) || (dot && divided && !/-/.test(reader.source.slice(before, reader.at)));
    // A word behind a blank that happens to be a unit ("5 m in all") belongs to it only with an exponent, or between symbols.
    if (next?.offset !== 0 || (link === ' ' && !belongs(reader.source.slice(before, reader.at)))) {
      reader.at = before;
      return found;
    }
    found = times(found, next, divides ? -1 : 1);
  }
}

/** Whether a factor behind a blank is a unit and no word: `mol-1`, `K^-1`, `m`. */
const belongs = (written: string): boolean =>
  /-?\d$/.test(written) ||
  /^\s(?:m|s|kg|mol|K|Pa|N|J|W|V|A|cm|mm|Hz|metres?|meters?|seconds?|hours?)$/.test(written);

function factor(reader: Reader, depth: number): Unit | undefined {
  const rest = reader.source.slice(reader.at);
  if (rest.startsWith('(') && depth < 3) {
    const start = reader.at;
    reader.at++;
    const inside = product(reader, depth + 1);
    if (!inside || reader.source[reader.at] !== ')') {
      reader.at = start;
      return undefined;
    }
    reader.at++;
    return raised(inside, exponent(reader) ?? 1);
  }
  const power = /^(square|cubic)\s/i.exec(rest);
  const start = reader.at;
  if (power) reader.at += power[0].length;
  const unit = named(reader);
  if (!unit) {
    reader.at = start;
    return undefined;
  }
  if (power) return raised(unit, power[1]!.toLowerCase() === 'square' ? 2 : 3);
  const behind = /^\s(squared|cubed)\b/i.exec(reader.source.slice(reader.at));
  if (behind) {
    reader.at += behind[0].length;
    return raised(unit, behind[1]!.toLowerCase() === 'squared' ? 2 : 3);
  }
  return raised(unit, exponent(reader) ?? 1);
}

function named(reader: Reader): Unit | undefined {
  const rest = reader.source.slice(reader.at);
  const degrees = /^degrees? (?:celsius|centigrade|fahrenheit|kelvin)\b/i.exec(rest)?.[0];
  const found = degrees ?? symbol.exec(rest)?.[0];
  // "12 in the room": the preposition, not the inch.
  const isWord = found === 'in' && /^in\s\p{Ll}/u.test(rest);
  const unit = found === undefined || isWord ? undefined : unitNamed(found.replace(/^°\s/, '°'));
  if (!unit) return undefined;
  reader.at += found!.length;
  return unit;
}

function exponent(reader: Reader): number | undefined {
  const found = /^(?:\^|\*\*)?\s?(?:\((-?\d)\)|(-?\d))(?!\d|\.\d)/.exec(reader.source.slice(reader.at));
  if (!found || /^\s/.test(found[0])) return undefined;
  reader.at += found[0].length;
  return Number(found[1] ?? found[2]);
}

function raised(unit: Unit, power: number): Unit {
  if (power === 1) return unit;
  return {
    dimension: unit.dimension.map((one) => one * power) as unknown as Unit['dimension'],
    size: unit.size ** power,
    offset: 0,
  };
}

function times(a: Unit, b: Unit, power: 1 | -1): Unit {
  return {
    dimension: a.dimension.map(
      (one, index) => one + power * b.dimension[index]!,
    ) as unknown as Unit['dimension'],
    size: a.size * b.size ** power,
    offset: 0,
  };
}
