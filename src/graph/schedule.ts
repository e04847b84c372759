/**
 * Which nodes run, and in which order. Order decides how long each value stays in memory.
 *
 * The runtime takes no order from the file: it walks depth-first from the nodes whose results nobody
 * reads, always towards the node with the highest index first, and runs nodes as the walk leaves them
 * (measured; see docs/engine.md). Listing the nodes in reverse therefore makes it run them as the
 * program wrote them: what was written first has the highest index and is walked first.
 * @module
 */
import type { Graph, Node } from './graph.js';

/** Nodes that some output depends on, in the order in which they were written. */
export function liveNodes(graph: Graph): Node[] {
  const producer = new Map<string, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producer.set(output, node);
  const live = new Set<Node>();
  const stack = graph.outputs.flatMap((tensor) => producer.get(tensor.name) ?? []);
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (live.has(node)) continue;
    live.add(node);
    for (const input of node.inputs) {
      const from = producer.get(input);
      if (from && !live.has(from)) stack.push(from);
    }
  }
  return graph.nodes.filter((node) => live.has(node));
}

/** The order of nodes in the file that makes the runtime execute `nodes` as they are listed. */
export function fileOrder(nodes: readonly Node[]): Node[] {
  return [...nodes].reverse();
}

/** The order in which the runtime executes nodes that stand in a file as `listed`. */
export function executionOrder(listed: readonly Node[]): Node[] {
  const index = new Map<string, number>();
  for (const [i, node] of listed.entries()) for (const output of node.outputs) index.set(output, i);
  const inputsOf = listed.map((node) =>
    [...new Set(node.inputs.flatMap((input) => index.get(input) ?? []))].sort((a, b) => a - b),
  );
  const isRead = new Set(inputsOf.flat());
  const order: Node[] = [];
  const visited = new Set<number>();
  const stack: { node: number; leave: boolean }[] = listed.flatMap((_, node) =>
    isRead.has(node) ? [] : [{ node, leave: false }],
  );
  while (stack.length > 0) {
    const { node, leave } = stack.pop()!;
    if (leave) {
      order.push(listed[node]!);
      continue;
    }
    if (visited.has(node)) continue;
    visited.add(node);
    stack.push({ node, leave: true });
    for (const input of inputsOf[node]!) if (!visited.has(input)) stack.push({ node: input, leave: false });
  }
  return order;
}
