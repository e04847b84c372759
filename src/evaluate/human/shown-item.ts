/**
 * An item as raters see it: the question apart from what it is about.
 * @module
 */
import type { StudyItem } from './study-file.js';

/** What stands above the answers. */
export interface ShownQuestion {
  question: string;
  /** What the question is about, in the order of the prompt. */
  context: { title: string; text: string }[];
}

/** A question that is longer has its beginning shown as context. In characters. */
const longestQuestion = 700;

/** Divides a prompt into the question, which raters always see, and its context, which they can fold away. */
export function showQuestion(prompt: StudyItem['prompt']): ShownQuestion {
  if (typeof prompt === 'string') return divide(prompt, []);
  const last = prompt.at(-1);
  const titles = { system: 'Instructions to the system', user: 'Asked before', assistant: 'Answered before' };
  const before = prompt.slice(0, -1).map(({ role, content }) => ({ title: titles[role], text: content }));
  return divide(last?.content ?? '', before);
}

/** A table or document comes first and the question last: its last paragraph, or where that is long its last line. */
function divide(text: string, before: ShownQuestion['context']): ShownQuestion {
  const whole = text.trim();
  if (whole.length <= longestQuestion && !whole.includes('|')) return { question: whole, context: before };
  const paragraph = whole.lastIndexOf('\n\n');
  const line = whole.lastIndexOf('\n');
  const cut = whole.length - paragraph <= longestQuestion && paragraph >= 0 ? paragraph : line;
  const about = cut < 0 ? '' : whole.slice(0, cut).trim();
  const question = whole.slice(cut + 1).trim();
  return { question, context: about === '' ? before : [...before, { title: 'Context', text: about }] };
}
