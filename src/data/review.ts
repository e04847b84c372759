/**
 * Problems that only show when all examples are seen together.
 * @module
 */
import type { Example } from './example.js';
import type { DataProblem } from './problems.js';

/** Finds repeated ids, duplicates and contradictions, and whatever stands in two splits. */
export function findProblems(examples: readonly Example[]): DataProblem[] {
  const problems: DataProblem[] = [];
  const ids = new Map<string, Example>();
  const prompts = new Map<string, Example>();
  const splitOfGroup = new Map<string, Example>();
  const duplicates: string[] = [];
  for (const example of examples) {
    const sameId = ids.get(example.id);
    if (sameId) {
      problems.push({
        severity: 'error',
        message: `the id "${example.id}" is used twice (${sameId.source} and ${example.source})`,
        field: 'id',
        fix: 'give every record its own id, or none',
      });
    }
    ids.set(example.id, example);

    const group = splitOfGroup.get(example.group);
    if (group && group.split !== example.split) {
      problems.push({
        severity: 'error',
        message: `the group "${example.group}" stands in two splits, ${group.split} and ${example.split}`,
        field: 'group',
        fix: 'split by whole groups',
      });
    }
    splitOfGroup.set(example.group, example);

    const prompt = JSON.stringify(example.messages?.slice(0, -1) ?? example.text);
    const same = prompts.get(prompt);
    prompts.set(prompt, example);
    if (!same) continue;
    if (same.split !== example.split) {
      problems.push({
        severity: 'error',
        message: `the same prompt stands in ${same.split} (${same.source}) and in ${example.split} (${example.source})`,
        field: 'group',
        fix: 'give both records the same group, or remove one',
      });
    } else if (same.messages && same.messages.at(-1)!.content !== example.messages!.at(-1)!.content) {
      problems.push({
        severity: 'warning',
        message: `two answers to the same prompt: ${same.source} and ${example.source}`,
        fix: 'keep the right one',
      });
    } else {
      duplicates.push(example.source);
    }
  }
  if (duplicates.length > 0) {
    const shown = duplicates.slice(0, 3).join(', ');
    problems.push({
      severity: 'warning',
      message: `${duplicates.length} examples are there twice, the first at ${shown}`,
      fix: 'remove the copies, unless they are meant to count twice',
    });
  }
  return problems;
}
