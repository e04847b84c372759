/**
 * What `attune init` asks on a terminal.
 * @module
 */
import { createInterface } from 'node:readline/promises';
import { defaultModel } from '../../../model/catalog.js';
import { Interrupted } from '../../interrupt.js';
import { type Domain, domainNamed, domains } from './domains.js';

/** Puts a question and gives what was typed. */
export type Ask = (question: string) => Promise<string>;

/** What was chosen; without a domain the plain starter. */
export interface Choices {
  domain?: Domain;
  data?: string;
  model?: string;
}

/**
 * Asks for domain, data and model; Enter takes what stands in brackets.
 *
 * @param say shows a line, for lists and for answers that are none
 */
export async function askForProject(ask: Ask, say: (line: string) => void): Promise<Choices> {
  say('Which domain is the project for?');
  say('  0  none of these: a plain recipe with sample records');
  for (const [index, { name, description }] of domains.entries())
    say(`  ${index + 1}  ${name}: ${description}`);
  const domain = await askForDomain(ask, say);
  if (!domain) return {};
  const data = (await ask('Your data: a file, a folder or hub:owner/name [starter data] ')).trim();
  const model = (await ask(`Model [${defaultModel}] `)).trim();
  return { domain, ...(data === '' ? {} : { data }), ...(model === '' ? {} : { model }) };
}

async function askForDomain(ask: Ask, say: (line: string) => void): Promise<Domain | undefined> {
  for (;;) {
    const answer = (await ask('Number or name [0] ')).trim().toLowerCase();
    if (answer === '' || answer === '0' || answer === 'none') return undefined;
    const byNumber = /^\d$/.test(answer) ? domains[Number(answer) - 1] : undefined;
    if (byNumber) return byNumber;
    try {
      return domainNamed(answer);
    } catch (error) {
      say(`  ${(error as Error).message}; ${(error as { fix?: string }).fix ?? ''}`);
    }
  }
}

/** {@link askForProject} on the terminal of this process; what is asked goes to stderr. */
export async function askOnTerminal(say: (line: string) => void, signal: AbortSignal): Promise<Choices> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D end the dialogue with an AbortError, or silently where no question waits at that moment.
  const closed = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => reject(new Interrupted('nothing was written')));
  });
  try {
    return await Promise.race([
      askForProject((question) => lines.question(question, { signal }), say),
      closed,
    ]);
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw new Interrupted('nothing was written');
    throw error;
  } finally {
    closed.catch(() => undefined);
    lines.close();
  }
}
