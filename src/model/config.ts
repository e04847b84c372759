/**
 * Architecture settings, as in a Transformers `config.json` but validated and in camelCase.
 * @module
 */

/** A decoder of the Llama family. */
export interface ModelConfig {
  /** `model_type` of Transformers; the embedded engine has one program for each. */
  modelType: 'llama';
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  /** Size of one attention head; need not be hiddenSize / numAttentionHeads. */
  headDim: number;
  rmsNormEps: number;
  ropeTheta: number;
  maxPositionEmbeddings: number;
  /** Whether `lm_head` is the embedding table itself. */
  tieWordEmbeddings: boolean;
  bosTokenId?: number;
  /** Tokens that end an answer. */
  eosTokenIds: number[];
  padTokenId?: number;
}
