/**
 * How much memory the runs of a graph take, from its nodes and the sizes of a batch, without running it.
 * @module
 */
import { Arena, type ArenaBuffer } from './arena.js';
import { type BufferPlan, planBuffers, tensorBytes } from './buffers.js';
import type { Graph, Node } from './graph.js';

/** Memory of a graph's runs so far, in bytes. */
export interface RunMemory {
  /** What the runtime's arena has touched: it stays with the process until the session is closed. */
  arena: number;
  /** What the arena asked of the system. What of it was never written takes no memory. */
  reserved: number;
  /** Most bytes in use at once in this run. */
  peak: number;
  /** What the backward pass needs of the forward pass: in use when `boundary` has run. */
  kept: number;
}

/** How a graph is run. */
export interface WalkOptions {
  /** Outputs that are written into the caller's buffers, by name. */
  given?: ReadonlySet<string>;
  /** Bytes that an operator takes for itself while it runs. */
  scratch?(node: Node): number;
  /** Result with which the forward pass ends. */
  boundary?: string;
}

/** Walks a graph in the order in which the runtime executes it, with one arena for all runs, as a session has. */
export class MemoryWalk {
  readonly #plan: BufferPlan;
  readonly #options: WalkOptions;
  readonly #arena = new Arena();

  constructor(graph: Graph, options: WalkOptions = {}) {
    this.#plan = planBuffers(graph, options.given);
    this.#options = options;
  }

  /** One run over a batch. @param sizeOf the size behind each name of a dimension */
  run(sizeOf: (name: string) => number): RunMemory {
    const { steps, buffers } = this.#plan;
    const { scratch, boundary } = this.#options;
    const held = new Map<number, { buffer: ArenaBuffer; bytes: number }>();
    let live = 0;
    let peak = 0;
    let kept = 0;
    for (const { node, begins, ends } of steps) {
      const own = scratch?.(node) ?? 0;
      const temporary = own > 0 ? this.#arena.allocate(own) : undefined;
      for (const number of begins) {
        const bytes = tensorBytes(buffers[number]!, sizeOf);
        if (bytes === 0) continue;
        held.set(number, { buffer: this.#arena.allocate(bytes), bytes });
        live += bytes;
      }
      peak = Math.max(peak, live + own);
      if (temporary) this.#arena.free(temporary);
      for (const number of ends) {
        const found = held.get(number);
        if (!found) continue;
        this.#arena.free(found.buffer);
        live -= found.bytes;
        held.delete(number);
      }
      if (boundary !== undefined && node.outputs.includes(boundary)) kept = live;
    }
    // What the caller gets is copied and then freed.
    for (const { buffer } of held.values()) this.#arena.free(buffer);
    return { arena: this.#arena.touchedBytes, reserved: this.#arena.reservedBytes, peak, kept };
  }
}
