import type { RaceBug } from '../planted-bug.ts';

const race = (bug: Omit<RaceBug, 'harness' | 'rounds'>): RaceBug => ({ ...bug, harness: 'race', rounds: 3 });

/** Show only where connections meet: PGlite has one. */
export const RACE_BUGS: readonly RaceBug[] = [
  race({
    name: 'positions are taken without the park’s lock',
    rule: 'S3',
    edits: [
      {
        file: 'sync-server/src/ingest/append-batch.ts',
        find: ' from parks where park = $1 for update',
        replace: ' from parks where park = $1',
      },
    ],
    races: ['pushes'],
    breaks: ['every push is answered', 'a reader misses nothing', 'positions are gap-free'],
  }),
  race({
    name: 'HQ decides without the park’s lock',
    rule: 'C1',
    edits: [
      // The cursor of the read models, which HQ takes before it, would put HQ's work in a row as well.
      {
        file: 'sync-server/src/projections/page.ts',
        find: ".forUpdate('c')",
        replace: '',
      },
      {
        file: 'sync-server/src/hq-node/append-hq-events.ts',
        find: ".where('park', '=', park).forUpdate().executeTakeFirst();",
        replace: ".where('park', '=', park).executeTakeFirst();",
      },
    ],
    races: ['last-places', 'everybody-sells', 'one-code'],
    breaks: ['the last places are lent once', 'a code enrols one kiosk', 'every deed is answered'],
  }),
  race({
    name: 'HQ lends and sells what it has lent already',
    rule: 'C1',
    edits: [
      {
        file: 'shared/src/domain/capacity/decide.ts',
        find: 'Math.max(0, (state.capacity ?? 0) - committedPlaces(state));',
        replace: 'Math.max(0, state.capacity ?? committedPlaces(state));',
      },
    ],
    races: ['last-places', 'everybody-sells'],
    breaks: ['the last places are lent once', 'no place is given twice'],
  }),
  race({
    name: 'a stream’s head is read from a snapshot that is older than the lock',
    rule: 'S3',
    edits: [
      {
        file: 'sync-server/src/ingest/append-batch.ts',
        find: 'where n.node = $2 and n.epoch = $3\n  for update of n',
        replace: 'where n.node = $2 and n.epoch = $3',
      },
    ],
    races: ['pushes'],
    breaks: ['every push is answered', 'a reader misses nothing', 'positions are gap-free'],
  }),
  race({
    name: 'an enrolment code is judged by what was read before the lock',
    rule: 'S1',
    edits: [
      {
        file: 'sync-server/src/hq-node/enrolment.ts',
        find: 'const made = await findCode(tx, codeHash);',
        replace: 'const made = expected;',
      },
    ],
    races: ['one-code'],
    breaks: ['a code enrols one kiosk'],
  }),
  race({
    name: 'an epoch that has ended is ended again',
    rule: 'E6',
    edits: [
      {
        file: 'sync-server/src/hq-node/end-of-epoch.ts',
        find: "if (row.state !== 'open') return { drafts: [] };",
        replace: '',
      },
    ],
    races: ['closing'],
    breaks: ['an epoch ends once'],
  }),
  race({
    name: 'a restore begins as often as it is noticed',
    rule: 'E8',
    edits: [
      {
        file: 'sync-server/src/restore/begin-recovery.ts',
        find: 'if ((await hqEpoch(tx, park)) !== closes || (await newestHqEpoch(tx, park)) >= next.epoch) return false;',
        replace: '',
      },
    ],
    races: ['restore'],
    breaks: ['a restore begins once'],
  }),
  race({
    name: 'HQ writes on in an epoch that a restore has closed',
    rule: 'E8',
    edits: [
      {
        file: 'sync-server/src/hq-node/append-hq-events.ts',
        find: 'if ((await hqEpoch(tx, park)) !== hq.epoch) return null;',
        replace: '',
      },
    ],
    races: ['restore'],
    breaks: ['HQ writes in its open epoch alone'],
  }),
];
