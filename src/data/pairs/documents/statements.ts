/**
 * Sentences that state figures: who or what, how much, when, and how it changed.
 * @module
 */
import { findFigures, type TextFigure } from '../checks/figures.js';
import { type Period, readPeriods } from './periods.js';
import { readSubject, type Subject } from './subject.js';

/** A figure with the period that it holds for. */
export interface StatedValue {
  /** As it stands in the sentence, with its unit: `$4.2 billion`, `8,900 employees`. */
  text: string;
  figure: TextFigure;
  period?: Period;
  /** Whether the sentence calls it approximate. */
  approximate: boolean;
}

/** What a sentence states. */
export interface Statement {
  subject: Subject;
  /** `was`, `were`, `is` or `are`, where the sentence uses it. */
  be?: string;
  /** The figure that the sentence is about first, then those that it is compared with. */
  values: StatedValue[];
  change?: { direction: 'increase' | 'decrease'; percent?: string; amount?: string };
  sentence: string;
}

const verbs =
  /\b(?<be>was|were|is|are)\b|\b(?<level>totall?ed|amounted\sto|reached|came\sto|stood\sat)\b|\b(?<change>increased|decreased|rose|fell|grew|declined|improved|dropped)\b/i;
const downwards = /^(?:decreased|fell|declined|dropped)$/i;
const roughly = /\s*(?:approximately|about|nearly|roughly|around|over|almost|up to|more than|less than)\s+/iy;
const unitNoun =
  /^\s(?:basis points|bps|percentage points|(?:full-time |part-time )?(?:employees|associates)|shares|stores|restaurants|months|years|days|weeks|hours|customers|members|units|countries|locations|vessels|patients|participants|square feet|per\s(?:(?:common|diluted|basic|ordinary)\s)?share|per\s(?:diluted|basic)\s(?:common\s)?share)\b/i;
/** What may follow a figure without changing what it says. */
const boundary =
  /^(?:\s*$|\s*[.;)]|,\s|\s\(|\s(?:and|or|but|compared|versus|vs\.?|from|to|in|for|during|at|as|on|over|primarily|mainly|due|driven|reflecting|because|while|which|with|after|before|when|representing)\b)/i;

/** The statements of a sentence, at most one: what its first verb says about what stands before it. */
export function readStatement(sentence: string, passage: string): Statement | undefined {
  const text = sentence.replace(/\s+/g, ' ');
  if (text.length > 600) return undefined;
  const verb = verbs.exec(text);
  if (!verb) return undefined;
  const subject = readSubject(text.slice(0, verb.index), passage);
  if (!subject) return undefined;
  const after = verb.index + verb[0].length;
  const reader = new ValueReader(text);
  const parts = verb.groups!;
  if (parts.change) {
    const direction = downwards.test(parts.change) ? 'decrease' : 'increase';
    return readChange(reader, after, { subject, direction, sentence: text });
  }
  const values = reader.list(after);
  if (!values) return undefined;
  const compared = reader.compared(values.end, values.items[0]!);
  const all =
    subject.period && !values.items[0]!.period && values.items.length === 1
      ? [{ ...values.items[0]!, period: subject.period }]
      : values.items;
  return {
    subject,
    ...(parts.be ? { be: parts.be.toLowerCase() } : {}),
    values: compared ? [...all, compared] : all,
    sentence: text,
  };
}

function readChange(
  reader: ValueReader,
  after: number,
  context: { subject: Subject; direction: 'increase' | 'decrease'; sentence: string },
): Statement | undefined {
  const { subject, direction, sentence } = context;
  let at = after;
  const change: NonNullable<Statement['change']> = { direction };
  const by = reader.skip(at, /\s+by(?=\s)/iy);
  // `increased 12.3% to`, `increased by $2 million, or 8%, to`
  for (const separator of [undefined, /,?\s+(?:\(|or\s+)/iy]) {
    const start = separator ? reader.skip(at, separator) : by;
    if (separator && start === at) break;
    const value = reader.value(start);
    if (!value || (value.figure.year && !value.figure.currency)) break;
    if (value.figure.percent) change.percent ??= value.text;
    else change.amount ??= value.text;
    at = reader.skip(value.end, /\)/y);
    at = reader.skip(at, /,(?=\s+(?:or|to|from)\b)/y);
  }
  const values: StatedValue[] = [];
  const early = readPeriods(reader.text, at + 1);
  if (early?.periods.length === 1) at = early.end;
  let origin: (StatedValue & { end: number }) | undefined;
  const from = reader.skip(at, /,?\s+from(?=\s)/iy);
  if (from > at) {
    origin = reader.dated(from);
    at = origin?.end ?? at;
  }
  const to = reader.skip(at, /,?\s+to(?=\s)/iy);
  if (to > at) {
    const reached = reader.dated(to);
    if (reached) {
      values.push({ ...reached, period: reached.period ?? early?.periods[0] ?? subject.period });
      at = reached.end;
      origin ??= reader.compared(at, reached);
    }
  }
  if (values[0] && origin && comparable(values[0].figure, origin.figure)) values.push(origin);
  if (values.length === 0 && !change.percent && !change.amount) return undefined;
  const period = values[0]?.period ?? early?.periods[0] ?? subject.period;
  return {
    subject: period && !subject.period ? { ...subject, period } : subject,
    values,
    change,
    sentence,
  };
}

