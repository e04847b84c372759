/**
 * The Python worker as a process that answers calls over lines of JSON (docs/torch-engine.md).
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AttuneError } from '../../errors.js';

/** Version of the protocol that this side speaks. */
const protocol = 1;

/** Lines of the worker's standard error that a message about its death shows. */
const shownLines = 12;

/** Folder of the Python package, beside `src/` and `dist/`. */
const packageDirectory = fileURLToPath(new URL('../../../worker', import.meta.url));

interface Reply {
  id: number;
  result?: unknown;
  error?: {
    kind: 'user' | 'defect';
    message: string;
    file?: string;
    field?: string;
    fix?: string;
    trace?: string;
  };
}

interface Ready {
  event: 'ready';
  protocol: number;
  /** Processes that compute together. */
  processes: number;
  versions: Record<string, string>;
}

/** How the worker is started. */
export interface WorkerProcessOptions {
  /** Interpreter with PyTorch, Transformers and PEFT. */
  python: string;
  /** Environment variables besides those of this process. */
  environment?: Readonly<Record<string, string>>;
}

/** A running worker. */
export interface WorkerProcess {
  readonly ready: Readonly<Ready>;
  /** Calls one of the trainer's methods; calls are answered in their order. */
  call<T>(method: string, parameters?: object): Promise<T>;
  /** Ends the process; calls that are waiting are rejected. */
  close(): Promise<void>;
}

/**
 * Starts the worker and waits until it serves.
 *
 * @throws {AttuneError} when the interpreter is missing or lacks a package, or the process dies; from the calls too
 */
export function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { python, environment = {} } = options;
  const child = spawn(python, ['-m', 'attune_worker', 'serve'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1', ...environment, PYTHONPATH: pythonPath() },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const calls = new Calls(child);
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > shownLines) complaints.shift();
  });
  // A process that died cannot be written to; its exit says why.
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const fail = (error: AttuneError): void => {
      reject(error);
      calls.fail(error);
    };
    child.on('error', (error) => fail(notStarted(python, error)));
    child.on('close', (code, signal) => fail(died(code, signal, complaints)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Ready | Reply;
      if (!('event' in message)) calls.settle(message);
      else if (message.protocol === protocol) resolve(clientOf(child, calls, message));
      else {
        reject(otherProtocol(message.protocol));
        child.kill();
      }
    });
  });
}

function pythonPath(): string {
  const given = process.env.PYTHONPATH;
  return given ? `${packageDirectory}${process.platform === 'win32' ? ';' : ':'}${given}` : packageDirectory;
}

function clientOf(child: ChildProcess, calls: Calls, ready: Ready): WorkerProcess {
  return {
    ready,
    call: <T>(method: string, parameters: object = {}) => calls.make(method, parameters) as Promise<T>,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('close', resolve));
      // The end of its input ends it, after what it is doing.
      child.stdin?.end();
      await ended;
    },
  };
}

/** Calls that wait for their replies. */
class Calls {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #made = 0;
  #failure?: AttuneError;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  make(method: string, params: object): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = this.#made++;
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, method, params })}\n`);
    });
  }

  settle({ id, result, error }: Reply): void {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) call?.reject(errorOf(error));
    else call?.resolve(result);
  }

  fail(error: AttuneError): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf(error: NonNullable<Reply['error']>): Error {
  if (error.kind === 'user') return new AttuneError(error.message, error);
  const defect = new Error(`the torch engine failed: ${error.message}`);
  defect.stack = error.trace;
  return defect;
}

function notStarted(python: string, cause: Error): AttuneError {
  return new AttuneError(`the Python of the torch engine cannot be started: ${cause.message}`, {
    file: python,
    fix: 'set ATTUNE_PYTHON to an interpreter with torch, transformers and peft',
    cause,
  });
}

function died(
  code: number | null,
  signal: NodeJS.Signals | null,
  complaints: readonly string[],
): AttuneError {
  const missing = complaints.map((line) => /No module named '([^']+)'/.exec(line)?.[1]).find(Boolean);
  if (missing) {
    return new AttuneError(`the Python of the torch engine lacks the package ${missing}`, {
      fix: `install what worker/requirements.lock names, or set ATTUNE_PYTHON to an interpreter that has it`,
    });
  }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  const said = complaints.length > 0 ? `; it said:\n${complaints.join('\n')}` : '';
  return new AttuneError(`the torch engine's process ${how}${said}`, {
    // What the system sends when its memory is used up.
    fix:
      signal === 'SIGKILL'
        ? 'the memory of this machine may have been used up: lower per_device_train_batch_size or set gradient_checkpointing, and run the same command again'
        : 'run the same command again; it goes on from the last checkpoint',
  });
}

function otherProtocol(found: number): AttuneError {
  return new AttuneError(
    `the torch engine speaks version ${found} of the protocol, this program ${protocol}`,
    {
      fix: 'install the worker of the same version of Attune',
    },
  );
}
