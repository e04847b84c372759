/**
 * What a chat template writes around each message, found by rendering conversations and looking where their texts stand.
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import type { Message } from '../../data/example.js';

/** The texts that stand between the contents of a conversation. */
export interface Turns {
  /** Before a user message that opens the conversation; many templates write a system text of their own here. */
  opening: string;
  /** Before a system message that opens the conversation, and between it and the user message after it. */
  system?: { before: string; beforeUser: string };
  /** Before a user message that follows an answer. */
  beforeUser: string;
  /** Behind a user message. */
  afterUser: string;
  /** Between that and an answer of an earlier turn, and behind such an answer. */
  beforeAnswer: string;
  afterAnswer: string;
  /** Behind the last message, where the new answer begins. */
  newAnswer: string;
}

const roles = { s: 'system', u: 'user', a: 'assistant' } as const;

/** The texts between the contents of a rendered conversation; undefined when it is refused or the order is another. */
function between(
  format: ChatFormat,
  conversation: string,
  addGenerationPrompt: boolean,
): string[] | undefined {
  const messages = [...conversation].map(
    (role, i): Message => ({ role: roles[role as keyof typeof roles], content: `qz${role}${i}zq` }),
  );
  let rendered: string;
  try {
    rendered = format.render(messages, { addGenerationPrompt });
  } catch {
    return undefined;
  }
  const pieces: string[] = [];
  let at = 0;
  for (const { content } of messages) {
    const found = rendered.indexOf(content, at);
    if (found < 0) return undefined;
    pieces.push(rendered.slice(at, found));
    at = found + content.length;
  }
  return [...pieces, rendered.slice(at)];
}

/**
 * The turns of a template, such that joining them gives what it renders for the simplest conversations; undefined when no
 * turns do. Whether they hold for others has to be tried: {@link joinTurns}.
 */
export function findTurns(format: ChatFormat): Turns | undefined {
  const one = between(format, 'u', true);
  const answered = between(format, 'ua', false);
  const two = between(format, 'uau', true);
  if (!one || !answered || !two) return undefined;
  const [opening, behindOnly] = one as [string, string];
  const afterAnswer = answered[2]!;
  if (!two[2]!.startsWith(afterAnswer)) return undefined;
  // Where a user's turn ends and an answer begins shows nowhere; what both continuations share counts to the turn.
  let shared = 0;
  while (shared < behindOnly.length && behindOnly[shared] === two[1]![shared]) shared++;
  const withSystem = between(format, 'su', true);
  return {
    opening,
    ...(withSystem && { system: { before: withSystem[0]!, beforeUser: withSystem[1]! } }),
    beforeUser: two[2]!.slice(afterAnswer.length),
    afterUser: behindOnly.slice(0, shared),
    beforeAnswer: two[1]!.slice(shared),
    afterAnswer,
    newAnswer: behindOnly.slice(shared),
  };
}

/** A conversation that ends with the user, as the turns give it. */
export function joinTurns(turns: Turns, messages: readonly Message[]): string {
  const hasSystem = messages[0]?.role === 'system';
  const texts = messages.map(({ role, content }, i) => {
    if (role === 'system') return turns.system!.before + content;
    if (role === 'assistant') return turns.beforeAnswer + content + turns.afterAnswer;
    const before =
      i === 0 ? turns.opening : i === 1 && hasSystem ? turns.system!.beforeUser : turns.beforeUser;
    return before + content + turns.afterUser;
  });
  return texts.join('') + turns.newAnswer;
}

/** Contents that templates treat in ways of their own: lines, quotes, code, thinking, other scripts, words of templates. */
const contents = [
  'What was the revenue in 2021?',
  'Line one.\n\nLine two:\n- a\n- b',
  `He said: "it's {{ .Content }} {% if x %}"; \\n \\" <b>&amp;</b>`,
  '<think>\nLet me see.\n</think>\n\nIt is 42.',
  'Grüße, 日本語 😀 naïve',
  'system user assistant [INST] ### Instruction:',
  '42',
  'x'.repeat(300),
];

/** Conversations that every template meets, with a system message where `system` says so. */
export function probeConversations(system: boolean): Message[][] {
  const conversations: Message[][] = [];
  for (const shape of system
    ? ['u', 'su', 'uau', 'suau', 'uauau', 'suauauau']
    : ['u', 'uau', 'uauau', 'uauauau']) {
    for (let first = 0; first < contents.length; first++) {
      conversations.push(
        [...shape].map((role, i) => ({
          role: roles[role as keyof typeof roles],
          content: contents[(first + i * 3) % contents.length]!,
        })),
      );
    }
  }
  return conversations;
}
