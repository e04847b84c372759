/**
 * Calls into a worker thread. Runs of the runtime block their thread, so sessions live in workers and the main
 * thread stays responsive.
 * @module
 */
import { parentPort, Worker } from 'node:worker_threads';
import { AttuneError } from '../../errors.js';

interface Call {
  id: number;
  method: string;
  parameters: unknown[];
}

interface Reply {
  id: number;
  result?: unknown;
  error?: {
    message: string;
    stack?: string;
    attune: boolean;
    file?: string;
    line?: number;
    field?: string;
    fix?: string;
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a table of methods with parameters of their own
type Methods = Record<string, (...parameters: any[]) => Promise<unknown>>;

/** A running worker. */
export interface WorkerClient<M extends Methods> {
  call<K extends keyof M & string>(
    method: K,
    ...parameters: Parameters<M[K]>
  ): Promise<Awaited<ReturnType<M[K]>>>;
  terminate(): Promise<void>;
}

/**
 * Starts the worker module `name` of this folder and waits until it serves.
 *
 * Under a test runner the sources run uncompiled, which a worker cannot: it always starts from `dist/`.
 */
export function startWorker<M extends Methods>(name: string, workerData: unknown): Promise<WorkerClient<M>> {
  const file = new URL(`${name}.js`, import.meta.url.replace('/src/', '/dist/'));
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData });
    const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
    let calls = 0;
    const fail = (error: Error): void => {
      reject(error);
      for (const call of waiting.values()) call.reject(error);
      waiting.clear();
    };
    const client = {
      call: (method: string, ...parameters: unknown[]) =>
        new Promise<unknown>((done, failed) => {
          const id = calls++;
          waiting.set(id, { resolve: done, reject: failed });
          worker.postMessage({ id, method, parameters } satisfies Call);
        }),
      terminate: async () => {
        await worker.terminate();
      },
    } as unknown as WorkerClient<M>;
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`the engine's worker stopped with code ${code}`)));
    worker.on('message', (message: 'ready' | Reply) => {
      if (message === 'ready') return resolve(client);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) call?.reject(rebuildError(message.error));
      else call?.resolve(message.result);
    });
  });
}

/** In a worker: answers calls with `methods`, one after the other. */
export function serve(methods: Methods): void {
  let last: Promise<void> = Promise.resolve();
  parentPort!.on('message', (call: Call) => {
    last = last.then(async () => {
      const reply: Reply = { id: call.id };
      try {
        reply.result = await methods[call.method]!(...call.parameters);
      } catch (error) {
        reply.error = describeError(error as Error);
      }
      parentPort!.postMessage(reply);
    });
  });
  parentPort!.postMessage('ready');
}

function describeError(error: Error): Reply['error'] {
  const { message, stack } = error;
  if (!(error instanceof AttuneError)) return { message, stack, attune: false };
  const { file, line, field, fix } = error;
  return { message, stack, attune: true, file, line, field, fix };
}

function rebuildError(error: NonNullable<Reply['error']>): Error {
  if (error.attune) return new AttuneError(error.message, error);
  const plain = new Error(error.message);
  plain.stack = error.stack;
  return plain;
}
