/**
 * What a run was computed with, for its manifest.
 * @module
 */
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** The machine of a run. */
export interface Machine {
  cpu: string;
  /** Cores that the process may use. */
  cores: number;
  /** Memory that the process may use. */
  memory_bytes: number;
  /** For example `linux-x64`. */
  platform: string;
}

/** Describes this machine, with the limits of the container that the process runs in. */
export function describeMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_bytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Versions of the software that determines the numbers. */
export function softwareVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const version = (manifest: string): string => (require(manifest) as { version: string }).version;
  return {
    attune: version('../../package.json'),
    node: process.versions.node,
    onnxruntime: version('onnxruntime-node/package.json'),
  };
}

/** Memory of this machine at this moment, in bytes. */
export interface MachineMemory {
  /** What the process may use in all. */
  total: number;
  /** What is free for it now, pages of files that the system can drop included. */
  available: number;
  /** Limit of the container, where there is one. */
  limit?: number;
}

/** Looks at the machine's memory and the limits of the container that the process runs in. */
export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  const isLimited = limit > 0 && limit < totalmem();
  const total = isLimited ? limit : totalmem();
  return {
    total,
    available: Math.min(process.availableMemory(), total),
    ...(isLimited && { limit }),
  };
}