/** Whether two figures count the same thing in the same unit. */
export function comparable(a: TextFigure, b: TextFigure): boolean {
  return a.percent === b.percent && a.currency === b.currency && a.scale === b.scale;
}

/** Reads figures at given places of one sentence. */
class ValueReader {
  readonly text: string;
  readonly #figures: Map<number, TextFigure>;

  constructor(text: string) {
    this.text = text;
    this.#figures = new Map(findFigures(text).map((figure) => [figure.start, figure]));
  }

  /** Where `pattern` (sticky) ends, or `at` where it does not match. */
  skip(at: number, pattern: RegExp): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : at;
  }

  /** The figure that begins at `at`, white space left aside. */
  value(at: number): (StatedValue & { end: number }) | undefined {
    const rough = this.skip(at, roughly);
    const start = rough > at ? rough : this.skip(at, /\s+/y);
    const figure = this.#figures.get(start);
    if (!figure) return undefined;
    const noun = unitNoun.exec(this.text.slice(figure.end, figure.end + 60))?.[0] ?? '';
    const end = figure.end + noun.length;
    if (!boundary.test(this.text.slice(end, end + 20))) return undefined;
    // A number without any unit may be a note, a year or half a date.
    const bare = !figure.currency && !figure.percent && figure.scale === 1 && noun === '';
    if (bare && (figure.year || figure.value < 100)) return undefined;
    const from = rough > at ? this.skip(at, /\s+/y) : start;
    return {
      text: this.text.slice(from, end),
      figure: { ...figure, text: this.text.slice(figure.start, figure.end) },
      approximate: rough > at,
      end,
    };
  }

  /** A figure with the period after it. */
  dated(at: number): (StatedValue & { end: number }) | undefined {
    const value = this.value(at);
    if (!value) return undefined;
    const periods = readPeriods(this.text, this.skip(value.end, /,?\s/y));
    return periods?.periods.length === 1
      ? { ...value, period: periods.periods[0]!, end: periods.end }
      : value;
  }

  /** `F1`, or `F1, F2 and F3 in 2019, 2018 and 2017, respectively`. */
  list(at: number): { items: StatedValue[]; end: number } | undefined {
    const first = this.dated(at);
    if (!first) return undefined;
    const items: StatedValue[] = [first];
    let { end } = first;
    if (first.period) {
      // `F1 in P1 and F2 in P2`
      const and = this.skip(end, /,?\s+and(?=\s)/y);
      const other = and > end ? this.dated(and) : undefined;
      if (!other?.period || !comparable(other.figure, first.figure)) return { items, end };
      return { items: [first, other], end: other.end };
    }
    for (;;) {
      const next = this.skip(end, /,\s+and(?=\s)|,(?=\s)|\s+and(?=\s)/y);
      const value = next > end ? this.value(next) : undefined;
      if (!value) break;
      items.push(value);
      end = value.end;
    }
    if (items.length === 1) return { items, end };
    const periods = readPeriods(this.text, this.skip(end, /,?\s/y));
    // Without as many periods as figures nobody knows which figure is meant.
    if (!periods || periods.periods.length !== items.length) return undefined;
    if (items.some(({ figure }) => !comparable(figure, first.figure))) return undefined;
    return {
      items: items.map((item, index) => ({ ...item, period: periods.periods[index]! })),
      end: periods.end,
    };
  }

  /** `compared to F in P` after a value. */
  compared(at: number, value: StatedValue): (StatedValue & { end: number }) | undefined {
    const next = this.skip(at, /,?\s+(?:as\s+)?(?:compared\s+(?:to|with)|versus|vs\.?|from)(?=\s)/iy);
    const other = next > at ? this.dated(next) : undefined;
    return other && comparable(other.figure, value.figure) ? other : undefined;
  }
}
