import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena, type ArenaBuffer } from './arena.js';

const megabyte = 2 ** 20;

describe('Arena', () => {
  it('counts only what was written of a block', () => {
    const arena = new Arena();
    arena.allocate(5 * megabyte);
    expect(arena.reservedBytes).toBe(8 * megabyte);
    expect(arena.touchedBytes).toBe(5 * megabyte);
  });

  it('gives freed memory out again, neighbours as one', () => {
    const arena = new Arena();
    arena.free(arena.allocate(8 * megabyte));
    const parts = [1, 1, 1, 1].map(() => arena.allocate(2 * megabyte));
    for (const part of [parts[2]!, parts[0]!, parts[1]!, parts[3]!]) arena.free(part);
    arena.allocate(8 * megabyte);
    expect(arena.touchedBytes).toBe(8 * megabyte);
  });

  it('never lets two buffers in use overlap', () => {
    const commands = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 * megabyte }), fc.nat()), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(commands, (list) => {
        const arena = new Arena();
        const used: { chunk: ArenaBuffer; bytes: number }[] = [];
        for (const [bytes, choice] of list) {
          if (choice % 3 === 0 && used.length > 0) {
            arena.free(used.splice(choice % used.length, 1)[0]!.chunk);
            continue;
          }
          const chunk = arena.allocate(bytes);
          for (const other of used) {
            const apart =
              other.chunk.block !== chunk.block ||
              other.chunk.start + other.bytes <= chunk.start ||
              chunk.start + bytes <= other.chunk.start;
            expect(apart).toBe(true);
          }
          used.push({ chunk, bytes });
        }
        const live = used.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(arena.reservedBytes).toBeGreaterThanOrEqual(live);
      }),
      { numRuns: 100 },
    );
  });

  it('asks the system for blocks as the runtime does', () => {
    // A process of its own: the runtime writes its log past this one's streams.
    const script = `
      import runtime, * as named from 'onnxruntime-node';
      const { Graph } = await import('./dist/graph/graph.js');
      const { encodeModel } = await import('./dist/graph/encode.js');
      const { add, exp, mul } = await import('./dist/graph/ops/elementwise.js');
      const { MemoryWalk } = await import('./dist/graph/live-bytes.js');
      const { softmax } = await import('./dist/graph/ops/normalization.js');
      const { matmul } = await import('./dist/graph/ops/matmul.js');
      const { sumAll } = await import('./dist/graph/ops/reduce.js');
      const graph = new Graph();
      let x = graph.input('x', 'float32', ['n', 300]);
      const kept = [];
      for (let i = 0; i < 12; i++) {
        kept.push(x);
        const squares = softmax(matmul(x, x, { transB: true }));
        x = add(x, mul(exp(x), matmul(squares, x)));
      }
      for (const value of kept.reverse()) x = mul(x, value);
      graph.output(sumAll(x));
      (runtime?.env ?? named.env).logLevel = 'info';
      const session = await named.InferenceSession.create(encodeModel(graph), {
        executionProviders: ['cpu'], graphOptimizationLevel: 'disabled', enableMemPattern: false,
        executionMode: 'sequential', intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3,
      });
      await session.run({ x: new named.Tensor('float32', new Float32Array(500 * 300), [500, 300]) });
      console.error('predicted ' + new MemoryWalk(graph).run(() => 500).reserved);
    `;
    const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const log = stderr + stdout;
    const extensions = [...log.matchAll(/Extended allocation by (\d+) bytes/g)];
    expect(extensions.length).toBeGreaterThan(3);
    const measured = extensions.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    expect(Number(/predicted (\d+)/.exec(log)?.[1])).toBe(measured);
  });
});
