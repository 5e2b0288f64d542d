import { dayPlanOf, hasDurableServer } from '../../simulation/faults/day-plan.ts';
import type { SimBug } from '../planted-bug.ts';
import { seedsWith, sim } from './sim.ts';

const SAME = 'every node folds to the same state';
const DEEDS = 'what HQ was told is done is in its log';
const SALES = 'confirmed sales are at the server exactly once';
const ADMISSIONS = 'confirmed admissions are at the server exactly once';
const QUIET = 'the healed park falls quiet';
const RUNS = 'the simulation runs to its end';
const CHAINS = 'streams are gap-free with verifying chains and seals';
/** Where a power cut may take the server's last commits, and the day is short. */
const LOSSES = seedsWith((seed) => !hasDurableServer(seed) && dayPlanOf(seed) === 'ordinary', 16);
const UP = 'the server comes up again';
const ANSWERED = 'HQ is answered';
const VISIBLE = 'nothing is visible before it is durable';
const POSITIONS = 'positions are gap-free';

/** In the server; parks that a seed decides must show them. */
export const SERVER_BUGS: readonly SimBug[] = [
  sim({
    name: 'every second push is acknowledged before it is stored, and then forgotten',
    rule: 'S3',
    edits: [
      {
        file: 'sync-server/src/ingest/ingest.ts',
        find: '  const appended = await appendBatch(deps.database.kysely, batch, deps.clock.nowMs());\n',
        replace:
          "  if (push.to % 2 === 0) {\n    const park = await deps.database.reader.selectFrom('parks').select('log_id').where('park', '=', push.park).executeTakeFirstOrThrow();\n    return ok({ acknowledged: push.to, logId: park.log_id, behind: 0 });\n  }\n  const appended = await appendBatch(deps.database.kysely, batch, deps.clock.nowMs());\n",
      },
    ],
    breaks: [SALES, ADMISSIONS, SAME, QUIET],
  }),
  sim({
    name: 'part of a batch is accepted and the rest forgotten',
    rule: 'S3',
    edits: [
      {
        file: 'sync-server/src/ingest/append-batch.ts',
        find: 'from checked c\n  where c.chained\n)',
        replace: 'from checked c\n  where c.chained and c.seq % 9 <> 8\n)',
      },
    ],
    breaks: [POSITIONS, SAME, CHAINS, RUNS, QUIET],
  }),
  sim({
    name: 'a server that lost positions keeps its log id',
    rule: 'E8',
    edits: [
      {
        file: 'sync-server/src/hq-node/replay-journal.ts',
        find: 'if (head < (journal.heads().get(park) ?? 0)) {',
        replace: 'if (head < 0) {',
      },
    ],
    seeds: LOSSES,
    breaks: [VISIBLE, SAME, QUIET],
  }),
  sim({
    name: 'HQ’s events are answered before its journal has them',
    rule: 'E9',
    edits: [
      {
        file: 'sync-server/src/hq-node/append-hq-events.ts',
        find: 'const takeBack = deps.journal?.record(entry);',
        replace: 'const takeBack = entry.batch === null ? deps.journal?.record(entry) : undefined;',
      },
    ],
    seeds: LOSSES,
    breaks: [VISIBLE, DEEDS, SAME, RUNS, QUIET, CHAINS],
  }),
  sim({
    name: 'the journal is not replayed',
    rule: 'E9',
    edits: [
      {
        file: 'sync-server/src/hq-node/replay-journal.ts',
        find: 'journal?.batchesAfter({ park, node, epoch, seq: head_seq }) ?? []',
        replace: '[] as never[]',
      },
    ],
    seeds: LOSSES,
    breaks: [DEEDS, SAME, RUNS, QUIET, CHAINS, UP, ANSWERED],
  }),
  sim({
    name: 'what PGlite has not flushed is called durable',
    rule: 'E9',
    edits: [
      {
        file: 'sync-server/src/sync/push-route.ts',
        find: 'durable: deps.database.durable, logId',
        replace: 'durable: true, logId',
      },
    ],
    seeds: LOSSES,
    breaks: [VISIBLE],
  }),
];
