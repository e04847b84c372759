/**
 * The filters of a task: what is done with an answer before it is scored (`lm_eval/filters/`).
 * @module
 */
import type { FoundProblem } from '../../../recipe/problems.js';
import { stripped } from '../templates/methods.js';
import { compilePattern } from './python-pattern.js';
import type { HarnessTask } from './task-file.js';

/** Changes an answer's text. */
export type AnswerFilter = (text: string) => string;

/** A pipeline of filters. */
export interface FilterPipeline {
  /** Set where the task has several, whose scores are told apart by it. */
  name?: string;
  apply: AnswerFilter;
  /** Whether it changes more than white space. */
  changes: boolean;
}

type Step = { function: string } & Record<string, unknown>;

/** The pipelines of a task, at least one; a filter that is not known is a problem. */
export function readFilters(
  list: NonNullable<HarnessTask['filter_list']>,
  problems: FoundProblem[],
): FilterPipeline[] {
  if (list.length === 0) return [{ apply: (text) => text, changes: false }];
  return list.map(({ name, filter }, index) => {
    const steps = filter.map((step, at) =>
      readStep(step as Step, ['filter_list', index, 'filter', at], problems),
    );
    return {
      ...(list.length > 1 ? { name } : {}),
      apply: (text) => steps.reduce((rest, step) => step(rest), text),
      changes: filter.some((step) => !['take_first', 'remove_whitespace'].includes(step.function)),
    };
  });
}

function readStep(step: Step, path: PropertyKey[], problems: FoundProblem[]): AnswerFilter {
  switch (step.function) {
    case 'take_first':
      return (text) => text;
    case 'lowercase':
      return (text) => text.toLowerCase();
    case 'uppercase':
      return (text) => text.toUpperCase();
    case 'remove_whitespace':
      return stripped;
    case 'regex':
      return regexFilter(step, path, problems);
  }
  problems.push({
    path: [...path, 'function'],
    atKey: false,
    message: `${path.join('.')}: the filter ${step.function} cannot be read`,
    fix: 'use take_first, regex, lowercase, uppercase or remove_whitespace, or a scorer of your own',
  });
  return (text) => text;
}

/** The match that is selected, of several groups the first that is not empty, or the fallback. */
function regexFilter(step: Step, path: PropertyKey[], problems: FoundProblem[]): AnswerFilter {
  const {
    regex_pattern: source = '#### (\\-?[0-9\\.\\,]+)',
    group_select: select = 0,
    fallback = '[invalid]',
  } = step;
  const pattern = compilePattern(String(source));
  if (typeof pattern === 'string' || typeof select !== 'number') {
    problems.push({
      path: [...path, typeof pattern === 'string' ? 'regex_pattern' : 'group_select'],
      atKey: false,
      message: `${path.join('.')}: ${typeof pattern === 'string' ? pattern : 'group_select has to be a number'}`,
      fix: 'write it otherwise',
    });
    return (text) => text;
  }
  return (text) => {
    const match = pattern.findAll(text).at(select);
    if (match === undefined) return String(fallback);
    const found = match.length === 1 ? match[0]! : match.find((group) => group !== '');
    return found === undefined ? String(fallback) : stripped(found);
  };
}
