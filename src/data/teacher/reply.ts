/**
 * What a teacher wrote, read leniently: models put fences, remarks and thoughts around the JSON that they were asked for.
 * @module
 */
import { type JsonValue, jsonLine } from '../pairs/answer-formats.js';

/** A question, its answer and the words that prove it, as a teacher gave them. */
export interface TeacherReply {
  question: string;
  answer: string;
  quote: string;
}

const longestReply = 50_000;
const mostAttempts = 50;

/** The first JSON object of the reply that has a question and an answer, or undefined. */
export function readTeacherReply(text: string): TeacherReply | undefined {
  const end = text.lastIndexOf('</think>');
  const said = (end < 0 ? text : text.slice(end + '</think>'.length)).slice(0, longestReply);
  let at = said.indexOf('{');
  for (let attempt = 0; at >= 0 && attempt < mostAttempts; attempt++) {
    const close = closingBrace(said, at);
    if (close === undefined) return undefined;
    const reply = replyOf(said.slice(at, close + 1));
    if (reply) return reply;
    at = said.indexOf('{', at + 1);
  }
  return undefined;
}

function replyOf(json: string): TeacherReply | undefined {
  const value = parse(json) ?? parse(repaired(json));
  if (!value || typeof value !== 'object') return undefined;
  const fields = new Map(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field as unknown]));
  const question = textOf(fields.get('question'));
  const answer = textOf(fields.get('answer'));
  if (question === undefined || answer === undefined) return undefined;
  return {
    question: question.trim(),
    answer: answer.trim(),
    quote: textOf(fields.get('quote'))?.trim() ?? '',
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Without commas before a closing brace, and with line breaks inside strings written as JSON wants them. */
function repaired(json: string): string {
  let inString = false;
  let result = '';
  for (let index = 0; index < json.length; index++) {
    const character = json[index]!;
    if (inString && character === '\\') {
      result += character + (json[++index] ?? '');
      continue;
    }
    if (character === '"') inString = !inString;
    if (inString && character === '\n') result += '\\n';
    else if (inString && character === '\t') result += '\\t';
    else if (!inString && character === ',' && /^\s{0,20}[}\]]/.test(json.slice(index + 1, index + 22)))
      continue;
    else result += character;
  }
  return result;
}

/** Where the object that begins at `open` ends, braces inside strings left aside. */
function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = open; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return index;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return jsonLine(Object.entries(value) as [string, JsonValue][]);
}
