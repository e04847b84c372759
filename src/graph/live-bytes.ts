/**
 * How much memory one run of a graph takes, from its nodes and the sizes of one batch, without running it.
 * @module
 */
import { Arena, type ArenaBuffer } from './arena.js';
import { planBuffers, tensorBytes } from './buffers.js';
import type { Graph, Node, Tensor } from './graph.js';

/** What a run needs beside its inputs, in bytes. */
export interface RunMemory {
  /** What the runtime's arena touches: all of it stays until the session is closed. */
  arena: number;
  /** What the arena asks of the system; the difference is never written and takes no memory. */
  reserved: number;
  /** Most bytes in use at once. */
  peak: number;
  /** Of these what is kept from the forward pass for the gradient: in use when `boundary` has run. */
  kept: number;
}

/** How a graph is run. */
export interface RunSizes {
  /** The size behind each name of a dimension. */
  sizeOf(name: string): number;
  /** Outputs that are written into the caller's buffers, by name. */
  given?: ReadonlySet<string>;
  /** Bytes that an operator takes for itself while it runs. */
  scratch?(node: Node): number;
  /** Result after which the backward pass begins. */
  boundary?: string;
}

/** Walks the graph in the runtime's order and counts. */
export function runMemory(graph: Graph, { sizeOf, given, scratch, boundary }: RunSizes): RunMemory {
  const { steps, buffers } = planBuffers(graph, given);
  const arena = new Arena();
  const held = new Map<number, { chunk: ArenaBuffer; bytes: number }>();
  let live = 0;
  let peak = 0;
  let kept = 0;
  const bytesOf = (tensor: Tensor): number => tensorBytes(tensor, sizeOf);
  for (const { node, begins, ends } of steps) {
    const own = scratch?.(node) ?? 0;
    const temporary = own > 0 ? arena.allocate(own) : undefined;
    for (const buffer of begins) {
      const bytes = bytesOf(buffers[buffer]!);
      if (bytes === 0) continue;
      held.set(buffer, { chunk: arena.allocate(bytes), bytes });
      live += bytes;
    }
    peak = Math.max(peak, live + own);
    if (temporary) arena.free(temporary);
    for (const buffer of ends) {
      const found = held.get(buffer);
      if (!found) continue;
      arena.free(found.chunk);
      live -= found.bytes;
      held.delete(buffer);
    }
    if (boundary !== undefined && node.outputs.includes(boundary)) kept = live;
  }
  return { arena: arena.touchedBytes, reserved: arena.reservedBytes, peak, kept };
}
