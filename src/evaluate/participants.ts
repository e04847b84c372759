/**
 * `evaluation/systems.json`: who took part, in the order of tables, and who is the candidate.
 * @module
 */
import { join } from 'node:path';
import { z } from 'zod';
import { writeJson } from '../files.js';
import { readRunFile } from './run-file.js';

const schema = z.object({
  /** The system that is compared with every other one. */
  candidate: z.string(),
  systems: z.array(
    z.object({
      name: z.string(),
      /** As in the recipe, for example `tuned`, `endpoint`, `expert`. */
      type: z.string(),
      /** For people: the model, the file, the address. */
      description: z.string().optional(),
    }),
  ),
});

/** The systems of an evaluation. */
export type Participants = z.output<typeof schema>;

const participantsFile = (runDirectory: string): string => join(runDirectory, 'evaluation', 'systems.json');

/** Writes who takes part. */
export function writeParticipants(runDirectory: string, participants: Participants): Promise<void> {
  return writeJson(participantsFile(runDirectory), participants);
}

/**
 * Reads who took part; undefined where the folder does not say.
 *
 * @throws AttuneError when the file says something else
 */
export function readParticipants(runDirectory: string): Promise<Participants | undefined> {
  return readRunFile(participantsFile(runDirectory), schema, 'is not a list of systems');
}
