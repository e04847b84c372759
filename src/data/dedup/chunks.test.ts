import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChunkReader, chunksOf } from './chunks.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-chunks-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function linesByChunks(content: string, chunkBytes: number): Promise<string[]> {
  const file = join(directory, 'lines');
  await writeFile(file, content);
  const reader = new ChunkReader();
  const lines: string[] = [];
  for (const chunk of chunksOf(file, Buffer.byteLength(content), chunkBytes))
    reader.read(chunk, (buffer, from, to) => {
      lines.push(buffer.toString('utf8', from, to));
    });
  return lines;
}

it('every line belongs to one chunk, whatever their size', async () => {
  const line = fc.oneof(fc.constant(''), fc.string({ maxLength: 30 }), fc.constant('ü€😀'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.integer({ min: 1, max: 80 }),
      fc.boolean(),
      async (list, size, ends) => {
        const lines = list.map((text) => text.replaceAll('\n', ' '));
        const content = lines.join('\n') + (ends ? '\n' : '');
        const expected = content.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(await linesByChunks(content, size)).toEqual(expected);
      },
    ),
  );
});

it('reads lines that are longer than the memory, after longer ones', async () => {
  const lines = ['a'.repeat(300_000), 'b', 'c'.repeat(150_000), 'd'];
  expect(await linesByChunks(lines.join('\n'), 1000)).toEqual(lines);
});
