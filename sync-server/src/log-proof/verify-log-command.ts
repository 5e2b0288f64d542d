import { parseArgs } from 'node:util';
import { DatabaseError } from '../db/database.ts';
import { openForCommand, parksAskedFor } from '../db/open-for-command.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { type LogReport, verifyLog } from './verify-log.ts';

const USAGE = `npm run verify-log -- [--park P] [--data FOLDER]
Recomputes each park's log from its first event: chains, seals, positions, heads, daily roots and what was recovered. Nothing
is written. Over PostgreSQL the server may run meanwhile. The exit code is 1 if something is wrong, 2 if it could not be done.`;

/** `npm run verify-log`. @returns the exit code */
export async function verifyLogs(args: readonly string[], say: (line: string) => void): Promise<number> {
  const options = readOptions(args, say);
  if (options === null) return 2;
  try {
    const database = await openForCommand(options.data);
    try {
      const parks = await parksAskedFor(database, options.park);
      if (parks.length === 0) say('There are no parks.');
      let wrong = 0;
      for (const park of parks) {
        const report = await verifyLog({ database, crypto: createNodeCrypto() }, park);
        for (const line of linesOf(report)) say(line);
        if (report.problem) wrong += 1;
      }
      return wrong === 0 ? 0 : 1;
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    say(error.message);
    return 2;
  }
}

function readOptions(args: readonly string[], say: (line: string) => void) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { park: { type: 'string' }, data: { type: 'string' } },
    });
    return { park: values.park, data: values.data };
  } catch (error) {
    say(`${(error as Error).message}\n${USAGE}`);
    return null;
  }
}

/** What was checked, and the first thing that is wrong. */
export function linesOf({ park, counts, streams, problem }: LogReport): readonly string[] {
  const { position, seals, roots, recovered, rootsOfLostPast, notBelieved, newestRoot } = counts;
  const checked = `${position} events of ${streams} streams, ${seals} seals, ${roots} roots, ${recovered} recovered`;
  const lines = [`${park}: ${checked}`];
  if (newestRoot) {
    const { businessDate, position: rooted, root } = newestRoot;
    lines.push(`  newest root: ${businessDate}, position ${rooted}, ${root}`);
  }
  if (rootsOfLostPast > 0) lines.push(`  ${rootsOfLostPast} roots are of a log that a restore put together anew`);
  if (notBelieved > 0)
    lines.push(`  ${notBelieved} records of kiosks recover nothing that is proven; they count nowhere`);
  if (problem === null) return [...lines, '  Everything holds.'];
  const { node, epoch, seq, what } = problem;
  return [...lines, `  WRONG in park ${park}, node ${node}, epoch ${epoch}, seq ${seq}: ${what}.`];
}
