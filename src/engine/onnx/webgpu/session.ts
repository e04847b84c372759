/**
 * Graphs on the runtime's WebGPU provider.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { encodeModel, readInputs } from '../../../graph/encode.js';
import type { Graph } from '../../../graph/graph.js';
import type { HostInput } from '../../../graph/webgpu/host-integers.js';
import { lowerForWebGpu } from '../../../graph/webgpu/lower.js';
import { type Session, type Values, weightsRoot } from '../session.js';
import { explainFailure } from './failures.js';

/**
 * Creates a session whose every node runs on the device; frozen weights are copied there once.
 *
 * All sessions of a process must be used in one thread, one run at a time: the runtime crashes otherwise
 * (https://github.com/microsoft/onnxruntime/issues/32561).
 *
 * @throws {AttuneError} where there is no device, it has too little memory, or lacks an operator
 */
export async function createWebGpuSession(graph: Graph): Promise<Session> {
  const lowered = lowerForWebGpu(graph);
  const session = await explaining(() =>
    ort.InferenceSession.create(encodeModel(lowered.graph), {
      executionProviders: ['webgpu'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'disabled',
      enableMemPattern: false,
      logSeverityLevel: 4,
      extra: {
        session: {
          // Without this the runtime gives nodes to the CPU without a word.
          disable_cpu_ep_fallback: '1',
          model_external_initializers_file_folder_path: weightsRoot(graph),
        },
      },
    }),
  );
  const names = readInputs(lowered.graph);
  const outputNames = [...lowered.outputs];
  return {
    async run(inputs, outputs = {}) {
      const host = lowered.hostInputs(inputs).map((input) => [input.name, hostTensor(input)] as const);
      const all = [...Object.entries(inputs), ...host].filter(([name]) => names.has(name));
      const fetches = Object.fromEntries(
        outputNames.map(([before, after]) => [after, outputs[before] ?? null]),
      );
      const results = await explaining(() => session.run(Object.fromEntries(all), fetches));
      return Object.fromEntries(outputNames.map(([before, after]) => [before, results[after]])) as Values;
    },
    close: () => session.release(),
  };
}

function hostTensor({ dtype, dims, data }: HostInput): ort.Tensor {
  return dtype === 'int32'
    ? new ort.Tensor('int32', Int32Array.from(data, Number), dims)
    : new ort.Tensor('int64', data, dims);
}

async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFailure(error as Error);
  }
}
