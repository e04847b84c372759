/**
 * Whether two ways of writing conversations write the same.
 * @module
 */
import type { Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import type { ChatFormat } from './template.js';

/** Conversations that templates are known to differ on: with and without system text, several turns, blanks at the ends. */
const probes: readonly Message[][] = [
  [{ role: 'user', content: 'What is this?' }],
  [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: 'What is this?' },
  ],
  [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: 'First question?' },
    { role: 'assistant', content: 'First answer.' },
    { role: 'user', content: 'Second question?' },
  ],
  [{ role: 'user', content: ' Blanks and\n\nbreaks, {{ braces }}, Grüße, 日本, 😀 \n' }],
];

/** Characters that are shown before and after the first difference. */
const shownBefore = 30;
const shownAfter = 40;

/**
 * Checks that a system writes its prompts as the training did: renders probe conversations and the given ones with both,
 * up to the beginning of the assistant's turn, and compares them byte by byte. A conversation that both refuse counts as
 * equal.
 *
 * @param training the format that the examples of the training were written in
 * @param other the format of the system, for example the one in a GGUF file
 * @param conversations each ends with a user message; the first items of a benchmark, for example
 * @param names of both, for the message
 * @throws AttuneError with the place of the first difference and an excerpt of both
 */
export function checkSamePrompts(
  training: Pick<ChatFormat, 'render'>,
  other: Pick<ChatFormat, 'render'>,
  conversations: readonly (readonly Message[])[],
  names: { training: string; other: string },
): void {
  for (const messages of [...probes, ...conversations]) {
    const [ours, theirs] = [rendered(training, messages), rendered(other, messages)];
    if (ours.text === theirs.text && ours.refusal === undefined && theirs.refusal === undefined) continue;
    if (ours.refusal !== undefined && theirs.refusal !== undefined) continue;
    const roles = messages.map(({ role }) => role).join(', ');
    throw new AttuneError(
      `${names.other} would be asked in other words than ${names.training} was trained on: ` +
        `${difference(ours, theirs)} (conversation: ${roles})`,
      {
        field: 'chat_template',
        fix: 'take the chat template of the training for both, or convert the model again together with it',
      },
    );
  }
}

interface Rendered {
  text: string;
  refusal?: string;
}

function rendered({ render }: Pick<ChatFormat, 'render'>, messages: readonly Message[]): Rendered {
  try {
    return { text: render(messages, { addGenerationPrompt: true }) };
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    return { text: '', refusal: error.message };
  }
}

function difference(ours: Rendered, theirs: Rendered): string {
  const refusal = theirs.refusal ?? ours.refusal;
  if (refusal !== undefined) return `one of them refuses it, ${refusal}`;
  let at = 0;
  while (at < ours.text.length && ours.text[at] === theirs.text[at]) at++;
  const excerpt = ({ text }: Rendered): string =>
    JSON.stringify(text.slice(Math.max(0, at - shownBefore), at + shownAfter));
  const byte = Buffer.byteLength(ours.text.slice(0, at));
  return `from byte ${byte} on ${excerpt(theirs)} in place of ${excerpt(ours)}`;
}
