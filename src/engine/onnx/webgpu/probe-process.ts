/**
 * A process of its own that tries WebGPU: a broken driver can end it, and nothing else.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { Graph } from '../../../graph/graph.js';
import { matmul } from '../../../graph/ops/matmul.js';
import { createWebGpuSession } from './session.js';

/** What the process reports. */
export interface ProbeReport {
  /** Why WebGPU does not work, and what to do; absent where it does. */
  failure?: { message: string; fix?: string };
}

/** Multiplies two small matrices on the device. */
async function probe(): Promise<ProbeReport> {
  const graph = new Graph();
  const product = graph.output(
    matmul(graph.input('a', 'float32', [1, 2]), graph.input('b', 'float32', [1, 2]), { transB: true }),
  );
  const row = (...data: number[]): ort.Tensor => new ort.Tensor('float32', Float32Array.from(data), [1, 2]);
  try {
    const session = await createWebGpuSession(graph);
    const results = await session.run({ a: row(1, 2), b: row(3, 4) });
    await session.close();
    const found = results[product]!.data[0];
    return found === 11
      ? {}
      : {
          failure: { message: `WebGPU: the device computes 1·3 + 2·4 = ${found}`, fix: 'update the driver' },
        };
  } catch (error) {
    const { message, fix } = error as Error & { fix?: string };
    return { failure: { message, fix } };
  }
}

const report = await probe();
process.send!(report, () => process.disconnect());
