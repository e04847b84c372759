/**
 * What is asked of a teacher: which passages, which tasks.
 * @module
 */
import { randomStream } from '../../random.js';
import type { TeacherSettings } from '../../recipe/data/teacher.js';
import { formatOf } from '../pairs/answer-formats.js';
import { findFigures } from '../pairs/checks/figures.js';
import type { Passage } from '../pairs/documents/passages.js';
import { assignmentOf, type TeacherAssignment, teacherMessages } from './prompts.js';
import type { TeacherRequest } from './teacher.js';

/** One request and what it is for. */
export interface TeacherJob {
  /** Of the pair that may come of it. */
  id: string;
  passage: Passage;
  assignment: TeacherAssignment;
  request: TeacherRequest;
}

/**
 * The requests on some passages, in their order: on each passage as many as the settings say, each of another task,
 * drawn by the seed from those that the passage has something for. Where `max_calls` is lower than their number, the
 * documents take turns.
 */
export function teacherJobs(
  passages: readonly Passage[],
  settings: TeacherSettings,
  seed: number,
): TeacherJob[] {
  const assignments: TeacherAssignment[] = [
    ...settings.tasks.map(assignmentOf),
    ...settings.instructions.map(({ task, text, format }) => ({
      task,
      instruction: text,
      format: formatOf(format),
    })),
  ];
  const jobs = passages
    .filter(({ body }) => body.length >= settings.min_passage_characters && body !== '')
    .flatMap((passage) => {
      const figures = findFigures(passage.body).filter(({ year }) => !year).length;
      const fitting = assignments.filter(({ task }) => (task === 'numeric' ? figures >= 2 : true));
      return randomStream(seed, 'teacher', passage.id)
        .shuffle(fitting)
        .slice(0, settings.pairs_per_passage)
        .map((assignment) => jobOf(passage, assignment, settings, seed));
    });
  return settings.max_calls === undefined ? jobs : drawn(jobs, settings.max_calls, seed);
}

function jobOf(
  passage: Passage,
  assignment: TeacherAssignment,
  { max_tokens, temperature }: TeacherSettings,
  seed: number,
): TeacherJob {
  return {
    id: `${passage.id}-teacher-${assignment.task}`,
    passage,
    assignment,
    request: {
      messages: teacherMessages(passage.text, assignment),
      max_tokens,
      temperature,
      seed: randomStream(seed, 'teacher', passage.id, assignment.task).integer(2 ** 31),
      json: true,
    },
  };
}

function drawn(jobs: readonly TeacherJob[], most: number, seed: number): TeacherJob[] {
  const byDocument = new Map<string, TeacherJob[]>();
  for (const job of randomStream(seed, 'teacher', 'draw').shuffle(jobs)) {
    const own = byDocument.get(job.passage.document);
    if (own) own.push(job);
    else byDocument.set(job.passage.document, [job]);
  }
  const kept = new Set<TeacherJob>();
  for (let turn = 0; kept.size < Math.min(most, jobs.length); turn++) {
    for (const own of byDocument.values()) {
      const job = own[turn];
      if (job && kept.size < most) kept.add(job);
    }
  }
  return jobs.filter((job) => kept.has(job));
}
