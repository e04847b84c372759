/**
 * What the model that a stage leaves is called.
 * @module
 */

/** Name of the model that a stage leaves, among the systems of an evaluation. */
export const stageSystem = (stage: string): string => `stage-${stage}`;
