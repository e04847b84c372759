/**
 * `study.json`: a study with its texts and with what each rater is asked.
 * @module
 */
import { join } from 'node:path';
import * as z from 'zod';
import { AttuneError } from '../../errors.js';
import { readJson } from '../../files.js';
import { criterionSchema, humanStudySchema } from '../../recipe/evaluation/human.js';

const messageSchema = z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });

const itemSchema = z.strictObject({
  id: z.string(),
  task: z.string(),
  /** Group (document, company) that statistics treat as one draw. */
  group: z.string(),
  /** What was asked: a conversation, or plain text. */
  prompt: z.union([z.array(messageSchema), z.string()]),
  /** What each system said, in the order of the study's systems. */
  answers: z.array(z.string()),
});

const assignmentSchema = z.union([
  z.strictObject({
    item: z.string(),
    left: z.string(),
    right: z.string(),
    /** Both systems wrote the same: nobody is asked, and it counts as a tie. */
    identical: z.literal(true).optional(),
  }),
  /** Every system that gave this answer; two that wrote the same are scored once. */
  z.strictObject({ item: z.string(), systems: z.array(z.string()).min(1) }),
]);

const studySchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  benchmark: z.string(),
  form: z.enum(['pairwise', 'rubric']),
  systems: z.array(z.string()).min(1),
  /** Of a rubric. */
  criteria: z.array(criterionSchema),
  instructions: z.string(),
  overlap: z.number(),
  seed: z.number(),
  items: z.array(itemSchema).min(1),
  /** What each rater is asked, in this order. */
  raters: z
    .array(
      z.strictObject({
        name: humanStudySchema.shape.raters.element,
        assignments: z.array(assignmentSchema),
      }),
    )
    .min(1),
});

/** A study as `study.json` holds it. */
export type Study = z.output<typeof studySchema>;
/** One item of a study with the systems' answers. */
export type StudyItem = Study['items'][number];
/** One rater with what they are asked. */
export type StudyRater = Study['raters'][number];
/** One decision that a rater is asked for: two answers of an item, or one. */
export type Assignment = StudyRater['assignments'][number];

/**
 * Reads the study in a folder.
 *
 * @throws AttuneError when the folder holds none, or a broken one
 */
export async function openStudy(directory: string): Promise<Study> {
  const file = join(directory, 'study.json');
  const parsed = studySchema.safeParse(await readJson(file));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new AttuneError(`is no study: ${issue.message}`, {
      file,
      field: issue.path.join('.'),
      fix: 'restore the file; a study is not edited by hand',
      cause: parsed.error,
    });
  }
  checkReferences(parsed.data, file);
  return parsed.data;
}

/** Everything that assignments name has to be in the study; the page and the results rely on it. */
function checkReferences(study: Study, file: string): void {
  const items = new Set(study.items.map(({ id }) => id));
  const systems = new Set(study.systems);
  const sound =
    items.size === study.items.length &&
    study.items.every(({ answers }) => answers.length === study.systems.length) &&
    study.raters.every(({ assignments }) =>
      assignments.every(
        (assignment) =>
          items.has(assignment.item) &&
          'systems' in assignment === (study.form === 'rubric') &&
          systemsOf(assignment).every((system) => systems.has(system)),
      ),
    );
  if (!sound) {
    throw new AttuneError('is no study: it asks for items or systems that it does not hold', {
      file,
      fix: 'restore the file; a study is not edited by hand',
    });
  }
}

/** Systems whose answers an assignment shows: left and right, or all that gave the one answer. */
export function systemsOf(assignment: Assignment): string[] {
  return 'systems' in assignment ? assignment.systems : [assignment.left, assignment.right];
}

/** What names a decision among those of one rater, whichever side a system stands on. */
export function decisionKey(item: string, systems: readonly string[]): string {
  return JSON.stringify([item, ...[...systems].sort()]);
}

/** The key of the decision that an assignment asks for. */
export function assignmentKey(assignment: Assignment): string {
  return decisionKey(assignment.item, systemsOf(assignment));
}

/** What a rater is really asked: pairs of equal answers are left out. */
export function askedOf({ assignments }: StudyRater): Assignment[] {
  return assignments.filter((assignment) => !('identical' in assignment));
}
