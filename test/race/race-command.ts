// `node test/race/race-command.ts [--rounds N] [--race NAME]... [--until-failure] [--json]`: several instances on one real PostgreSQL; the last line counts.
import { parseArgs } from 'node:util';
import { anyPostgres } from '@skygate/sync-server/db/testing/start-postgres';
import { openRaceTrack } from './race-track.ts';
import { RACE_NAMES, runRaces } from './races.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    race: { type: 'string', multiple: true, default: [] },
    'until-failure': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) {
  console.error(`--rounds takes a whole number from 1, not ${JSON.stringify(values.rounds)}`);
  process.exit(1);
}
const unknown = values.race.find((name) => !RACE_NAMES.includes(name));
if (unknown !== undefined) {
  console.error(`--race takes one of ${RACE_NAMES.join(', ')}, not ${JSON.stringify(unknown)}`);
  process.exit(1);
}
const started = performance.now();
const postgres = await anyPostgres();
const broken: Record<string, number> = {};
try {
  for (let round = 1; round <= rounds; round += 1) {
    const track = await openRaceTrack(await postgres.createDatabase());
    try {
      for (const { invariant, found } of await runRaces(track, values.race)) {
        broken[invariant] = (broken[invariant] ?? 0) + 1;
        if (!values.json) console.log(`round ${round}: ${invariant}: ${found}`);
      }
    } finally {
      await track.close();
    }
    if (values['until-failure'] && Object.keys(broken).length > 0) break;
  }
} finally {
  await postgres.stop();
}
const seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(JSON.stringify({ rounds, failed: Object.keys(broken).length, broken, seconds }));
process.exit(Object.keys(broken).length === 0 ? 0 : 1);
