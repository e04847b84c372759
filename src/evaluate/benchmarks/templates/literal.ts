/**
 * Python's literals, as `ast.literal_eval` reads them: harness templates give lists of choices as such a text.
 * @module
 */
import { Float, TemplateError, Tuple, type Value } from './values.js';

const names = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
  ['0', '\0'],
  ['\n', ''],
]);
const number = /[+-]?(?:\d[\d_]*)?(?:\.\d*)?(?:[eE][+-]?\d+)?/y;

/** @throws TemplateError when the text is no literal */
export function readLiteral(text: string): Value {
  const reader = new Reader(text);
  return reader.read();
}

class Reader {
  private at = 0;
  private depth = 0;
  constructor(private readonly text: string) {}

  read(): Value {
    this.skip();
    const value = this.item();
    this.skip();
    if (this.at < this.text.length) throw this.wrong();
    return value;
  }

  private item(): Value {
    if (++this.depth > 100) throw this.wrong();
    const value = this.inner();
    this.depth--;
    return value;
  }

  private inner(): Value {
    const first = this.text[this.at] ?? '';
    if (first === '[') return this.items(']').items;
    if (first === '(') {
      const { items, comma } = this.items(')');
      return items.length === 1 && !comma ? items[0]! : Tuple.from(items);
    }
    if (first === '{') return this.mapping();
    if (/["'rbuRBU]/.test(first) && /^[rbuRBU]?["']/.test(this.text.slice(this.at, this.at + 2))) {
      return this.strings();
    }
    const name = /[A-Za-z]+/y;
    name.lastIndex = this.at;
    const word = name.exec(this.text)?.[0];
    if (word !== undefined) {
      const value = names.get(word);
      if (value === undefined) throw this.wrong();
      this.at += word.length;
      return value;
    }
    number.lastIndex = this.at;
    const digits = number.exec(this.text)?.[0] ?? '';
    const parsed = Number(digits.replaceAll('_', ''));
    if (!/\d/.test(digits) || Number.isNaN(parsed)) throw this.wrong();
    this.at += digits.length;
    return /[.eE]/.test(digits) ? new Float(parsed) : parsed;
  }

  private items(close: string): { items: Value[]; comma: boolean } {
    this.at++;
    const items: Value[] = [];
    let comma = false;
    for (this.skip(); this.text[this.at] !== close; this.skip()) {
      if (items.length > 0 && !comma) throw this.wrong();
      items.push(this.item());
      this.skip();
      comma = this.text[this.at] === ',';
      if (comma) this.at++;
    }
    this.at++;
    return { items, comma };
  }

  private mapping(): Value {
    this.at++;
    const map = new Map<string, Value>();
    let comma = true;
    for (this.skip(); this.text[this.at] !== '}'; this.skip()) {
      if (!comma) throw this.wrong();
      const key = this.item();
      this.skip();
      if (typeof key !== 'string' || this.text[this.at++] !== ':') throw this.wrong();
      this.skip();
      map.set(key, this.item());
      this.skip();
      comma = this.text[this.at] === ',';
      if (comma) this.at++;
    }
    this.at++;
    return map;
  }

  /** Texts that stand beside each other are one. */
  private strings(): string {
    let whole = '';
    do {
      whole += this.string();
      this.skip();
    } while (/^[rbuRBU]?["']/.test(this.text.slice(this.at, this.at + 2)));
    return whole;
  }

  private string(): string {
    const prefix = /[rbuRBU]/.test(this.text[this.at]!) ? this.text[this.at++]!.toLowerCase() : '';
    if (prefix === 'b') throw this.wrong();
    const single = this.text[this.at]!;
    const quote = this.text.startsWith(single.repeat(3), this.at) ? single.repeat(3) : single;
    this.at += quote.length;
    let value = '';
    for (;;) {
      if (this.text.startsWith(quote, this.at)) break;
      const character = this.text[this.at++];
      if (character === undefined || (character === '\n' && quote.length === 1)) throw this.wrong();
      if (character !== '\\') value += character;
      else value += prefix === 'r' ? `\\${this.text[this.at++] ?? ''}` : this.escape();
    }
    this.at += quote.length;
    return value;
  }

  private escape(): string {
    const kind = this.text[this.at++] ?? '';
    const length = { x: 2, u: 4, U: 8 }[kind];
    if (length === undefined) return escapes.get(kind) ?? (/["'\\]/.test(kind) ? kind : `\\${kind}`);
    const hex = this.text.slice(this.at, this.at + length);
    this.at += length;
    const code = /^[\da-fA-F]+$/.test(hex) && hex.length === length ? Number.parseInt(hex, 16) : Infinity;
    if (code > 0x10ffff) throw this.wrong();
    return String.fromCodePoint(code);
  }

  private skip(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private wrong(): TemplateError {
    const shown = this.text.length > 60 ? `${this.text.slice(0, 57)}...` : this.text;
    return new TemplateError(`${JSON.stringify(shown)} is no Python list, text or number`);
  }
}
