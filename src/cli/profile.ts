import { sentence } from '../core/error.ts';
import type { Message } from '../core/messages/index.ts';
import { isMessageCode } from '../core/messages/index.ts';
import type { Plan } from '../core/plan/schema.ts';
import { planWarnings } from '../core/plan/warnings.ts';
import { formatName } from '../core/profile/formats.ts';
import type { Profile } from '../core/profile/schema.ts';
import type { Command, PlanArguments } from './arguments.ts';
import type { Cli } from './cli.ts';
import { short, table } from './output.ts';
import { type FoundSpec, specOf } from './spec.ts';

/** `tabpod profile DATA`. */
export async function profile(
  { data }: Command & { name: 'profile' },
  { tabpod, output, folder }: Cli,
): Promise<number> {
  const ref = /^https?:\/\//i.test(data) ? { url: data } : { path: data };
  const found = await tabpod.profile(ref, { folder });
  output.result(found, () => {
    output.line(`${found.name}: ${found.rows} rows, ${found.columns.length} columns (${writtenAs(found)})`);
    const rows = found.columns.map((column) => {
      const { name, role, missing, distinct } = column;
      return [name, role, short(missing), short(distinct), valuesText(column).slice(0, 60)];
    });
    output.line(table([['column', 'role', 'missing', 'distinct', 'values'], ...rows]));
  });
  for (const finding of findingsOf(found)) output.progress(finding);
  return 0;
}

/** How the file is written, as far as its format leaves a choice. */
function writtenAs(found: Profile): string {
  const { format, compression, dialect } = found;
  if (format === 'parquet' || format === 'xlsx') return formatName(found);
  const mark = dialect.delimiter === '\t' ? 'tab' : dialect.delimiter;
  const packed = compression === null ? '' : `${compression}, `;
  return `${packed}${dialect.encoding}, “${mark}”, decimal ${dialect.decimal}`;
}

/** From where to where, or the most frequent values. */
function valuesText({ role, min, max, top }: Profile['columns'][number]): string {
  if (min === undefined) {
    return top
      .slice(0, 4)
      .map(({ value }) => value)
      .join(', ');
  }
  const text = role === 'date' ? day : short;
  return `${text(min)} … ${text(max)}`;
}

function day(milliseconds: number | undefined): string {
  const date = new Date(milliseconds ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(0, 10);
}

/** `tabpod script DATA --target COL`. */
export async function script(command: Command & { name: 'script' }, cli: Cli): Promise<number> {
  const { plan } = await planOf(command, cli);
  process.stdout.write(cli.tabpod.script(plan));
  return 0;
}

export interface Planned extends FoundSpec {
  readonly profile: Profile;
  readonly plan: Plan;
}

/** Profiles the dataset of a command line and completes its plan; says what the user should know on stderr. */
export async function planOf(given: PlanArguments, { tabpod, output, folder, addresses }: Cli): Promise<Planned> {
  const found = await specOf(given, folder, addresses);
  output.progress(`profiling ${nameOf(found)}`);
  const seen = await tabpod.profile(found.spec.dataset, { folder: found.folder });
  for (const finding of findingsOf(seen)) output.progress(`note: ${finding}`);
  const plan = tabpod.plan(found.spec, seen);
  for (const warning of planWarnings(plan, seen, found.spec))
    output.progress(`note: ${sentence(warning.code, warning.facts)}`);
  return { ...found, profile: seen, plan };
}

function nameOf({ spec }: FoundSpec): string {
  const { dataset } = spec;
  if ('path' in dataset) return dataset.path;
  return 'url' in dataset ? new URL(dataset.url).host : dataset.key;
}

/** Findings of the file and its columns as sentences; of many alike, the first few. */
function findingsOf({ findings, columns }: Profile): readonly string[] {
  const all = [...findings, ...columns.flatMap((column) => column.findings)];
  const sentences = all.flatMap(({ code, facts }) =>
    isMessageCode(code) ? [sentence(code, facts as Message['facts'])] : [],
  );
  const most = 8;
  return sentences.length > most
    ? [...sentences.slice(0, most), `… and ${sentences.length - most} more findings`]
    : sentences;
}
