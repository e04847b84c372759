/**
 * Where the answers stand in a rendered conversation. Found by rendering and comparing characters, never
 * by searching for a template's markers, which differ between models and may occur in the text itself.
 * @module
 */
import type { Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { answerProbe, type ChatFormat } from './template.js';

/** Which assistant turns are supervised. */
export type TrainOn = 'all_answers' | 'last_answer';

/** One supervised turn. */
export interface AnswerSpan {
  /** What the model is given before it answers; the conversation's text begins with it. */
  prompt: string;
  /** Index after the answer's end-of-turn token in the conversation's text. */
  end: number;
}

/** A rendered conversation with its supervised turns, in their order. */
export interface RenderedConversation {
  /** Ends with the last supervised end-of-turn token: what follows teaches nothing. */
  text: string;
  spans: AnswerSpan[];
}

/**
 * Renders a conversation and finds its answers. A span begins where the prompt of the turn ends, so whatever
 * the template writes between prompt and answer (an empty thinking block, say) is supervised: the model has to write it.
 *
 * @param id names the example in errors
 * @throws {AttuneError} when the conversation does not end with an answer, or the template is such that an
 * answer's place cannot be known: its rendering of the conversation does not continue the prompt that the
 * model is given in use, or what stands around an answer depends on the answer
 */
export function findAnswers(
  id: string,
  messages: readonly Message[],
  format: ChatFormat,
  trainOn: TrainOn,
): RenderedConversation {
  const fail = (problem: string, fix: string): never => {
    throw new AttuneError(`example ${id}: ${problem}`, { field: 'messages', fix });
  };
  const last = messages.length - 1;
  if (messages[last]?.role !== 'assistant') {
    fail('the conversation does not end with an answer', 'end it with a message of the role assistant');
  }
  const full = format.render(messages, { addGenerationPrompt: false });
  const endOfTurn =
    format.endOfTurn ??
    fail(
      'the chat template writes no special token after an answer, so the model would never learn to stop',
      "add the end-of-sequence token after the assistant's content in the chat template",
    );

  const spanOf = (turn: number): AnswerSpan => {
    const where = `the answer in message ${turn + 1}`;
    const prompt = format.render(messages.slice(0, turn), { addGenerationPrompt: true });
    if (!full.startsWith(prompt)) {
      fail(
        `the chat template writes the text before ${where} differently in the prompt than in the whole conversation: ${firstDifference(prompt, full)}`,
        turn === last
          ? 'use a chat template whose generation prompt its own rendering of an answer continues'
          : 'set train_on: last_answer, or give each answer a conversation of its own',
      );
    }
    const probed = format.render(
      messages.map((message, index) => (index === turn ? { ...message, content: answerProbe } : message)),
      { addGenerationPrompt: false },
    );
    const [before = '', after = '', ...more] = probed.split(answerProbe);
    const contentEnd = full.length - after.length;
    if (
      more.length > 0 ||
      !full.startsWith(before) ||
      !full.endsWith(after) ||
      contentEnd < Math.max(before.length, prompt.length)
    ) {
      fail(
        `what the chat template writes around ${where} depends on the answer's text`,
        'use a chat template that writes answers as they are',
      );
    }
    if (!after.startsWith(endOfTurn)) {
      fail(
        `the chat template does not end ${where} with ${JSON.stringify(endOfTurn)}, as it ends others`,
        'use a chat template that ends every answer with its end-of-turn token',
      );
    }
    return { prompt, end: contentEnd + endOfTurn.length };
  };

  const turns = trainOn === 'last_answer' ? [last] : messages.keys();
  const spans = [...turns].filter((turn) => messages[turn]!.role === 'assistant').map(spanOf);
  return { text: full.slice(0, spans.at(-1)!.end), spans };
}

/** A short quotation of the place at which two texts part. */
function firstDifference(prompt: string, full: string): string {
  let at = 0;
  while (at < prompt.length && prompt[at] === full[at]) at++;
  const from = Math.max(0, at - 20);
  const quote = (text: string): string => JSON.stringify(text.slice(from, at + 20));
  return `${quote(prompt)} against ${quote(full)}`;
}
