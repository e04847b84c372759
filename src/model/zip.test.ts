import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipBytes } from './zip.fixture.js';
import { extractMember } from './zip.js';

let folder: string;
let archive: string;
let target: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-zip-'));
  archive = join(folder, 'archive.zip');
  target = join(folder, 'out');
});
afterAll(() => rm(folder, { recursive: true }));

/** More than one piece of the reader, hardly compressible. */
const content = Buffer.from(Uint32Array.from({ length: 700_000 }, (_, i) => Math.imul(i, 2654435761)).buffer);

describe('extractMember', () => {
  it.each([true, false])('writes a member (deflated: %s) to the named place', async (deflated) => {
    await writeFile(
      archive,
      zipBytes([
        { name: '../../evil', content: Buffer.from('evil') },
        { name: 'folder/model.gguf', content, deflated },
      ]),
    );
    await extractMember(archive, 'folder/model.gguf', target);
    expect((await readFile(target)).equals(content)).toBe(true);
    await rm(target);
    expect((await readdir(folder)).sort()).toEqual(['archive.zip']);
  });

  it.each([
    ['a wrong checksum', { crc: 1 }, /checksum/],
    ['fewer bytes than announced', { size: content.length + 1 }, /has \d+ of the/],
    ['more bytes than announced', { size: content.length - 1 }, /longer than/],
    ['an unknown method', { method: 12 }, /method 12/],
    ['garbage instead of deflated bytes', { method: 8 }, /invalid|incorrect|unexpected/],
  ])('refuses %s and leaves no file', async (_what, forged, message) => {
    await writeFile(archive, zipBytes([{ name: 'm', content, ...forged }]));
    await expect(extractMember(archive, 'm', target)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(['archive.zip']);
  });

  it('refuses archives that are cut off or none, and names an absent member', async () => {
    const whole = zipBytes([{ name: 'm', content: Buffer.from('abc') }]);
    for (const length of [0, 10, whole.length - 35]) {
      await writeFile(archive, whole.subarray(0, length));
      await expect(extractMember(archive, 'm', target)).rejects.toThrow(/no whole zip archive/);
    }
    await writeFile(archive, whole);
    await expect(extractMember(archive, 'other', target)).rejects.toThrow(/has no file other/);
  });
});
