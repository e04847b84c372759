/**
 * How hard an item is to learn, from its length, the steps its answer takes and, where measured, a model's loss.
 * @module
 */
import { readAnswer } from '../answers.js';
import { type Item, itemText } from '../item.js';

/** Hardness and what it is made of, each from 0 to 1. */
export interface Hardness {
  hardness: number;
  parts: {
    /** From the words of the prompt. */
    length: number;
    /** From operations and figures of the answer. */
    steps: number;
    /** From the base model's loss on the answer, where `scores.loss` holds it. */
    loss?: number;
  };
}

/** Words from which a prompt is as long as it counts. */
const longPrompt = 2000;

/**
 * Measures an item:
 *
 * - `length` = min(1, √(words of the prompt / 2000)); of plain text, the words of the text
 * - `steps` = 1 − 1 / (1 + operations / 2 + (figures − 1) / 4), where operations and figures are those of the answer's
 *   expression, otherwise the connecting words of an explanation and the figures of the derivation
 * - `loss` = 1 − e^(−loss), with `scores.loss` in nats per answer token: one minus the mean probability of a token
 * - `hardness` = 0.4 length + 0.6 steps, and with a loss 0.25 length + 0.35 steps + 0.4 loss
 */
export function measureHardness(item: Item): Hardness {
  const messages = item.messages ?? [];
  const prompt = item.messages
    ? messages
        .slice(0, -1)
        .filter(({ role }) => role !== 'system')
        .map(({ content }) => content)
        .join('\n')
    : itemText(item);
  const length = Math.min(1, Math.sqrt(countWords(prompt) / longPrompt));
  const { operations, figures } = countSteps(item);
  const steps = 1 - 1 / (1 + operations / 2 + Math.max(0, figures - 1) / 4);
  const measured = item.scores?.loss;
  if (measured === undefined || !Number.isFinite(measured)) {
    return { hardness: 0.4 * length + 0.6 * steps, parts: { length, steps } };
  }
  const loss = 1 - Math.exp(-Math.max(0, measured));
  return { hardness: 0.25 * length + 0.35 * steps + 0.4 * loss, parts: { length, steps, loss } };
}

/** Operations and different figures that the answer of an item takes. */
export function countSteps({ messages, derivation }: Item): { operations: number; figures: number } {
  const response = messages?.at(-1)?.content ?? '';
  const expression = response.length <= 1000 ? readAnswer(response).number?.expression : undefined;
  if (expression !== undefined) {
    const signs = expression.match(/[\d)%]\s*[-+*/−–×÷]/g)?.length ?? 0;
    // A function adds once fewer than it has arguments; an average divides as well.
    const commas = expression.match(/,\s/g)?.length ?? 0;
    const averages = expression.match(/average\(/gi)?.length ?? 0;
    return { operations: signs + commas + averages, figures: different(expression) };
  }
  const connectives = response.match(
    /\b(?:step \d|then|next|therefore|hence|thus|because|finally|so that)\b|\d\s?=\s?\d/gi,
  );
  return { operations: Math.min(8, connectives?.length ?? 0), figures: different(derivation ?? '') };
}

/** Number of different figures, years left out. */
function different(text: string): number {
  const figures = text.slice(0, 2000).match(/\d[\d,]*(?:\.\d+)?/g) ?? [];
  return new Set(figures.filter((figure) => !/^(?:19|20)\d\d$/.test(figure))).size;
}

/** Words, as stretches between white space; scripts without spaces count two characters as a word. */
function countWords(text: string): number {
  let words = 0;
  let dense = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x2e80 && code < 0xd800 && code !== 0x3000) dense++;
    const space = code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;
    if (!space && !inside) words++;
    inside = !space;
  }
  return words + dense / 2;
}
