/**
 * Answers and questions whose words alone show that they are no training example.
 * @module
 */
import { normalised, wordsOf } from './words.js';

const refusal =
  /\b(?:as an ai\b|as a (?:large )?language model|i(?: am|['’]m) (?:sorry|unable|not able|afraid)|i (?:can(?:no|['’])t|cannot|won['’]t|will not|do not|don['’]t) (?:answer|provide|help|assist|comply|fulfil|create|generate|access|have access|determine|do that|know)|i apologi[sz]e|unable to (?:comply|assist|answer)|my training data|my knowledge cutoff)/i;
const chatter =
  /^(?:sure|certainly|of course|absolutely|great question|good question|okay|ok|yes, here|happy to help|no problem|here(?: is|['’]s| are) (?:the|your|an?|my|some)\b|let me\b|let['’]s\b|based on (?:the|this) (?:passage|text|document|context|information|provided|given|above)|according to (?:the|this) (?:passage|text|document|context))\b|\b(?:i hope this helps|let me know if|feel free to|hope that helps|if you have any (?:other |further |more )?questions)\b|^(?:question|q)\s?:/i;
const mentionsPassage =
  /\b(?:(?:this|the|given|above|provided|following) (?:passage|excerpt|context|snippet|paragraph|document|article)|passage|(?:text|information|table) (?:above|below|provided|given))\b/i;
const needsContext =
  /^(?:(?:and|but|so|also)\b|(?:what|who|when|where|why|how|which)\s(?:is|are|was|were|did|does|do)\s(?:it|they|this|that|these|those|he|she)\b(?!\s\p{L}{3,}\s(?:mean|called|known)))/iu;
const placeholder =
  /\[(?:insert|your|company|name|date|amount|x|\.\.\.)[^\]]{0,30}\]|<(?:answer|question|quote)>|\.\.\.$|…$|lorem ipsum/i;

/** Limits on lengths, in characters. */
export interface LengthLimits {
  maxAnswer: number;
  maxQuestion: number;
}

/** The first thing that is wrong with the words of a pair, or undefined. */
export function wordingProblem(
  question: string,
  answer: string,
  limits: LengthLimits,
): { reason: string; detail: string } | undefined {
  const problem = (reason: string, detail: string): { reason: string; detail: string } => ({
    reason,
    detail,
  });
  if (answer.trim() === '') return problem('empty_answer', 'there is no answer');
  if (wordsOf(question).length < 3) return problem('question_too_short', question);
  if (question.length > limits.maxQuestion) {
    return problem('question_too_long', `${question.length} characters, at most ${limits.maxQuestion}`);
  }
  if (answer.length > limits.maxAnswer) {
    return problem('answer_too_long', `${answer.length} characters, at most ${limits.maxAnswer}`);
  }
  const refused = refusalIn(answer) ?? refusalIn(question);
  if (refused) return problem('refusal', refused);
  const chatty = chatter.exec(answer.trim());
  if (chatty) return problem('chatter', chatty[0]);
  const empty = placeholder.exec(answer) ?? placeholder.exec(question);
  if (empty) return problem('placeholder', empty[0]);
  const mentioned = mentionsPassage.exec(question);
  if (mentioned) return problem('mentions_passage', mentioned[0]);
  if (needsContext.test(question.trim())) return problem('needs_context', question);
  if (repeats(question, answer)) return problem('repeats_question', answer.slice(0, 100));
  return undefined;
}

/** The words with which a model refuses to answer, or undefined. */
export function refusalIn(text: string): string | undefined {
  return refusal.exec(text)?.[0];
}

/** Whether an answer is the question again, or little more than it. */
function repeats(question: string, answer: string): boolean {
  const asked = normalised(question);
  const said = normalised(answer);
  if (asked.length >= 15 && said.includes(asked)) return true;
  const words = wordsOf(said);
  const known = new Set(wordsOf(asked));
  return words.length >= 6 && words.every((word) => known.has(word));
}
