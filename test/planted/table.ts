// `node test/planted/table.ts`: the table of planted bugs for docs/reliability.md.
import { PLANTED_BUGS } from './bugs.ts';

/** One line a bug: its rule, its name, who catches it, and what is broken then. */
export const tableLines = (): readonly string[] =>
  PLANTED_BUGS.map(({ rule, name, harness, breaks }) => `| ${rule} | ${name} | ${harness} | ${breaks.join('; ')} |`);

if (process.argv[1] === import.meta.filename) console.log(tableLines().join('\n'));
