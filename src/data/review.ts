/**
 * Problems that only show when all items are seen together.
 * @module
 */
import type { DataProblem } from './problems.js';
import { findConflicts } from './quality/conflicts.js';
import type { Row } from './stages/part.js';

/** Warnings of one kind that are written out; the rest is counted. */
const shown = 20;

/** Finds repeated ids, duplicates and contradictions, and whatever stands in two splits. */
export function findProblems(rows: readonly Row[]): DataProblem[] {
  const errors: DataProblem[] = [];
  const ids = new Map<string, Row>();
  const prompts = new Map<string, Row>();
  const splitOfGroup = new Map<string, Row>();
  const duplicates: string[] = [];
  for (const row of rows) {
    const sameId = ids.get(row.id);
    if (sameId) {
      errors.push({
        severity: 'error',
        message: `the id "${row.id}" is used twice (in ${sameId.file} and ${row.file})`,
        field: 'id',
        fix: 'give every record its own id, or none',
      });
    }
    ids.set(row.id, row);

    const group = splitOfGroup.get(row.group);
    if (group && group.split !== row.split) {
      errors.push({
        severity: 'error',
        message: `the group "${row.group}" stands in two splits, ${group.split} and ${row.split}`,
        field: 'group',
        fix: 'split by whole groups',
      });
    }
    splitOfGroup.set(row.group, row);

    const same = prompts.get(row.prompt);
    prompts.set(row.prompt, row);
    if (!same) continue;
    if (same.split !== row.split) {
      errors.push({
        severity: 'error',
        message: `the same prompt stands in ${same.split} (${same.id}) and in ${row.split} (${row.id})`,
        field: 'group',
        fix: 'give both records the same group, or remove one',
      });
    } else if (same.answer === row.answer) {
      duplicates.push(row.id);
    }
  }
  return [...errors, ...conflictWarnings(rows), ...duplicateWarnings(duplicates)];
}

function conflictWarnings(rows: readonly Row[]): DataProblem[] {
  const conflicts = findConflicts(rows.filter(({ answer }) => answer !== ''));
  const warnings = conflicts.slice(0, shown).map(
    ({ ids, answers }): DataProblem => ({
      severity: 'warning',
      message: `${answers === 2 ? 'two' : answers} answers to the same prompt: ${enumerated(ids)}`,
      fix: 'keep the right one',
    }),
  );
  if (conflicts.length > shown) {
    warnings.push({
      severity: 'warning',
      message: `${conflicts.length - shown} more prompts have several answers`,
      fix: 'keep the right ones',
    });
  }
  return warnings;
}

function enumerated(ids: readonly string[]): string {
  const named = ids.slice(0, 5);
  return ids.length > named.length
    ? `${named.join(', ')} and ${ids.length - named.length} more`
    : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

function duplicateWarnings(ids: readonly string[]): DataProblem[] {
  if (ids.length === 0) return [];
  return [
    {
      severity: 'warning',
      message: `${ids.length} examples are there twice, the first at ${ids.slice(0, 3).join(', ')}`,
      fix: 'remove the copies, unless they are meant to count twice',
    },
  ];
}
