/**
 * The raters' links: each holds a secret that stands for the rater. The secrets lie in the study's folder, readable by its
 * owner only, so that a link that was sent still works when the server starts again.
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { AttuneError } from '../../errors.js';
import { fileError, readJson, temporaryName } from '../../files.js';
import type { Study } from './study-file.js';

const linksSchema = z.array(
  z.strictObject({ rater: z.string(), token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
);

/** Rater and secret. */
export type RaterLink = z.output<typeof linksSchema>[number];

/**
 * The secrets of a study's raters from `links.json`, made where they are missing: 256 random bits each. They are kept as
 * they are and not as hashes, because links are shown again at every start; whoever may read the file may read all answers
 * and ratings beside it as well.
 */
export async function raterLinks(directory: string, study: Study): Promise<RaterLink[]> {
  const file = join(directory, 'links.json');
  const kept = existsSync(file) ? await readLinks(file) : [];
  const links = study.raters.map(
    ({ name }) =>
      kept.find(({ rater }) => rater === name) ?? {
        rater: name,
        token: randomBytes(32).toString('base64url'),
      },
  );
  if (links.some((link) => !kept.includes(link))) await writePrivately(file, links);
  else await chmod(file, 0o600);
  return links;
}

async function readLinks(file: string): Promise<RaterLink[]> {
  const parsed = linksSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new AttuneError('holds no links of raters', {
    file,
    fix: 'delete the file; every rater then gets a new link',
  });
}

/** The file is never readable by others, not even while it is written. */
async function writePrivately(file: string, links: readonly RaterLink[]): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(links, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, file);
  }
}

/**
 * Finds the rater of a secret. Every secret is compared, each in constant time, so that how long it takes tells nothing
 * about them.
 */
export function raterFinder(links: readonly RaterLink[]): (token: string) => string | undefined {
  const hashed = links.map(({ rater, token }) => ({ rater, hash: sha256(token) }));
  return (token) => {
    const hash = sha256(token);
    let found: string | undefined;
    for (const link of hashed) if (timingSafeEqual(link.hash, hash)) found = link.rater;
    return found;
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
