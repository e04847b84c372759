/**
 * The story of an item for the terminal.
 * @module
 */
import type { Example } from '../data/example.js';
import type { ItemStory } from '../data/story.js';
import { shownPath } from './pipeline/job.js';

/** Where an item is from, what was done to it, what it says, and what became of it. */
export function storyText({ directory, id, example, removed, children, standsFor }: ItemStory): string {
  const lines = [`${id}  in ${shownPath(directory)}`];
  if (removed) {
    lines.push(
      '',
      `removed by ${removed.step}: ${removed.reason.replaceAll('_', ' ')}${removed.detail ? `, ${removed.detail}` : ''}`,
    );
    if (removed.kept) lines.push(`kept in its place: ${removed.kept}`);
    lines.push(`source: ${removed.source}`);
    if (removed.excerpt) lines.push('', removed.excerpt);
  }
  if (example) lines.push(...exampleLines(example));
  if (children.length > 0) lines.push('', `made from it: ${children.join(', ')}`);
  if (standsFor.length > 0) lines.push('', `kept in place of: ${standsFor.join(', ')}`);
  return lines.join('\n');
}

function exampleLines(example: Example): string[] {
  const { split, task, group, source, licence, origin, parent, aspects, scores, steps, answer, derivation } =
    example;
  const place = origin && [
    origin.file,
    origin.page === undefined ? undefined : `page ${origin.page}`,
    origin.row === undefined ? undefined : `row ${origin.row}`,
  ];
  const facts: [string, string | undefined][] = [
    ['split', split],
    ['task', task],
    ['group', group],
    ['source', source],
    ['read from', place?.filter((part) => part !== undefined).join(', ')],
    ['licence', licence],
    ['made from', parent],
    ['aspects', aspects?.join(', ')],
    [
      'scores',
      scores &&
        Object.entries(scores)
          .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
          .join(', '),
    ],
    ['answer', answer],
    ['follows from', derivation],
  ];
  return [
    '',
    ...facts.filter(([, value]) => value).map(([name, value]) => `${name.padEnd(12)} ${value}`),
    ...(steps && steps.length > 0
      ? ['', 'steps', ...steps.map(({ step, note }) => `  ${step.padEnd(12)} ${note}`)]
      : []),
    '',
    ...(example.messages ?? [{ role: 'text', content: example.text ?? '' }]).flatMap(({ role, content }) => [
      `[${role}]`,
      content,
      '',
    ]),
  ];
}
