/**
 * `attune models`: the models that are known by name, and which of them are on the disk.
 * @module
 */
import type { Command } from 'commander';
import { listModels } from '../../model/catalog.js';
import { example, type VerbRunner } from '../command.js';
import { formatBytes, formatTable } from '../terminal.js';

export function addModels(program: Command, runner: VerbRunner): void {
  const command = program
    .command('models')
    .description('list the models that are known by name, and which are on the disk')
    .addHelpText(
      'after',
      `\nA recipe may also name any other Llama-family model: a hub id, a folder, a GGUF file.\n${example('attune models')}`,
    );
  runner.attach(command, async () => {
    const models = await listModels();
    const rows = models.map(({ name, entry, path, bytes }) => [
      name,
      entry ? `${Math.round(entry.parameters / 1e6)} M` : '',
      entry?.licence ?? '',
      path ? `${path} (${formatBytes(bytes ?? 0)})` : 'fetched when it is used',
    ]);
    return { data: models, text: formatTable([['name', 'parameters', 'licence', 'where'], ...rows]) };
  });
}
