/**
 * `attune help`: help on a verb, and every field of a recipe.
 * @module
 */
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { type RecipeField, recipeFields } from '../../recipe/fields.js';
import { nearestName } from '../../recipe/nearest.js';
import { type CommandResult, example, type VerbRunner } from '../command.js';

export function addHelp(program: Command, runner: VerbRunner): void {
  const command = program
    .command('help')
    .description('explain a verb, or the fields of a recipe')
    .argument('[topic]', 'a verb, or `recipe`')
    .argument('[section]', 'a section of the recipe, for example `training`')
    .addHelpText('after', example('attune help train', 'attune help recipe training'));
  runner.attach(command, async (_context, [topic, section]) => {
    if (topic === 'recipe') return explainRecipe(section);
    if (topic === undefined) return helpOf(program);
    const verb = program.commands.find((candidate) => candidate.name() === topic);
    if (verb) return helpOf(verb);
    const topics = [...program.commands.map((candidate) => candidate.name()), 'recipe'];
    throw new UsageError(`there is no verb \`${topic}\``, { fix: suggestion(topic, topics) });
  });
}

const helpOf = (command: Command): CommandResult => ({
  data: { name: command.name(), help: command.helpInformation() },
  text: command.helpInformation(),
});

function explainRecipe(section: string | undefined): CommandResult {
  const fields = recipeFields();
  const sections = [...new Set(fields.map((field) => field.section))];
  if (section !== undefined && !sections.includes(section)) {
    throw new UsageError(`a recipe has no section \`${section}\``, { fix: suggestion(section, sections) });
  }
  const chosen = fields.filter((field) => section === undefined || field.section === section);
  return { data: chosen, text: chosen.map(describeField).join('\n') };
}

function describeField({
  section,
  name,
  type,
  default: standard,
  required,
  description,
}: RecipeField): string {
  const value = required ? 'required' : standard === undefined ? 'optional' : `default ${standard}`;
  return `${section ? `${section}.` : ''}${name}  (${type}; ${value})\n    ${description}`;
}

function suggestion(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest ? `did you mean \`${nearest}\`?` : `choose one of ${names.filter(Boolean).join(', ')}`;
}
