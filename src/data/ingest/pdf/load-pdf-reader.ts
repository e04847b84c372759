/**
 * Loads the reader of PDF files when the first one is read.
 * @module
 */
import type { readPdf } from './read-pdf.js';

/**
 * What pdf.js's build for older runtimes replaces with versions of its own, although Node has them: its `JSON.stringify`
 * takes a multiple of the time for everything that the process writes afterwards.
 */
const replaced: readonly [owner: object, name: string][] = [
  [JSON, 'parse'],
  [JSON, 'stringify'],
  [Array.prototype, 'push'],
  [Function.prototype, 'toString'],
];

let loaded: Promise<typeof readPdf> | undefined;

/** The reader; the runtime's own functions are put back after loading it. */
export function loadPdfReader(): Promise<typeof readPdf> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<typeof readPdf> {
  const natives = replaced.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name)!);
  try {
    return (await import('./read-pdf.js')).readPdf;
  } finally {
    for (const [index, [owner, name]] of replaced.entries()) {
      Object.defineProperty(owner, name, natives[index]!);
    }
  }
}
