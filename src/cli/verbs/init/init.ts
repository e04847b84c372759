/**
 * `attune init`: the beginning of a project of one's own, from a domain's example or from sample records.
 * @module
 */
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { type CommandContext, type CommandResult, example, type VerbRunner } from '../../command.js';
import { startProject } from './domain-project.js';
import { type Domain, domainNamed, domains } from './domains.js';
import { writePlainStarter } from './plain-starter.js';
import { askOnTerminal, type Choices } from './questions.js';

interface InitOptions {
  domain?: string;
  data?: string;
  model?: string;
  name?: string;
}

export function addInit(program: Command, runner: VerbRunner): void {
  const command = program
    .command('init')
    .description('start a project of your own: a recipe with data, from a domain or plain')
    .argument('[folder]', 'where to write; made if need be', '.')
    .option('--domain <name>', `start from an example: ${domains.map(({ name }) => name).join(', ')}`)
    .option(
      '--data <path>',
      'your own data in place of the domain’s starter data: a file, a folder, hub:owner/name',
    )
    .option('--model <name>', 'the model to tune, as in a recipe')
    .option('--name <run>', 'name of the run; otherwise that of the folder')
    .addHelpText(
      'after',
      example(
        'attune init my-domain',
        'attune init my-manuals --domain manuals',
        'attune init my-medical --domain medical --data pubmedqa_ori_pqal.json',
      ),
    );
  runner.attach<InitOptions>(command, async (context, [folder = '.'], options) => {
    const name = options.name ?? runName(folder);
    if (runNameOf(name) !== name)
      throw new UsageError(`"${name}" cannot be the name of a run`, {
        field: '--name',
        fix: `use letters, digits, dots, dashes and underscores, and begin with a letter or a digit, as in ${runNameOf(name) || 'first-run'}`,
      });
    const choices = await chosen(context, options);
    const model = options.model ?? choices.model;
    if (!choices.domain) {
      if (options.data !== undefined)
        throw new UsageError('belongs to a domain', { field: '--data', fix: 'name one with --domain' });
      return plainStarter(folder, name, model);
    }
    return domainProject(choices.domain, { folder, name, model, data: choices.data });
  });
}

/** What the options say; where they name no domain and a person is there, what that person says. */
async function chosen(
  { json, terminal, note, signal }: CommandContext,
  options: InitOptions,
): Promise<Choices> {
  const { domain, data } = options;
  if (domain !== undefined) return { domain: domainNamed(domain), data };
  const watched = process.stdin.isTTY === true && terminal.interactive && !json;
  if (!watched || data !== undefined) return { data };
  return askOnTerminal(note, signal);
}

async function plainStarter(folder: string, name: string, model: string | undefined): Promise<CommandResult> {
  const written = await writePlainStarter(folder, name, model);
  const { recipe, records, schema, examples } = written;
  return {
    data: written,
    text: `Wrote ${recipe}, ${examples} sample records to ${records}, and ${schema} for your editor.`,
    next: `put your own records into ${records}, then: attune run ${forShell(recipe)}`,
  };
}

async function domainProject(
  domain: Domain,
  options: { folder: string; name: string; model?: string; data?: string },
): Promise<CommandResult> {
  const written = await startProject(domain, options);
  return {
    data: { domain: domain.name, name: options.name, ...written },
    text: [...written.files.map((file) => `Wrote ${file}`), ...(written.note ? [written.note] : [])].join(
      '\n',
    ),
    next:
      options.folder === '.'
        ? 'attune run recipe.yaml'
        : `cd ${forShell(options.folder)} && attune run recipe.yaml`,
  };
}

/** A path as it can be pasted into a shell. */
const forShell = (path: string): string =>
  /^[\p{L}\p{N}_./:-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** The folder's name with only the characters that a run may be named with. */
const runName = (folder: string): string => runNameOf(basename(resolve(folder))) || 'first-run';

const runNameOf = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
