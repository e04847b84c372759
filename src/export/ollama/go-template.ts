/**
 * A model's chat template in the language of Ollama's Modelfile (Go's text/template).
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import { findTurns, joinTurns, probeConversations, type Turns } from './turns.js';

/** A Go template that renders what the model's own template renders. */
export interface GoTemplate {
  text: string;
  /** Whether a system message has a place in it. */
  takesSystem: boolean;
}

/**
 * Translates a chat template. Its turns are found by rendering it; then conversations with and without a system message, of
 * one to four turns, with contents that templates are known to treat specially, have to come out the same. Texts that
 * begin or end with blanks are not among them: Go's templates cannot trim.
 *
 * @param bosToken is left out at the beginning: Ollama puts it there itself; absent when it doesn't
 * @throws {AttuneError} when the model has no template, or one that turns do not describe
 */
export function goTemplate(format: ChatFormat, bosToken?: string): GoTemplate {
  const unknown = (why: string): AttuneError =>
    new AttuneError(`the chat template cannot be written as an Ollama template: ${why}`, {
      field: 'chat_template',
      fix: 'use the GGUF file with llama.cpp, which runs the template as it is, or write the TEMPLATE yourself',
    });
  if (format.template === undefined) throw unknown('the model has none');
  const turns = findTurns(format);
  if (!turns) throw unknown('it does not write one message after the other');
  for (const messages of probeConversations(turns.system !== undefined)) {
    const own = format.render(messages, { addGenerationPrompt: true });
    const joined = joinTurns(turns, messages);
    if (own === joined) continue;
    let at = 0;
    while (own[at] === joined[at]) at++;
    const roles = messages.map(({ role }) => role).join(', ');
    const cut = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
    throw unknown(`for ${roles} it renders ${cut(own)}, message after message would give ${cut(joined)}`);
  }
  return { text: writeGo(withoutStart(turns, bosToken)), takesSystem: turns.system !== undefined };
}

function withoutStart(turns: Turns, start: string | undefined): Turns {
  if (!start) return turns;
  const cut = (text: string): string => (text.startsWith(start) ? text.slice(start.length) : text);
  return {
    ...turns,
    opening: cut(turns.opening),
    ...(turns.system && { system: { ...turns.system, before: cut(turns.system.before) } }),
  };
}

function writeGo({
  opening,
  system,
  beforeUser,
  afterUser,
  beforeAnswer,
  afterAnswer,
  newAnswer,
}: Turns): string {
  const text = (literal: string): string => literal.replaceAll('{{', '{{ "{{" }}');
  const content = '{{ $message.Content }}';
  const afterSystem = system ? `{{ else if and (eq $i 1) $.System }}${text(system.beforeUser)}` : '';
  return [
    '{{ range $i, $message := .Messages }}',
    system ? `{{ if eq $message.Role "system" }}${text(system.before)}${content}{{ end }}` : '',
    `{{ if eq $message.Role "user" }}{{ if eq $i 0 }}${text(opening)}${afterSystem}{{ else }}${text(beforeUser)}{{ end }}`,
    `${content}${text(afterUser)}{{ else if eq $message.Role "assistant" }}`,
    `${text(beforeAnswer)}${content}${text(afterAnswer)}{{ end }}`,
    `{{ end }}${text(newAnswer)}`,
  ].join('');
}
