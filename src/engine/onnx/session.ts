/**
 * Graphs in the runtime: creation with the settings that the measurements asked for, and runs.
 * @module
 */
import { parse } from 'node:path';
import * as ort from 'onnxruntime-node';
import { encodeModel, readInputs } from '../../graph/encode.js';
import type { Graph } from '../../graph/graph.js';
import type { LoadedAdapter } from './loaded-adapter.js';

/** A value that goes into or comes out of a run. */
export type Values = Record<string, ort.Tensor>;

/** A graph that is ready to run. */
export interface Session {
  /**
   * Runs the graph once. Inputs that nothing reads may be given and are left out.
   *
   * @param outputs buffers that are written in place; outputs without one are returned
   * @param wanted the outputs that are returned; what leads to others is computed but not copied. Default all
   */
  run(inputs: Values, outputs?: Values, wanted?: readonly string[]): Promise<Values>;
  close(): Promise<void>;
}

/** How a session runs. */
export interface SessionOptions {
  threads: number;
  /** Whether weights are held once more in the order in which products read them. Default false. */
  packed?: boolean;
  /** Whether threads that wait for work keep their core busy. Default true, as the runtime's. */
  spinning?: boolean;
}

/**
 * Creates a session for `graph`.
 *
 * The runtime's own optimizer is off: it would reorder nodes, merge recomputed nodes with the stored ones and
 * fold casts of mapped weights into copies. Memory patterns are off because they double the peak; prepacking
 * is off unless asked for because it keeps a copy of every weight for each of its consumers.
 */
export async function createSession(
  graph: Graph,
  { threads, packed = false, spinning = true }: SessionOptions,
): Promise<Session> {
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        disable_prepacking: packed ? '0' : '1',
        'intra_op.allow_spinning': spinning ? '1' : '0',
        model_external_initializers_file_folder_path: weightsRoot(graph),
      },
    },
  });
  const names = readInputs(graph);
  const all = graph.outputs.map((tensor) => tensor.name);
  return {
    async run(inputs, outputs = {}, wanted = all) {
      const feeds = Object.fromEntries(Object.entries(inputs).filter(([name]) => names.has(name)));
      const fetches = Object.fromEntries(wanted.map((name) => [name, outputs[name] ?? null]));
      return (await session.run(feeds, fetches)) as Values;
    },
    close: () => session.release(),
  };
}

/** The root that mapped weights are named relative to. */
export function weightsRoot({ initializers }: Graph): string {
  return initializers.flatMap(({ data }) => ('file' in data ? [parse(data.file).root] : []))[0] ?? '/';
}

/** The matrices of an adapter as inputs of a graph, by their names. */
export function parameterValues({ parameters, values }: LoadedAdapter): Values {
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, new ort.Tensor('float32', values.get(name)!, shape)]),
  );
}
