// Writes config/reference.md from the settings' schema.
import { type Setting, settings } from '@danmux/runtime';
import { cell, table } from './markdown-table.ts';

const head = `# Settings

Made from the schema by \`npm run docs\`; do not edit.

A setting comes from, last wins: the default below, \`config/default.yaml\`, \`config/<environment>.yaml\` (\`NODE_ENV\`: development,
production or test; absent is development), the environment variable, the command line. \`DANMUX_CONFIG_DIR\` names another
folder than \`./config\`. An unknown key or a bad value stops the start and names its full path. \`danmux config check\` checks,
\`danmux config print\` shows what came out, without secrets.

Processes of the roles in the column "same in" must have the same value; \`danmux nodes\`, \`GET /v1/nodes\` and the console name a process
whose value differs. "each" compares the processes of each role only with one another, "set or not" only whether the setting is
empty. Settings without an entry may differ from process to process.

`;

export function configReference(): string {
  const rows = settings.map((setting) => [
    `\`${setting.path}\``,
    typeOf(setting.schema),
    defaultOf(setting),
    setting.schema.unit ?? '',
    setting.schema.env ? `\`${setting.schema.env}\`` : '',
    sameIn(setting),
    cell(setting.schema.description ?? ''),
  ]);
  return head + table(['setting', 'type', 'default', 'unit', 'environment', 'same in', 'meaning'], rows);
}

function sameIn({ mark: { compared, comparison } }: Setting): string {
  const roles = compared.length === 4 ? 'all' : compared.join(', ');
  return { per_role: `each: ${roles}`, presence: `${roles} (set or not)`, value: roles }[comparison ?? 'value'];
}

type Described = Setting['schema'] & {
  type?: string;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  anyOf?: readonly { const?: unknown }[];
  items?: Described;
  patternProperties?: object;
};

function typeOf(schema: Setting['schema']): string {
  const { type, minimum, maximum, pattern, anyOf, items, patternProperties } = schema as Described;
  if (anyOf) return anyOf.map((choice) => `\`${choice.const}\``).join(', ');
  if (items) return `list of ${typeOf(items)}`;
  if (patternProperties) return 'table';
  if (type === 'integer') return `whole number${range(minimum, maximum)}`;
  if (type === 'string') return pattern ? `text like \`${cell(pattern)}\`` : 'text';
  return type === 'boolean' ? 'true or false' : (type ?? '');
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum === undefined) return maximum === undefined ? '' : ` to ${maximum}`;
  return maximum === undefined ? ` from ${minimum}` : `, ${minimum} to ${maximum}`;
}

function defaultOf({ schema }: Setting): string {
  const { default: value } = schema;
  if (value === '') return '(empty)';
  if (Array.isArray(value) && value.length === 0) return '(none)';
  return cell(`\`${typeof value === 'string' ? value : yamlOf(value)}\``);
}

/** Formats the value as one line of YAML, ready to paste into a config file. */
export function yamlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' && !/^[A-Za-z][\w./-]*$/.test(value) ? `'${value}'` : String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${key}: ${yamlOf(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
