/**
 * What stands around a value: the label before it, the heading of its column, figures beside it.
 * @module
 */

/** Characters before a value in which its label is looked for. */
const labelReach = 64;
/** Lines that a table's heading is looked for upwards. */
const tableReach = 2000;

/** Labels of numbers that belong to things, not to persons. */
const thingLabel =
  /(?<![a-z])(?:eur|chf|usd|gbp|invoices?|inv|orders?|purchase order|po|parts?|products?|items?|sku|model|serial|s\/n|batch|lot|ref(?:erence)?|tracking|ticket|case|docket|file|policy|contract|account|acct|a\/c|cusip|isin|issn|isbn|ein|imei|upc|ean|gtin|vin|doi|pmid|cik|commission|registration|patent|grant|trial|protocol|catalog(?:ue)?|version|rechnung(?:s-?(?:nummer|nr))?|auftrag(?:s-?(?:nummer|nr))?|bestell(?:ung|-?nr|nummer)?|artikel(?:-?nr|nummer)?|kunden-?(?:nr|nummer)|vertrag(?:s-?(?:nummer|nr))?|konto(?:-?nr|nummer)?|aktenzeichen|az|ust-?id(?:nr)?|facture|commande|r[ée]f[ée]rence|contrat|compte|devis|factura|pedido|contrato|cuenta|fattura|ordine|contratto|conto|factuur|bestelling|klantnummer|dossier|siren|siret)(?![a-z])/gi;

/** What may stand between a thing's label and its number. */
const joining =
  /^(?:[^A-Za-zÀ-ÿ0-9|\t]|(?<![A-Za-zÀ-ÿ])(?:no|nos|nr|number|numbers|nummer|num|n[°ºo]?|id|code|ref|reference|is|was|file|num[ée]ro|número|numero|card|balance|closing)(?![A-Za-zÀ-ÿ]))*$/i;

/** Where the last match of a global pattern ends, or -1. */
function lastMatch(pattern: RegExp, text: string): number {
  let end = -1;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    if (match[0] === '') pattern.lastIndex++;
  }
  return end;
}

/** The surroundings of values in one text. */
export class Surroundings {
  /** First line of the table that a line belongs to, by the line's start. */
  readonly #heads = new Map<number, number>();

  constructor(readonly text: string) {}

  /** What stands before `at` in its paragraph, at most `reach` characters. */
  before(at: number, reach = labelReach): string {
    const piece = this.text.slice(Math.max(0, at - reach), at);
    const paragraph = piece.lastIndexOf('\n\n');
    return paragraph < 0 ? piece : piece.slice(paragraph + 2);
  }

  /** What stands behind `at` on its line, at most `reach` characters. */
  after(at: number, reach = 24): string {
    const piece = this.text.slice(at, at + reach);
    const line = piece.indexOf('\n');
    return line < 0 ? piece : piece.slice(0, line);
  }

  /**
   * Whether the value is labelled so: the label stands before it and nearer than any label of a thing, or right
   * behind it, or at the head of its column.
   *
   * @param label global, as {@link thingLabel} is
   */
  labelled(start: number, end: number, label: RegExp): boolean {
    const head = this.columnHead(start);
    const lines = this.before(start);
    // Below a heading the lines above belong to other values.
    const before = head === '' ? lines : lines.slice(lines.lastIndexOf('\n') + 1);
    const own = lastMatch(label, before);
    if (own >= 0 && own >= lastMatch(thingLabel, before)) return true;
    label.lastIndex = 0;
    const behind = this.after(end);
    const next = label.exec(behind);
    // Right behind it, and not the label of a value that follows.
    if (
      next &&
      /^[\s"')\]]{0,3}[(–-]? ?(?:is |was |as )?(?:my |the |her |his )?$/.test(behind.slice(0, next.index))
    ) {
      if (!/^["']?\s*[:=]/.test(behind.slice(label.lastIndex))) return true;
    }
    label.lastIndex = 0;
    return head !== '' && label.test(head);
  }

  /** Whether the nearest label, before it or at the head of its column, makes the value a thing's number. */
  ofThing(start: number): boolean {
    const before = this.before(start, 28);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const label = lastMatch(thingLabel, line);
    if (label >= 0 && joining.test(line.slice(label))) return true;
    const head = this.columnHead(start);
    return head !== '' && lastMatch(thingLabel, head) >= 0;
  }

  /** Whether a figure stands in the cell or word before or behind, as in a row of a table. */
  besideFigures(start: number, end: number): boolean {
    const { text } = this;
    let i = start - 1;
    while (i >= 0 && /[ \t|$€£\u00a0]/.test(text[i]!)) i--;
    if (i >= 0 && i < start - 1 && /[\d%)]/.test(text[i]!)) return true;
    let j = end;
    while (j < text.length && j < end + 200 && /[ \t|$€£\u00a0(]/.test(text[j]!)) j++;
    return j > end && /\d/.test(text[j] ?? '');
  }

  /** Text of the cell at the head of the column of a table in text (`a | b`, tabs, commas, semicolons), or ''. */
  columnHead(at: number): string {
    const { text } = this;
    const lineStart = startOfLine(text, at);
    if (lineStart === undefined) return '';
    const separator = separatorOf(text, lineStart);
    if (separator === '') return '';
    const head = this.#headOf(lineStart, separator);
    if (head === lineStart) return '';
    const column = count(text, separator, lineStart, at);
    const cell = text.slice(head, lineEnd(text, head)).split(separator)[column] ?? '';
    return cell.length > 60 ? '' : cell.trim();
  }

  #headOf(lineStart: number, separator: string): number {
    const visited: number[] = [];
    let line = lineStart;
    let head = line;
    const cells = count(this.text, separator, line, lineEnd(this.text, line));
    for (let step = 0; step < tableReach; step++) {
      const known = this.#heads.get(line);
      if (known !== undefined) {
        head = known;
        break;
      }
      visited.push(line);
      head = line;
      if (line === 0) break;
      const above = startOfLine(this.text, line - 1);
      if (above === undefined || count(this.text, separator, above, line - 1) !== cells) break;
      line = above;
    }
    for (const start of visited) this.#heads.set(start, head);
    return head;
  }
}

/** A row of a table is not longer; a bound, so that the work for a value does not grow with the text. */
const lineReach = 2000;

/** Start of the line on which `at` stands, or undefined where that is too far away. */
export function startOfLine(text: string, at: number): number | undefined {
  const from = Math.max(0, at - lineReach);
  const found = text.slice(from, at).lastIndexOf('\n');
  if (found >= 0) return from + found + 1;
  return from === 0 ? 0 : undefined;
}

/** End of the line that starts at `start`, or as far as a row may reach. */
export function lineEnd(text: string, start: number): number {
  const found = text.slice(start, start + lineReach).indexOf('\n');
  return found < 0 ? Math.min(text.length, start + lineReach) : start + found;
}

/** What separates the cells of the line, or '' where it is no row of a table. */
export function separatorOf(text: string, lineStart: number): string {
  const line = text.slice(lineStart, lineEnd(text, lineStart));
  if (line.includes('|')) return '|';
  if (line.includes('\t')) return '\t';
  for (const separator of [';', ',']) if (line.split(separator).length > 2) return separator;
  return '';
}

function count(text: string, separator: string, from: number, to: number): number {
  let found = 0;
  for (let i = text.indexOf(separator, from); i >= 0 && i < to; i = text.indexOf(separator, i + 1)) found++;
  return found;
}
