/**
 * AdamW (arXiv 1711.05101) as PyTorch computes it, over flat pieces of memory, in place.
 * @module
 */
import * as ort from 'onnxruntime-node';
import { Graph } from '../../graph/graph.js';
import { add, div, mul, sqrt, sub } from '../../graph/ops/elementwise.js';
import { sumAll } from '../../graph/ops/reduce.js';
import type { OptimizerSettings } from '../../train/settings.js';
import { type EightBitMoments, emptyMoments, MINIMUM_SIZE, updateEightBit } from './eight-bit-adamw.js';
import { collectGarbage } from './garbage.js';
import type { MergedAdapters } from './merged-adapters.js';
import type { Parameter } from './parameters.js';
import { createSession, type Session } from './session.js';

/** Elements in a piece: small enough that the runtime's copies of its results stay small. */
export const PIECE = 2 ** 20;

/** Everything that training changes: one flat array each, parameters in a fixed order. */
export interface TrainedState {
  /** Those whose moments are in 32 bits stand first. */
  readonly parameters: readonly Parameter[];
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  /**
   * First and second moments (`exp_avg`, `exp_avg_sq` in PyTorch) of the parameters in 32 bits: these arrays end before
   * `values` does where `eightBit` has the rest.
   */
  readonly expAvg: Float32Array;
  readonly expAvgSq: Float32Array;
  /** Moments in 8 bits, by parameter. */
  readonly eightBit: ReadonlyMap<string, EightBitMoments>;
  /** Adapters of earlier stages: frozen, and so without gradients and moments. */
  merged?: MergedAdapters;
  /** The part of one of the arrays that belongs to a parameter. */
  view(array: Float32Array, name: string): Float32Array;
}

/** Allocates the state; parameters that the optimizer treats alike lie together. */
export function createTrainedState(
  parameters: readonly Parameter[],
  optim?: OptimizerSettings['optim'],
): TrainedState {
  const inEightBits = (p: Parameter): boolean => isEightBit(p, optim);
  const kind = (p: Parameter): string => `${p.weightDecay}:${p.learningRateRatio}`;
  const kinds = [...new Set(parameters.map(kind))];
  const alike = kinds.flatMap((wanted) => parameters.filter((p) => kind(p) === wanted));
  const whole = alike.filter((p) => !inEightBits(p));
  const quantized = alike.filter(inEightBits);
  const ordered = [...whole, ...quantized];
  const wholeSize = whole.reduce((sum, p) => sum + p.size, 0);
  const places = new Map<string, [number, number]>();
  let size = 0;
  for (const p of ordered) {
    places.set(p.name, [size, size + p.size]);
    size += p.size;
  }
  return {
    parameters: ordered,
    values: new Float32Array(size),
    gradients: new Float32Array(size),
    expAvg: new Float32Array(wholeSize),
    expAvgSq: new Float32Array(wholeSize),
    eightBit: new Map(quantized.map(({ name, size: own }) => [name, emptyMoments(own)])),
    view: (array, name) => {
      const place = places.get(name);
      if (!place) throw new Error(`${name} is not trained`);
      return array.subarray(...place);
    },
  };
}

/** Whether the moments of a parameter are held in 8 bits: those of small tensors never are, as in bitsandbytes. */
export function isEightBit({ size }: Pick<Parameter, 'size'>, optim: OptimizerSettings['optim']): boolean {
  return optim === 'adamw_bnb_8bit' && size >= MINIMUM_SIZE;
}

/** Makes all moments zero, as at the beginning. */
export function clearMoments({ expAvg, expAvgSq, eightBit }: TrainedState): void {
  expAvg.fill(0);
  expAvgSq.fill(0);
  for (const moments of eightBit.values()) for (const array of Object.values(moments)) array.fill(0);
}

/** One application of the optimizer to a {@link TrainedState}. */
export interface Optimizer {
  /** Euclidean norm of all gradients; NaN or infinite when one of them is. */
  gradientNorm(state: TrainedState): Promise<number>;
  /**
   * Updates values and moments in place.
   *
   * @param step 1-based, for the bias correction
   * @param gradientScale factor of the gradients, from clipping
   */
  update(state: TrainedState, step: number, learningRate: number, gradientScale: number): Promise<void>;
  close(): Promise<void>;
}

