/**
 * What a teacher is told: to write one question on a passage, its answer in the task's form, and the words that prove it.
 * @module
 */

import type { TeacherTask } from '../../recipe/data/teacher.js';
import type { Message } from '../example.js';
import { type AnswerFormat, answerFormats, declinedText, describeFormat } from '../pairs/answer-formats.js';

/** A kind of question that a teacher writes. */
export interface TeacherAssignment {
  task: string;
  /** What to write, in words. */
  instruction: string;
  format: AnswerFormat;
}

const instructions: Record<TeacherTask, string> = {
  extraction: 'Ask for one value that the text states: a figure, a date, a name or a place.',
  definition: 'Ask what one term or concept means that the text explains.',
  numeric:
    'Ask for one result that follows from two figures of the text by a calculation (a difference, sum, ratio or percentage change). Say in the question which unit the result has.',
  comparison:
    'Ask which of two things or periods that the text gives figures or properties for is larger, earlier, better or the like, or whether something increased or decreased. The question names both options.',
  summary:
    'Ask for a summary of what the text says about its main subject, naming that subject. The answer has two or three sentences.',
  classification:
    'Ask which of three or four short labels fits what the text is about or states. The question lists the labels, only one of which fits.',
  unanswerable:
    'Ask for one specific fact that belongs to the subject of the text but that the text does not give and that can’t be derived from it.',
};

/** The assignment of a task that Attune knows. */
export function assignmentOf(task: TeacherTask): TeacherAssignment {
  return { task, instruction: instructions[task], format: answerFormats.get(task)! };
}

const rules = [
  'You write one training example about a text that the user gives: a question, its answer, and a quote.',
  'Use only what the text says. Never use other knowledge.',
  'The question is asked by somebody who has the text before them; it stands for itself, never says "the passage" or "the text above", and does not hold the answer.',
  'The quote is copied word for word from the text and proves the answer.',
  'Write in the language of the text.',
  'Reply with one JSON object and nothing else: {"question": "...", "answer": "...", "quote": "..."}',
].join('\n');

/** The messages of one request. The text comes first, so that a server can keep it for the next request on it. */
export function teacherMessages(text: string, { instruction, format }: TeacherAssignment): Message[] {
  const quote =
    format.kind === 'declining'
      ? `The answer is exactly "${declinedText}" and the quote is empty.`
      : `Form of the answer: ${describeFormat(format)}.`;
  return [
    { role: 'system', content: rules },
    { role: 'user', content: `Text:\n${text}\n\nTask: ${instruction}\n${quote}` },
  ];
}
