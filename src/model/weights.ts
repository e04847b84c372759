/**
 * Where the numbers of a model lie on the disk. Nothing here holds a whole model in memory.
 * @module
 */

/** Element types of stored tensors: safetensors names, and the block formats of GGUF. */
export type StoredType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U8'
  | 'BOOL'
  | 'Q8_0'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K';

/** A tensor's bytes in a file: what a runtime needs to map it. */
export interface StoredTensor {
  /** Name as in Transformers, for example `model.layers.0.self_attn.q_proj.weight`. */
  name: string;
  dtype: StoredType;
  /** Row-major, as in Transformers: a linear layer's weight is [out, in]. */
  shape: number[];
  /** Real path (symbolic links resolved). */
  file: string;
  /** Byte offset of the first element in `file`. */
  offset: number;
  byteLength: number;
  /**
   * Set on the query and key weights of a llama.cpp file, whose rows lie in another order: the number of heads.
   * {@link WeightStore.readFloat32} puts the rows into Transformers' order; the bytes in the file are not in it.
   */
  interleavedHeads?: number;
}

/** The weights of one model. */
export interface WeightStore {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The tensor's elements as float32, row-major, dequantized where needed; throws on an unknown name. */
  readFloat32(name: string): Promise<Float32Array>;
}
