/**
 * How a failure reaches the person or the program that ran the command.
 * @module
 */
import { CommanderError } from 'commander';
import { AttuneError, UsageError } from '../errors.js';
import { RecipeError } from '../recipe/problems.js';
import { Interrupted, interruptedExitCode } from './interrupt.js';
import type { Terminal } from './terminal.js';

/**
 * Prints `error` and gives the exit code: 1 the work failed, 2 wrong use, 130 interrupted.
 *
 * With `json` one JSON document `{"error": …}` goes to stdout, where otherwise the result would be.
 */
export function reportError(error: unknown, terminal: Terminal, json: boolean): number {
  if (error instanceof CommanderError) return reportCommander(error, terminal, json);
  const { exitCode, text, details } = explain(error);
  if (json) terminal.out(`${JSON.stringify({ error: details }, null, 2)}\n`);
  else terminal.err(`${text}\n`);
  if (process.env.ATTUNE_DEBUG && !(error instanceof Interrupted)) terminal.err(`${stackOf(error)}\n`);
  return exitCode;
}

/** commander has written its message to stderr by then; help and version are no failures. */
function reportCommander(error: CommanderError, terminal: Terminal, json: boolean): number {
  if (error.exitCode === 0) return 0;
  if (json) {
    const message = error.message.replace(/^error: /, '');
    terminal.out(`${JSON.stringify({ error: { kind: 'usage', message } }, null, 2)}\n`);
  }
  return 2;
}

function explain(error: unknown): { exitCode: number; text: string; details: Record<string, unknown> } {
  if (error instanceof Interrupted) {
    return {
      exitCode: interruptedExitCode,
      text: error.message,
      details: { kind: 'interrupted', message: error.message },
    };
  }
  if (error instanceof AttuneError) {
    const usage = error instanceof UsageError;
    const { message, file, line, field, fix } = error;
    const problems = error instanceof RecipeError ? error.problems : undefined;
    return {
      exitCode: usage ? 2 : 1,
      text: `error: ${error.describe()}`,
      details: { kind: usage ? 'usage' : 'failed', message, file, line, field, fix, problems },
    };
  }
  const message = (error as Error | undefined)?.message ?? String(error);
  return {
    exitCode: 1,
    text: `error: ${message}\n  This is not a failure that Attune expects. ATTUNE_DEBUG=1 prints where it happened.`,
    details: { kind: 'unexpected', message },
  };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause ? `${error.stack}\ncaused by ${stackOf(error.cause)}` : String(error.stack);
}
