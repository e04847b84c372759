#!/usr/bin/env node
/**
 * The `attune` command.
 * @module
 */
import { createProgram } from './program.js';
import { reportError } from './report-error.js';
import { processTerminal } from './terminal.js';

// A reader that goes away (`attune ... | head`) ends the output, not the work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const terminal = processTerminal();
const args = process.argv.slice(2);
const { program, outcome } = createProgram(terminal, args);
try {
  await program.parseAsync(args, { from: 'user' });
  process.exitCode = outcome.exitCode;
} catch (error) {
  process.exitCode = reportError(error, terminal, args.includes('--json'));
}
