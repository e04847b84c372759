/**
 * The errors that a user can act on.
 * @module
 */

/** Where the trouble is and what to do about it. */
export interface ErrorContext {
  /** File or folder that the message is about. */
  file?: string;
  /** 1-based line in `file`. */
  line?: number;
  /** Field, column, tensor or setting, as the user wrote it. */
  field?: string;
  /** What to do about it, as an imperative sentence. */
  fix?: string;
  cause?: unknown;
}

/**
 * A failure that the user can understand and mend: it names file, line, field and the fix.
 * Anything else that is thrown is a defect of the program.
 */
export class AttuneError extends Error {
  override readonly name = 'AttuneError';
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
  readonly fix?: string;

  constructor(message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause });
    this.file = context.file;
    this.line = context.line;
    this.field = context.field;
    this.fix = context.fix;
  }

  /** `file:line: message (field)` and the fix on a second line. */
  describe(): string {
    const place = this.file ? `${this.file}${this.line ? `:${this.line}` : ''}: ` : '';
    const field = this.field && !this.message.includes(this.field) ? ` (${this.field})` : '';
    return `${place}${this.message}${field}${this.fix ? `\n  fix: ${this.fix}` : ''}`;
  }
}

/** The user called a verb or wrote a recipe wrongly: exit code 2 instead of 1. */
export class UsageError extends AttuneError {}
