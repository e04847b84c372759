/**
 * Cuts a JSON file into the values of its outermost list or object without holding more than one of them.
 * @module
 */
import { AttuneError } from '../../../../errors.js';
import { readUtf8 } from '../../bytes.js';
import { maximumRecordBytes } from './raw-record.js';

/** One value of the outermost list or object. */
export interface JsonPiece {
  /** Where the outermost value is an object. */
  key?: string;
  /** Its first character, empty where the file ends between two values; for a list or object the first one inside. */
  first: string;
  inside: string;
  /** Line that it begins on, 1-based. */
  line: number;
  /** Its text; only the beginning where it is longer than a record may be or where it is not asked for. */
  bytes: Buffer;
  /** Bytes that it really has. */
  length: number;
  /** Whether the file ends before the value does. */
  cut: boolean;
}

/** What to cut out. */
export interface ScanOptions {
  /** Key of the outermost object whose list is cut instead. */
  within?: string;
  /** Whether the texts of the values are wanted. */
  texts: boolean;
  signal?: AbortSignal;
}

const quote = 0x22;
const backslash = 0x5c;
const lineFeed = 0x0a;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;

/**
 * The values of the outermost list or object in their order. What stands inside a value is not checked beyond its quotes
 * and brackets, so that one that is broken inside does not end the reading.
 *
 * @throws {AttuneError} with the line where the outermost list or object is not well formed
 */
export async function* scanJson(file: string, options: ScanOptions): AsyncGenerator<JsonPiece> {
  const scanner = new Scanner(file, options);
  for await (const chunk of readUtf8(file, options.signal)) {
    yield* scanner.scan(chunk);
    if (scanner.finished) return;
  }
  yield* scanner.end();
}

class Scanner {
  finished = false;
  private state: 'root' | 'key' | 'colon' | 'value' | 'inside' | 'after' | 'done' = 'root';
  private inObject = false;
  private line = 1;
  private key: string | undefined;
  // The value or key that is being read.
  private piece: JsonPiece | undefined;
  private parts: Buffer[] = [];
  private isKey = false;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(
    private readonly file: string,
    private readonly options: ScanOptions,
  ) {}

  *scan(chunk: Buffer): Generator<JsonPiece> {
    for (let at = 0; at < chunk.length && !this.finished; ) {
      if (this.state === 'inside') {
        const end = this.skipInside(chunk, at);
        this.add(chunk.subarray(at, end ?? chunk.length));
        if (end === undefined) return;
        at = end;
        const piece = this.take();
        if (!this.isKey) yield piece;
        else this.key = this.parseKey(piece);
      } else {
        const byte = chunk[at]!;
        if (byte === lineFeed) this.line++;
        if (isBlank(byte) || this.step(byte)) at++;
      }
    }
  }

  /** What is left when the file ends. */
  *end(): Generator<JsonPiece> {
    if (this.state === 'done') return;
    if (this.state === 'root') throw this.error('it is empty');
    const piece = this.state === 'inside' && !this.isKey ? this.take() : this.emptyPiece('');
    yield { ...piece, cut: true };
  }

  /** Takes one byte between the values; `false` where it begins a value and has to be read again as its part. */
  private step(byte: number): boolean {
    switch (this.state) {
      case 'root':
        if (byte !== openList && byte !== openObject) throw this.error('it begins with neither `[` nor `{`');
        this.enter(byte);
        return true;
      case 'key':
        if (byte === closeObject) return this.leave();
        if (byte !== quote) throw this.error('a name in double quotes is expected');
        return this.begin(byte, true);
      case 'colon':
        if (byte !== colon) throw this.error('`:` is expected after a name');
        this.state = 'value';
        return true;
      case 'value':
        if (byte === closeList && !this.inObject) return this.leave();
        if (byte === comma || byte === closeObject || byte === closeList)
          throw this.error('a value is expected');
        if (byte === openList && this.options.within !== undefined && this.key === this.options.within) {
          this.enter(byte);
          return true;
        }
        return this.begin(byte, false);
      case 'after':
        if (byte === comma) this.state = this.inObject ? 'key' : 'value';
        else if (byte === (this.inObject ? closeObject : closeList)) return this.leave();
        else throw this.error('`,` is expected between two values');
        return true;
      default:
        throw this.error(
          'it goes on after its end',
          'write all records into one list, or one a line into a .jsonl file',
        );
    }
  }

  private enter(byte: number): void {
    this.inObject = byte === openObject;
    this.key = undefined;
    this.state = this.inObject ? 'key' : 'value';
  }

  private leave(): true {
    this.state = 'done';
    this.finished = this.options.within !== undefined && !this.inObject;
    return true;
  }

  private begin(byte: number, isKey: boolean): false {
    this.state = 'inside';
    this.isKey = isKey;
    this.piece = this.emptyPiece(String.fromCharCode(byte));
    this.depth = 0;
    this.inString = false;
    this.escaped = false;
    return false;
  }

  private emptyPiece(first: string): JsonPiece {
    return {
      key: this.key,
      first,
      inside: '',
      line: this.line,
      bytes: Buffer.alloc(0),
      length: 0,
      cut: false,
    };
  }

  /** The index after the value's last byte, or `undefined` where it goes on in the next chunk. */
  private skipInside(chunk: Buffer, from: number): number | undefined {
    const piece = this.piece!;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === lineFeed) this.line++;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === backslash) this.escaped = true;
        else if (byte === quote) {
          this.inString = false;
          if (this.depth === 0) return at + 1;
        }
        continue;
      }
      if (piece.inside === '' && this.depth === 1 && !isBlank(byte)) piece.inside = String.fromCharCode(byte);
      if (byte === quote) this.inString = true;
      else if (byte === openList || byte === openObject) this.depth++;
      else if (byte === closeList || byte === closeObject) {
        // A number or word ends where its list or object does.
        if (this.depth === 0) return at;
        if (--this.depth === 0) return at + 1;
      } else if (this.depth === 0 && (byte === comma || isBlank(byte))) {
        if (byte === lineFeed) this.line--;
        return at;
      }
    }
    return undefined;
  }

  private add(part: Buffer): void {
    const piece = this.piece!;
    const wanted = this.options.texts || this.isKey || piece.length === 0;
    piece.length += part.length;
    if (wanted && piece.length <= maximumRecordBytes) this.parts.push(part);
  }

  private take(): JsonPiece {
    const piece = this.piece!;
    piece.bytes = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.parts = [];
    this.state = this.isKey ? 'colon' : 'after';
    return piece;
  }

  private parseKey({ bytes }: JsonPiece): string {
    try {
      return JSON.parse(bytes.toString('utf8')) as string;
    } catch {
      throw this.error('a name is no valid text');
    }
  }

  private error(
    reason: string,
    fix = 'mend the file, or give it the ending .jsonl if it holds one record a line',
  ): AttuneError {
    return new AttuneError(`is not valid JSON: ${reason}`, {
      file: this.file,
      line: this.line,
      fix,
    });
  }
}
