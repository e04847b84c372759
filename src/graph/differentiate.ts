/**
 * Reverse-mode differentiation over symbolic tensors, functions with a gradient of their own, and
 * recomputation instead of storage.
 * @module
 */

import type { GradientRule, Operation, Tensor } from './graph.js';
import { add } from './ops/elementwise.js';

/**
 * Gradients of Σ ⟨output, seed⟩ with respect to `targets`.
 *
 * @param outputs pairs of a tensor and the gradient that flows into it (same shape)
 * @param targets the tensors to differentiate by
 * @returns one gradient a target, `undefined` where no path leads
 */
export function differentiate(
  outputs: readonly (readonly [Tensor, Tensor])[],
  targets: readonly Tensor[],
): (Tensor | undefined)[] {
  const relevant = new Set<Tensor>(targets);
  const operations = operationsBetween(
    outputs.map(([tensor]) => tensor),
    relevant,
  );
  const gradients = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, gradient: Tensor): void => {
    const sofar = gradients.get(tensor);
    gradients.set(tensor, sofar ? add(sofar, gradient) : gradient);
  };
  for (const [tensor, seed] of outputs) if (relevant.has(tensor)) accumulate(tensor, seed);
  for (const operation of operations) {
    const incoming = operation.outputs.map((output) => gradients.get(output));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    if (!operation.gradient) throw new Error('no gradient is defined on the path');
    const needs = operation.inputs.map((input) => relevant.has(input));
    operation.gradient(incoming, needs).forEach((gradient, i) => {
      if (gradient && needs[i]) accumulate(operation.inputs[i]!, gradient);
    });
  }
  return targets.map((target) => gradients.get(target));
}

/** Operations on a path from `relevant` to `outputs`, last first; marks every tensor on such a path. */
function operationsBetween(outputs: readonly Tensor[], relevant: Set<Tensor>): Operation[] {
  const seen = new Set<Operation>();
  const stack = outputs.flatMap((tensor) => (tensor.operation ? [tensor.operation] : []));
  while (stack.length > 0) {
    const operation = stack.pop()!;
    if (seen.has(operation)) continue;
    seen.add(operation);
    for (const input of operation.inputs) if (input.operation) stack.push(input.operation);
  }
  const inOrder = [...seen].sort((a, b) => a.id - b.id);
  const onPath = inOrder.filter((operation) => {
    if (!operation.inputs.some((input) => relevant.has(input))) return false;
    for (const output of operation.outputs) relevant.add(output);
    return true;
  });
  return onPath.reverse();
}

/**
 * `build(...inputs)` with a gradient rule of its own: differentiation does not look inside.
 *
 * @param inputs every tensor that the result depends on and that may need a gradient
 */
export function withGradient(
  inputs: readonly Tensor[],
  build: () => Tensor[],
  gradient: GradientRule,
): Tensor[] {
  const outputs = build();
  outputs[0]!.graph.operation(inputs, outputs, gradient);
  return outputs;
}

/**
 * Gradient checkpointing (arXiv 1604.06174): `build` runs forward once and again when its gradient is
 * needed, so that nothing but `inputs` is kept in between.
 *
 * @param inputs tensors that may need a gradient, parameters included
 * @param build must create its nodes anew at each call
 */
export function checkpoint(inputs: readonly Tensor[], build: (...inputs: Tensor[]) => Tensor[]): Tensor[] {
  return withGradient(
    inputs,
    () => build(...inputs),
    (outputGradients, needs) => {
      const copies = inputs.map((input): Tensor => ({ ...input, operation: undefined }));
      const again = build(...copies);
      const seeds = again.flatMap((tensor, i) =>
        outputGradients[i] ? [[tensor, outputGradients[i]] as const] : [],
      );
      const wanted = copies.filter((_, i) => needs[i]);
      const gradients = differentiate(seeds, wanted);
      return copies.map((copy, i) => (needs[i] ? gradients[wanted.indexOf(copy)] : undefined));
    },
  );
}
