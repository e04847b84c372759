/**
 * Imports point one way (docs/architecture.md). Tests and fixtures may look anywhere; nothing may look at them.
 */
const layers = {
  recipe: [],
  page: [],
  hub: [],
  data: ['page', 'hub', 'recipe'],
  model: ['data', 'hub', 'recipe'],
  chat: ['model', 'data', 'recipe'],
  graph: [],
  adapter: ['graph', 'chat', 'model', 'data', 'recipe'],
  train: ['adapter', 'graph', 'chat', 'model', 'data', 'recipe'],
  engine: ['train', 'adapter', 'graph', 'chat', 'model', 'data', 'recipe'],
  evaluate: ['page', 'engine', 'train', 'adapter', 'graph', 'chat', 'model', 'data', 'recipe'],
  export: ['train', 'adapter', 'chat', 'model', 'data', 'recipe'],
  cli: ['export', 'evaluate', 'page', 'engine', 'train', 'adapter', 'graph', 'chat', 'model', 'data', 'recipe'],
};

/** What an engine implements for the layer above it: the contract stands where it is used. */
const exceptions = { engine: ['^src/evaluate/system\\.ts$'] };

const notShipped = '\\.(test|fixture)\\.ts$';
const shared = '^src/(errors|files|progress|random)\\.ts$';

const direction = Object.entries(layers).map(([layer, below]) => ({
  name: `direction-of-${layer}`,
  comment: `${layer}/ may import ${below.length ? below.join(', ') : 'no other folder'}`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: notShipped },
  to: {
    path: '^src/',
    pathNot: [shared, ...[layer, ...below].map((name) => `^src/${name}/`), ...(exceptions[layer] ?? [])],
  },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-circular-imports',
      comment: 'Each file can be understood after the files that it imports.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shared-files-stand-alone',
      comment: 'What everything imports imports nothing of Attune but its like.',
      severity: 'error',
      from: { path: shared },
      to: { path: '^src/', pathNot: shared },
    },
    {
      name: 'not-to-tests',
      comment: 'The product does not need its tests.',
      severity: 'error',
      from: { pathNot: notShipped },
      to: { path: notShipped },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads to a file or an installed package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      comment: 'Packages in use are in package.json; the product uses none that only developers install.',
      severity: 'error',
      from: { path: '^src/', pathNot: notShipped },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    ...direction,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
