/**
 * Reads reports and analyses as a reader does: with regular expressions of its own over the text. The names of rows and
 * columns are known, to see where they end; every figure comes from the text.
 * @module
 */
import type { StatementTable } from '../../tables/statement.js';

/** A figure that a text tells. */
export interface ReadFigure {
  /** Name of the row, in small letters. */
  row: string;
  /** `in 2019` or `under Adjustments`. */
  where: string;
  figure: string;
}

/** A computed number that a text states. */
export interface ReadNumber {
  /** What it is, for example `growth|sales|2018|2019`. */
  key: string;
  stated: string;
  /** The same number, recomputed from the figures of its sentence. */
  computed: number;
}

const F = String.raw`(-?\d+(?:\.\d+)?%?)`;
const Y = String.raw`(\d{4})`;
const N = String.raw`(?:[Tt]he )?<(\d+)>`;
const W = String.raw`([Ii]n \d{4}|[Uu]nder \[\d+\])`;
const up = ['rose', 'grew', 'increased', 'increase'];
const verbs = '(rose|grew|increased|fell|declined|decreased)';

const value = (text: string): number => Number(text.replace('%', ''));

/** Escapes a name for a regular expression. */
const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export class DocumentReader {
  readonly figures: ReadFigure[] = [];
  readonly numbers: ReadNumber[] = [];
  /** What is wrong with the text. */
  readonly faults: string[] = [];
  readonly unit: number;
  readonly #found: string[] = [];
  readonly #rows: string[];
  readonly #columns: string[];
  readonly #sections: string[];

  constructor(text: string, table: StatementTable) {
    const longestFirst = (names: (string | undefined)[]): string[] =>
      [...new Set(names.filter((name) => name !== undefined))].sort((a, b) => b.length - a.length);
    this.#rows = longestFirst(
      table.rows.flatMap(({ label, section }) => (section ? [`${label} (${section})`, label] : [label])),
    );
    this.#columns = longestFirst(table.columns.map(({ label }) => label));
    this.#sections = longestFirst(table.rows.map(({ section }) => section));
    const [title, ...lines] = text.split('\n') as [string, ...string[]];
    const scale = /(thousands|millions|billions) of/.exec(lines[0] ?? '')?.[1];
    this.unit = scale === 'thousands' ? 1e3 : scale === 'millions' ? 1e6 : scale === 'billions' ? 1e9 : 1;
    for (const line of lines) {
      if (title.startsWith('Report: ')) this.#readReport(line);
      else this.#readAnalysis(line);
    }
  }

  /** A question with names replaced by numbers, as `mask` does it; questions write names as the table does. */
  maskQuestion(question: string): string {
    return this.mask(question, 'g');
  }

  /** A text with names replaced by numbers: rows `<0>`, columns after `under` `[0]`; leads with sections go away. */
  mask(text: string, flags = 'gi'): string {
    let rest = text;
    for (const section of this.#sections) {
      for (const lead of [`Within ${section}, `, `Under the heading "${section}", `])
        rest = rest.replaceAll(lead, '');
    }
    const keep = (open: string, close: string) => (name: string) => {
      this.#found.push(name);
      return `${open}${this.#found.length - 1}${close}`;
    };
    const columns = this.#columns.map(literally).join('|');
    rest = rest.replace(new RegExp(`(?<=\\b[Uu]nder )(?:${columns})(?!\\w)`, 'g'), keep('[', ']'));
    const rows = this.#rows.map(literally).join('|');
    return rest.replace(new RegExp(`(?<![\\w\\[<])(?:${rows})(?![\\w\\]>])`, flags), keep('<', '>'));
  }

  /** The names back in a masked text. */
  unmask(text: string): string {
    return text.replace(/[<[](\d+)[>\]]/g, (_all, index) => this.#found[Number(index)]!);
  }

  name(index: string): string {
    return this.#found[Number(index)]!.toLowerCase();
  }

  find(row: string, where: string): string | undefined {
    return this.figures.find((one) => one.row === row && one.where === where)?.figure;
  }

  #tell(index: string, where: string, figure: string): void {
    const place = this.unmask(`${where[0]!.toLowerCase()}${where.slice(1)}`);
    this.figures.push({ row: this.name(index), where: place, figure });
  }

  #readReport(line: string): void {
    for (const sentence of this.mask(line).split(/\.(?: |$)/)) {
      const subject = /<(\d+)>/.exec(sentence)?.[1];
      if (subject === undefined || !/\d/.test(sentence.replace(/<\d+>/g, ''))) continue;
      const told = new Map<string, string>();
      for (const [, figure, where] of sentence.matchAll(
        new RegExp(`(?<![\\d.])${F} (in \\d{4}|under \\[\\d+\\])`, 'g'),
      ))
        told.set(where!, figure!);
      const same = new RegExp(`unchanged at ${F} in (\\d{4}(?:(?:, | and )\\d{4})+)`).exec(sentence);
      for (const [year] of (same?.[2] ?? '').matchAll(/\d{4}/g)) told.set(`in ${year}`, same![1]!);
      const opened = new RegExp(`[Ii]n ${Y}, ${N} (?:\\w+ ){1,2}${F},`).exec(sentence);
      if (opened) told.set(`in ${opened[1]}`, opened[3]!);
      for (const [where, figure] of told) this.#tell(subject, where, figure);
      if (told.size === 0) this.faults.push(`tells nothing: ${sentence}`);
      const numbers = sentence.replace(/[<[]\d+[>\]]/g, '').match(/-?\d+(?:\.\d+)?%?/g) ?? [];
      const spoken = new Set([...told].flatMap(([where, figure]) => [figure, where.slice(3)]));
      const gaps: string[] = (/reported for ([\d, and]+)$/.exec(sentence)?.[1] ?? '').match(/\d{4}/g) ?? [];
      const strange = numbers.filter((number) => !spoken.has(number) && !gaps.includes(number));
      if (strange.length > 0) this.faults.push(`${strange.join(', ')} not read: ${sentence}`);
      this.#checkVerb(sentence, told);
    }
  }

  #checkVerb(sentence: string, told: ReadonlyMap<string, string>): void {
    const verb = new RegExp(`<\\d+> ${verbs} (from|to) `).exec(sentence)?.[1];
    if (!verb) return;
    const [now, before] = [...told]
      .toSorted(([a], [b]) => Number(b.slice(3)) - Number(a.slice(3)))
      .map(([, figure]) => value(figure)) as [number, number];
    const right = up.includes(verb) ? now > before : now < before;
    if (!right || now <= 0 || before <= 0) this.faults.push(`wrong verb: ${this.unmask(sentence)}`);
  }

  #readAnalysis(line: string): void {
    const masked = this.mask(line);
    if (/^(?:Amounts are|All amounts are stated) in [a-zA-Z ]+(?:, except per share figures)?\.$/.test(line))
      return;
    const fits = this.#patterns.filter(([pattern, read]) => {
      const parts = new RegExp(`^${pattern}\\.$`).exec(masked);
      if (parts) read(...(parts.slice(1) as string[]));
      return parts;
    });
    if (fits.length !== 1) this.faults.push(`${fits.length} readings: ${masked}`);
  }

  #number(key: string, stated: string, computed: number): void {
    this.numbers.push({ key: this.unmask(key).toLowerCase(), stated, computed });
    if (Math.abs(value(stated) - computed) > 0.005 + 1e-9)
      this.faults.push(`${key}: ${stated}, not ${computed}`);
  }

  #growth(
    row: string,
    verb: string,
    percent: string,
    a: string,
    from: string,
    b: string,
    to: string,
    amount?: string,
  ): void {
    this.#tell(row, `in ${from}`, a);
    this.#tell(row, `in ${to}`, b);
    const sign = up.includes(verb) ? 1 : -1;
    this.#number(`growth|<${row}>|${from}|${to}`, percent, (sign * 100 * (value(b) - value(a))) / value(a));
    if (amount) this.#number(`amount|<${row}>|${from}|${to}`, amount, sign * (value(b) - value(a)));
  }

  #share(row: string, whole: string, where: string, percent: string, a: string, b: string): void {
    this.#tell(row, where, a);
    this.#tell(whole, where, b);
    this.#number(`share|<${row}>|<${whole}>|${where}`, percent, (100 * value(a)) / value(b));
  }

  #ratio(
    opinion: string | undefined,
    name: string,
    now: string,
    where: string,
    rows: [string, string],
    figures: string[],
  ): void {
    const [a, b, before, whereBefore, c, d] = figures as [string, string, ...string[]];
    const factor = now.endsWith('%') ? 100 : 1;
    this.#tell(rows[0], where, a);
    this.#tell(rows[1], where, b);
    this.#number(`${name}|${where}`, now, (factor * value(a)) / value(b));
    if (before === undefined) return;
    this.#tell(rows[0], whereBefore!, c!);
    this.#tell(rows[1], whereBefore!, d!);
    this.#number(`${name}|${whereBefore}`, before, (factor * value(c!)) / value(d!));
    const better = opinion === undefined ? undefined : /improved/.test(opinion);
    if (better !== undefined && better !== value(now) > value(before))
      this.faults.push(`wrong opinion: ${opinion}`);
  }

  readonly #patterns: [string, (...parts: string[]) => void][] = [
    [
      `(?:For )?${N}(?:, the figure)? ${verbs} by ${F} from ${F} in ${Y} to ${F} in ${Y}`,
      (n, v, p, a, y, b, z) => this.#growth(n!, v!, p!, a!, y!, b!, z!),
    ],
    [
      `In ${Y}, ${N} ${verbs} by ${F} to ${F}, from ${F} in ${Y}`,
      (z, n, v, p, b, a, y) => this.#growth(n!, v!, p!, a!, y!, b!, z!),
    ],
    [
      `${N} ${verbs} from ${F} in ${Y} to ${F} in ${Y}, an? (increase|decrease) of (?:${F}, or )?${F}`,
      (n, v, a, y, b, z, noun, amount, p) => {
        if (up.includes(v!) !== up.includes(noun!)) this.faults.push(`${v} and ${noun}`);
        this.#growth(n!, v!, p!, a!, y!, b!, z!, amount);
      },
    ],
    [
      `For ${N}, the figure went from ${F} in ${Y} to ${F} in ${Y}, a change of ${F}`,
      (n, a, y, b, z, change) => {
        this.#tell(n!, `in ${y}`, a!);
        this.#tell(n!, `in ${z}`, b!);
        this.#number(`change|<${n}>|${y}|${z}`, change!, value(b!) - value(a!));
      },
    ],
    [
      `${N} (rose|fell) by ${F} percentage points?, from ${F} in ${Y} to ${F} in ${Y}`,
      (n, v, points, a, y, b, z) => {
        this.#tell(n!, `in ${y}`, a!);
        this.#tell(n!, `in ${z}`, b!);
        this.#number(`points|<${n}>|${y}|${z}`, points!, (v === 'rose' ? 1 : -1) * (value(b!) - value(a!)));
      },
    ],
    [
      `${N} (rose|fell) throughout, from ${F} in ${Y} to ${F} in ${Y} and ${F} in ${Y}, an? (increase|decrease) of ${F} over the whole period`,
      (n, v, a, x, b, y, c, z, noun, p) => {
        this.#tell(n!, `in ${y}`, b!);
        const [first, second, third] = [value(a!), value(b!), value(c!)];
        const right = v === 'rose' ? first < second && second < third : first > second && second > third;
        if (!right || (v === 'rose') !== (noun === 'increase')) this.faults.push(`no trend: ${a} ${b} ${c}`);
        this.#growth(n!, v!, p!, a!, x!, c!, z!);
      },
    ],
    [
      `${N} of ${F} made up ${F} of ${N} of ${F} ${W}`,
      (n, a, p, m, b, w) => this.#share(n!, m!, w!, p!, a!, b!),
    ],
    [
      `${W}, ${N} accounted for ${F} of ${N} \\(${F} of ${F}\\)`,
      (w, n, p, m, a, b) => this.#share(n!, m!, w!, p!, a!, b!),
    ],
    [
      `${N} represented ${F} of ${N} ${W}, or ${F} of ${F}`,
      (n, p, m, w, a, b) => this.#share(n!, m!, w!, p!, a!, b!),
    ],
    [
      `${W}, ${F} for ${N} made up ${F} of ${N} of ${F}`,
      (w, a, n, p, m, b) => this.#share(n!, m!, w!, p!, a!, b!),
    ],
    [
      `The two largest items, ${N} \\(${F}\\) and ${N} \\(${F}\\), together made up ${F} of ${N} of ${F} ${W}`,
      (n, a, m, b, p, t, c, w) => {
        this.#tell(n!, w!, a!);
        this.#tell(m!, w!, b!);
        this.#tell(t!, w!, c!);
        this.#number(`largest|<${t}>|${w}`, p!, (100 * (value(a!) + value(b!))) / value(c!));
      },
    ],
    [
      `(?:(\\w+ (?:improved|weakened)): )?([Tt]he .+?|[A-Z].+?|<\\d+>.*?) was ${F} ${W} \\(${N} of ${F} over ${N} of ${F}\\)(?:, compared with ${F} ${W} \\(${F} over ${F}\\))?`,
      (opinion, name, now, w, n, a, m, b, ...before) =>
        this.#ratio(opinion, name!, now!, w!, [n!, m!], [a!, b!, ...before]),
    ],
    [
      `(?:Working capital|<\\d+>) was ${F} ${W}, with ${N} of ${F} less ${N} of ${F}`,
      (now, w, n, a, m, b) => {
        this.#tell(n!, w!, a!);
        this.#tell(m!, w!, b!);
        this.#number(`working capital|${w}`, now!, value(a!) - value(b!));
      },
    ],
    [
      `For ${N}, the figure of ${F} ${W} is ${F}(?: percentage points?)? above that of ${F} ${W}`,
      (n, a, w, difference, b, u) => {
        this.#tell(n!, w!, a!);
        this.#tell(n!, u!, b!);
        this.#number(`difference|<${n}>|${w}|${u}`, difference!, value(a!) - value(b!));
      },
    ],
  ];
}