/** Compiles the two small graphs of the optimizer. */
export async function createOptimizer(settings: OptimizerSettings, threads: number): Promise<Optimizer> {
  const norm = await squaredNormSession(threads);
  const adamw = await adamwSession(threads);
  const { adam_beta1: beta1, adam_beta2: beta2, adam_epsilon: epsilon, weight_decay: decay } = settings;
  const vector = (data: Float32Array): ort.Tensor => new ort.Tensor('float32', data, [data.length]);
  const scalar = (value: number): ort.Tensor => new ort.Tensor('float32', Float32Array.of(value), []);
  return {
    async gradientNorm({ gradients }) {
      let total = 0;
      for (let start = 0; start < gradients.length; start += PIECE) {
        const result = await norm.session.run({ g: vector(gradients.subarray(start, start + PIECE)) });
        total += result[norm.output]!.data[0] as number;
      }
      return Math.sqrt(total);
    },
    async update(state, step, learningRate, gradientScale) {
      const inEightBits = state.parameters.filter(({ name }) => state.eightBit.has(name));
      for (const { name, weightDecay, learningRateRatio } of inEightBits) {
        updateEightBit(
          state.view(state.values, name),
          state.view(state.gradients, name),
          state.eightBit.get(name)!,
          {
            beta1,
            beta2,
            epsilon,
            weightDecay: weightDecay ? decay : 0,
            learningRate: learningRate * learningRateRatio,
            step,
            gradientScale,
          },
        );
      }
      const whole = state.parameters.filter(({ name }) => !state.eightBit.has(name));
      for (const [start, end, parameter] of pieces(whole)) {
        const rate = learningRate * parameter.learningRateRatio;
        const piece = (array: Float32Array): ort.Tensor => vector(array.subarray(start, end));
        const [p, m, v] = [piece(state.values), piece(state.expAvg), piece(state.expAvgSq)];
        await adamw.session.run(
          {
            p,
            m,
            v,
            g: piece(state.gradients),
            scale: scalar(gradientScale),
            beta1: scalar(beta1),
            oneMinusBeta1: scalar(1 - beta1),
            beta2: scalar(beta2),
            oneMinusBeta2: scalar(1 - beta2),
            keep: scalar(parameter.weightDecay ? 1 - rate * decay : 1),
            stepSize: scalar(rate / (1 - beta1 ** step)),
            correction: scalar(Math.sqrt(1 - beta2 ** step)),
            epsilon: scalar(epsilon),
          },
          { [adamw.p]: p, [adamw.m]: m, [adamw.v]: v },
        );
        // Each piece leaves copies of its results behind, and the collector does not wake by their size.
        if (end - start === PIECE) collectGarbage();
      }
    },
    close: async () => {
      await norm.session.close();
      await adamw.session.close();
    },
  };
}

/** Ranges of at most {@link PIECE} elements whose parameters are treated alike. */
function* pieces(parameters: readonly Parameter[]): Generator<[number, number, Parameter]> {
  let start = 0;
  let end = 0;
  for (const [i, parameter] of parameters.entries()) {
    end += parameter.size;
    const next = parameters[i + 1];
    const alike =
      next?.weightDecay === parameter.weightDecay && next.learningRateRatio === parameter.learningRateRatio;
    if (alike) continue;
    for (; start < end; start = Math.min(end, start + PIECE)) {
      yield [start, Math.min(end, start + PIECE), parameter];
    }
  }
}

async function squaredNormSession(threads: number): Promise<{ session: Session; output: string }> {
  const graph = new Graph();
  const g = graph.input('g', 'float32', ['n']);
  const output = graph.output(sumAll(mul(g, g)));
  return { session: await createSession(graph, { threads }), output };
}

async function adamwSession(threads: number): Promise<{ session: Session; p: string; m: string; v: string }> {
  const { graph, ...names } = adamwGraph();
  return { session: await createSession(graph, { threads }), ...names };
}

/** One step over a piece of `n` elements, and the names of its results. */
export function adamwGraph(): { graph: Graph; p: string; m: string; v: string } {
  const graph = new Graph();
  const vector = (name: string) => graph.input(name, 'float32', ['n']);
  const scalar = (name: string) => graph.input(name, 'float32', []);
  const [p, raw, m, v] = [vector('p'), vector('g'), vector('m'), vector('v')];
  const g = mul(raw, scalar('scale'));
  const newM = add(mul(m, scalar('beta1')), mul(g, scalar('oneMinusBeta1')));
  const newV = add(mul(v, scalar('beta2')), mul(mul(g, g), scalar('oneMinusBeta2')));
  const denominator = add(div(sqrt(newV), scalar('correction')), scalar('epsilon'));
  const newP = sub(mul(p, scalar('keep')), mul(div(newM, denominator), scalar('stepSize')));
  return { graph, p: graph.output(newP), m: graph.output(newM), v: graph.output(newV) };
}
