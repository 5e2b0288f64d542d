import type { PlantedBug } from './planted-bug.ts';

const LOG = 'gate-app/src/kiosk/event-log';
const SYNC = 'gate-app/src/kiosk/sync';
const SAME = 'every node folds to the same state';
const SALES = 'confirmed sales are at the server exactly once';
const ADMISSIONS = 'confirmed admissions are at the server exactly once';
const DEEDS = 'what HQ was told is done is in its log';
const LEASES = 'leases and capacity hold';
const MONEY = 'money ties out';
const QUIET = 'the healed park falls quiet';
const RUNS = 'the simulation runs to its end';
const CHAINS = 'streams are gap-free with verifying chains and seals';
const POSITIONS = 'positions are gap-free';

const sim = (bug: Omit<PlantedBug, 'harness'>): PlantedBug => ({
  harness: 'sim',
  seeds: { from: 1, count: 20 },
  ...bug,
});
const race = (bug: Omit<PlantedBug, 'harness'>): PlantedBug => ({ harness: 'race', ...bug });

/** What the harnesses are held to: each is a fault that somebody could make in good faith. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  sim({
    name: 'a sale asked for again is sold again: no dedupe of commands',
    rule: 'K2',
    edits: [
      {
        file: `${LOG}/event-log.ts`,
        find: 'const found = findCommand.get(commandId);',
        replace: "const found = findCommand.get('never');",
      },
    ],
    seeds: { from: 1, count: 60 },
    breaks: [SALES, MONEY],
  }),
  sim({
    name: 'the cursor moves past a run that was not applied',
    rule: 'S4',
    edits: [
      {
        file: `${LOG}/store-page.ts`,
        find: 'for (const run of page.runs) {',
        replace: 'for (const run of page.runs.slice(0, 3)) {',
      },
    ],
    breaks: [SAME, RUNS],
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
    name: 'the kiosk’s database is opened with synchronous=NORMAL',
    rule: 'K1',
    edits: [
      {
        file: `${LOG}/open-database.ts`,
        find: "database.pragma('synchronous = FULL');",
        replace: "database.pragma('synchronous = NORMAL');",
      },
      {
        file: `${LOG}/open-database.ts`,
        find: "database.pragma('synchronous', { simple: true }) === 2",
        replace: "database.pragma('synchronous', { simple: true }) >= 1",
      },
    ],
    breaks: [RUNS, 'a kiosk keeps running', SALES, ADMISSIONS, QUIET, SAME, 'the backlog has drained'],
  }),
  sim({
    name: 'read models and lease use are written after the commit, not with it',
    rule: 'K1',
    edits: [
      {
        file: `${LOG}/append-own.ts`,
        find: '        projection.projectOwn(event);\n',
        replace: '',
      },
      {
        file: `${LOG}/append-own.ts`,
        find: '    if (!written.ok) return written;\n',
        replace:
          '    if (!written.ok) return written;\n    deps.clock.nowMs();\n    writeTransaction(database, () => { for (const event of events) projection.projectOwn(event); return null; });\n',
      },
    ],
    seeds: { from: 1, count: 80 },
    breaks: [SAME],
  }),
  sim({
    name: 'a command’s seal stands on its first event',
    rule: 'E3',
    edits: [
      {
        file: `${LOG}/append-own.ts`,
        find: 'event === last ? signature : null',
        replace: 'event === events[0] ? signature : null',
      },
    ],
    breaks: [QUIET, RUNS, SAME],
  }),
  sim({
    name: 'a late answer about a log that is gone is believed',
    rule: 'E8',
    edits: [
      {
        file: `${SYNC}/upload.ts`,
        find: 'if (eventLog.position().logId !== logId && movesMark(step)) {',
        replace: 'if (eventLog.position().logId === null) {',
      },
    ],
    seeds: { from: 60, count: 80 },
    breaks: [QUIET, 'cursors only move forward', SAME, SALES, 'the backlog has drained'],
  }),
  sim({
    name: 'a kiosk goes on with its cursor in another log',
    rule: 'E8',
    edits: [
      {
        file: 'shared/src/sync/greeting.ts',
        find: "return own.logId !== null && own.logId !== state.logId ? { do: 'start_over' } : { do: 'go_on' };",
        replace: "return { do: 'go_on' };",
      },
    ],
    breaks: [SAME, QUIET],
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
    breaks: [SAME, QUIET],
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
    breaks: [DEEDS, SAME, RUNS, QUIET, CHAINS],
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
    breaks: [DEEDS, SAME, RUNS, QUIET, CHAINS],
  }),
  sim({
    name: 'a till sells past its share',
    rule: 'C1',
    edits: [
      {
        file: 'shared/src/domain/capacity/shares.ts',
        find: 'if (asked > left) missing.push({ date, slot, asked, left });',
        replace: 'if (share === undefined) missing.push({ date, slot, asked, left });',
      },
      {
        file: 'shared/src/domain/capacity/shares.ts',
        find: 'const places = Math.min(lease.left, open);',
        replace: 'const places = open;',
      },
    ],
    breaks: [LEASES],
  }),
  sim({
    name: 'HQ lends more than there is',
    rule: 'C1',
    edits: [
      {
        file: 'shared/src/domain/capacity/decide.ts',
        find: 'if (!Number.isSafeInteger(places) || places < 1 || places > left) {',
        replace: 'if (!Number.isSafeInteger(places) || places < 1) {',
      },
    ],
    seeds: { from: 1, count: 40 },
    breaks: [LEASES],
  }),
  sim({
    name: 'an idle upload is never told of new work',
    rule: 'K3',
    edits: [
      {
        file: `${SYNC}/lane.ts`,
        find: 'if (progress.waitsForWork) bell.ring();',
        replace: 'if (progress.status === null) bell.ring();',
      },
    ],
    breaks: [QUIET],
  }),
  sim({
    name: 'a sale counts once in its totals, however many were sold',
    rule: 'M1',
    edits: [
      {
        file: 'shared/src/read-models/project-sale.ts',
        find: 'deltas: { quantity, amount_minor: totalMinor },',
        replace: 'deltas: { quantity, amount_minor: Math.trunc(totalMinor / quantity) },',
      },
    ],
    breaks: [MONEY],
  }),
  sim({
    name: 'a gate does not hold its own admission against a ticket',
    rule: 'T2',
    edits: [
      {
        file: 'gate-app/src/kiosk/read-models/ticket-knowledge.ts',
        find: 'FROM ticket_facts WHERE park = ? AND ticket_id = ?`;',
        replace: "FROM ticket_facts WHERE park = ? AND ticket_id = ? AND kind <> 'admitted'`;",
      },
    ],
    breaks: ['a gate admits a ticket once'],
  }),
  sim({
    name: 'clocks far ahead are taken over',
    rule: 'H1',
    edits: [
      {
        file: 'shared/src/sync/hlc.ts',
        find: 'if (hlcMs(received) > trustedMs + HLC_MAX_LEAD_MS) return last;',
        replace: '',
      },
    ],
    seeds: { from: 1, count: 60 },
    breaks: ['clocks stay near true time'],
  }),
  sim({
    name: 'an answer that is no answer drops what was sent',
    rule: 'K3',
    edits: [
      {
        file: 'shared/src/sync/outbox.ts',
        find: '      // Perhaps one event upsets something on the way',
        replace:
          "      return { do: 'advance', acknowledged: sent.to, credits: 500 };\n      // Perhaps one event upsets something",
      },
    ],
    seeds: { from: 1, count: 60 },
    breaks: [SALES, SAME, QUIET, ADMISSIONS],
  }),
  sim({
    name: 'two processes write in one data folder',
    rule: 'K1',
    edits: [{ file: 'gate-app/src/kiosk/data-folder.ts', find: "held.exec('BEGIN EXCLUSIVE');", replace: '' }],
    seeds: { from: 1, count: 1 },
    breaks: ['a kiosk keeps running'],
  }),
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
    breaks: ['every push is answered', 'a reader misses nothing', 'positions are gap-free'],
  }),
  race({
    name: 'HQ decides without the park’s lock',
    rule: 'C1',
    edits: [
      {
        file: 'sync-server/src/hq-node/append-hq-events.ts',
        find: ".where('park', '=', park).forUpdate().executeTakeFirst();",
        replace: ".where('park', '=', park).executeTakeFirst();",
      },
    ],
    breaks: ['the last places are lent once', 'a code enrols one kiosk', 'every deed is answered'],
  }),
];
