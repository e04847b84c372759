/**
 * Questions on a passage: SQuAD, PubMedQA, OpenOrca and the like.
 * @module
 */
import { type RecordFields, RecordFlaw } from '../record-fields.js';
import { oneTurn, passage, type RecordFormat, rightAnswer, systemField, withContext } from './format.js';

const contexts = ['context', 'contexts', 'passage'];
/** An explanation goes before the bare decision, which becomes the final answer. */
const answers = ['answer', 'answers', 'long_answer', 'response', 'final_decision'];
const choices = ['choices', 'options'];

export const questionAnswerFormat: RecordFormat = {
  name: 'question_answer',
  fields: '`question` and `answer` (with `context`)',
  needs: [
    { role: 'prompt', names: ['question'] },
    { role: 'completion', names: answers },
  ],
  also: [{ role: 'context', names: contexts }, { role: 'answer', names: ['final_decision'] }, systemField],
  read(record) {
    refuseChoices(record);
    const asked = withContext(record.text('question'), passage(record.find(...contexts)));
    const field = record.find(...answers)!;
    const { text, others } = rightAnswer(field);
    const { prompt, ...context } = asked;
    const decision = record.optionalText('final_decision');
    return {
      messages: oneTurn(record.optionalText(...systemField.names), prompt, text),
      ...context,
      ...(decision !== undefined && decision !== text ? { answer: decision } : {}),
      ...(others > 0 ? { unusedAnswers: others } : {}),
    };
  },
};

/** A choice without its options cannot be answered, and how they are shown is for the user to say. */
function refuseChoices(record: RecordFields): void {
  const field = record.find(...choices);
  if (!field || field.value === '' || (Array.isArray(field.value) && field.value.length === 0)) return;
  throw new RecordFlaw({
    message: `the record is multiple choice: \`${field.name}\` would be lost`,
    field: field.name,
    fix: `say in \`mapping\` how it is asked, for example \`prompt: "{question}\\n\\n{${field.name}}"\` and \`completion\``,
  });
}
