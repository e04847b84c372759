/**
 * Quantities, numbers with their units, in an answer.
 * @module
 */
import { calculate } from '../../../data/calculator.js';
import type { Unit } from './dimensions.js';
import { readUnit } from './parse-unit.js';

/** A number with its unit. */
export interface Quantity {
  /** In coherent SI units. */
  value: number;
  /** Half a unit of the last digit as written, in coherent SI units; 0 where it was calculated. */
  resolution: number;
  unit: Unit;
}

/** Characters of an answer that are looked at. */
const readLength = 5000;
/** A number, or an expression of numbers, with no letters in it. */
const stretch = /(?<![\p{L}\d.,_^])[-−–(]{0,6}\d[\d.,+*/×÷()−–\s-]{0,400}/gu;
const superscript = '[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}';
/** `× 10^-27`, `x 10⁻²⁷`, `e-27`; a power that lost its place (`× 10-27`) behind a cross only, as `5 * 10-3` is a calculation. */
const scientific = new RegExp(
  `^([-−–]?\\d[\\d,]{0,30}(?:\\.\\d{1,30})?)(?:\\s?[×x*·⋅]\\s?10(?:\\s?(?:\\^|\\*\\*)\\s?[({]?([-−–]?\\d{1,3})[)}]?|(${superscript}))|\\s?[×x]\\s?10([-−–]\\d{1,3})|[eE]([-+]?\\d{1,3}))(?!\\d)`,
  'u',
);
const figure = /^[-−–]?\d[\d,]{0,30}(?:\.(\d{1,30}))?$/;

/** The quantities of a text, in order. */
export function quantitiesIn(text: string): Quantity[] {
  const read = text
    .slice(0, readLength)
    .replaceAll('**', '')
    // LaTeX: \\, is a thin blank, \\text{...} and \\mathrm{...} are their content, ^{3} is ^3.
    .replace(/\\[,;: ]/g, ' ')
    .replace(/\^\{(-?\d{1,3})\}/g, '^$1')
    .replace(/\\(?:text|mathrm|rm|textrm)\s?\{([^{}]{0,60})\}/g, '$1')
    .replaceAll('\\', '')
    .replaceAll('$', '')
    .replace(/\bminus (?=\d)/gi, '-')
    // Thousands set apart by narrow blanks, or by plain ones: 299 792 458.
    .replace(/(?<![\d.,]|\d\s)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3}){1,4}(?![\d])/g, (number) =>
      number.replace(/\s/g, ''),
    );
  const found: Quantity[] = [];
  stretch.lastIndex = 0;
  for (let match = stretch.exec(read); match; match = stretch.exec(read)) {
    // The bracket of "(12 kg)" belongs to the sentence.
    const bracket = /^\(+/.exec(match[0])?.[0].length ?? 0;
    const number =
      numberAt(read, match.index, match[0]) ??
      (bracket > 0 ? numberAt(read, match.index + bracket, match[0].slice(bracket)) : undefined);
    if (!number) continue;
    const unit = readUnit(read.slice(number.end).replace(/^[ \u00a0\u202f]{1,2}|^-(?=[A-Za-z])/, ''));
    stretch.lastIndex = Math.max(number.end, match.index + 1);
    if (
      unit &&
      !/^[\p{L}\d]/u.test(
        read
          .slice(number.end)
          .replace(/^[ \u00a0\u202f-]{1,2}/, '')
          .slice(unit.length),
      )
    )
      found.push(inSi(number, unit.unit));
  }
  return found;
}

interface ReadNumber {
  value: number;
  resolution: number;
  end: number;
}

function numberAt(text: string, start: number, run: string): ReadNumber | undefined {
  const exponent = scientific.exec(text.slice(start, start + 100));
  if (exponent) {
    const size = 10 ** powerOf(exponent.slice(2).find((one) => one !== undefined)!);
    const plain = plainNumber(exponent[1]!);
    return {
      value: plain.value * size,
      resolution: plain.resolution * size,
      end: start + exponent[0].length,
    };
  }
  // Of "12 " and "5.2 * 1000 / (" the longest part that can be read.
  for (let part = run; part !== ''; part = part.slice(0, -1).replace(/[^\d)]+$/, '')) {
    const trimmed = part.trimEnd().replace(/[.,]$/, '');
    const end = start + trimmed.length;
    if (figure.test(trimmed)) return { ...plainNumber(trimmed), end };
    try {
      return { value: calculate(trimmed), resolution: 0, end };
    } catch {
      if (part.length > 200) return undefined;
    }
  }
  return undefined;
}

function plainNumber(written: string): { value: number; resolution: number } {
  const decimals = figure.exec(written)?.[1]?.length ?? 0;
  return {
    value: Number(written.replaceAll(',', '').replace(/[−–]/, '-')),
    resolution: 0.5 * 10 ** -decimals,
  };
}

function powerOf(written: string): number {
  const plain = [...written].map((sign) => {
    const index = '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(sign);
    return index >= 0 ? String(index) : /[⁻−–]/.test(sign) ? '-' : sign;
  });
  return Number(plain.join(''));
}

function inSi({ value, resolution }: ReadNumber, unit: Unit): Quantity {
  return { value: value * unit.size + unit.offset, resolution: resolution * unit.size, unit };
}
