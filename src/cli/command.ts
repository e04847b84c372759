/**
 * What every verb has in common: `--json`, progress on stderr, Ctrl-C, a summary and a next step at the end.
 * @module
 */
import type { Command } from 'commander';
import type { OnProgress } from '../progress.js';
import { Interrupted, withInterrupt } from './interrupt.js';
import { createProgressDisplay } from './progress-display.js';
import type { Terminal } from './terminal.js';

/** What a verb works with. */
export interface CommandContext {
  terminal: Terminal;
  json: boolean;
  onProgress: OnProgress;
  /** A line on stderr, for example that a stage was done before. */
  note(text: string): void;
  /** Set by Ctrl-C. */
  signal: AbortSignal;
  /** The command as the user gave it. */
  commandLine: string;
}

/** What a verb gives back. */
export interface CommandResult {
  /** For `--json`. */
  data: unknown;
  /** The same for people. */
  text: string;
  /** What to do next, as a command or a sentence. */
  next?: string;
  /** Whether the work did what was asked for; `false` gives exit code 1. */
  ok?: boolean;
}

/** What the program keeps of the verb that ran. */
export interface Outcome {
  exitCode: number;
}

/** Connects verbs to the terminal of the process. */
export class VerbRunner {
  readonly outcome: Outcome = { exitCode: 0 };

  constructor(
    readonly terminal: Terminal,
    /** The command line as the user gave it, to be repeated after an interruption. */
    private readonly commandLine: string,
  ) {}

  /**
   * Makes `work` the action of `command`, and adds `--json`.
   *
   * @param work receives the verb's arguments and options as commander parsed them
   */
  attach<Options>(
    command: Command,
    work: (context: CommandContext, args: string[], options: Options) => Promise<CommandResult>,
  ): Command {
    return command.option('--json', 'print the result as JSON').action(async () => {
      const options = command.opts<Options & { json?: boolean }>();
      await this.#run(options.json ?? false, (context) => work(context, command.args, options));
    });
  }

  async #run(json: boolean, work: (context: CommandContext) => Promise<CommandResult>): Promise<void> {
    const display = createProgressDisplay(this.terminal);
    const note = display.note.bind(display);
    try {
      const result = await withInterrupt(
        (signal) =>
          work({
            terminal: this.terminal,
            json,
            onProgress: display.onProgress,
            note,
            signal,
            commandLine: this.commandLine,
          }),
        () => note('Stopping at the next safe point. Press Ctrl-C again to quit at once.'),
      );
      display.finish();
      this.#print(json, result);
      this.outcome.exitCode = result.ok === false ? 1 : 0;
    } catch (error) {
      display.finish();
      if (error instanceof Interrupted) {
        error.message = `Interrupted; what was done is kept. To go on: ${this.commandLine}`;
      }
      throw error;
    }
  }

  #print(json: boolean, { data, text, next }: CommandResult): void {
    if (json) {
      this.terminal.out(`${JSON.stringify(data, null, 2)}\n`);
      return;
    }
    this.terminal.out(`${text.trimEnd()}\n`);
    if (next) this.terminal.err(`\nNext: ${next}\n`);
  }
}

/** The examples at the end of a verb's help. */
export function example(...lines: string[]): string {
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}
