import type { SimBug } from '../planted-bug.ts';
import { sim } from './sim.ts';

const LOG = 'gate-app/src/kiosk/event-log';
const SYNC = 'gate-app/src/kiosk/sync';
const SAME = 'every node folds to the same state';
const SALES = 'confirmed sales are at the server exactly once';
const ADMISSIONS = 'confirmed admissions are at the server exactly once';
const LEASES = 'leases and capacity hold';
const MONEY = 'money ties out';
const QUIET = 'the healed park falls quiet';
const RUNS = 'the simulation runs to its end';

/** In the kiosk, or in what it shares with the server; parks that a seed decides must show them. */
export const KIOSK_BUGS: readonly SimBug[] = [
  sim({
    name: 'the cursor moves past a run that was not applied',
    rule: 'S4',
    edits: [
      {
        file: `${LOG}/store-page.ts`,
        find: 'for (const run of page.runs) takeSent',
        replace: 'for (const run of page.runs.slice(0, 3)) takeSent',
      },
    ],
    breaks: [SAME, RUNS],
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
    breaks: [
      'nothing is visible before it is durable',
      RUNS,
      'a kiosk keeps running',
      SALES,
      ADMISSIONS,
      QUIET,
      SAME,
      'the backlog has drained',
    ],
  }),
  sim({
    name: 'read models and the use of leases are written by the next transaction, not with their events',
    rule: 'K1',
    edits: [
      {
        file: `${LOG}/append-own.ts`,
        find: '  const insertCommand = database.prepare(INSERT_COMMAND);\n',
        replace: '  const insertCommand = database.prepare(INSERT_COMMAND);\n  const late: Event[] = [];\n',
      },
      {
        file: `${LOG}/append-own.ts`,
        find: 'const written = writeTransaction(database, () => {\n',
        replace:
          'const written = writeTransaction(database, () => {\n      for (const event of late.splice(0)) projection.projectOwn(event);\n',
      },
      { file: `${LOG}/append-own.ts`, find: '        projection.projectOwn(event);\n', replace: '' },
      {
        file: `${LOG}/append-own.ts`,
        find: 'if (!written.ok) return written;',
        replace: 'if (!written.ok) return written;\n    late.push(...events);',
      },
    ],
    breaks: [SAME, 'a gate admits a ticket once'],
  }),
  sim({
    name: 'a command’s seal stands on its first event',
    rule: 'E3',
    edits: [
      {
        file: `${LOG}/append-own.ts`,
        find: 'signatures.get(event) ?? null',
        replace: '(event === events[0] ? signatures.get(last) : null) ?? null',
      },
    ],
    breaks: [QUIET, RUNS, SAME],
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
    breaks: ['clocks stay near true time'],
  }),
  sim({
    name: 'a push without an answer counts as stored, and what the server lacks is not sent again',
    rule: 'K3',
    edits: [
      {
        file: 'shared/src/sync/outbox.ts',
        find: "return { do: 'shrink', why: answer.detail };",
        replace: "return { do: 'advance', acknowledged: sent.to, credits: 500 };",
      },
      {
        file: 'shared/src/sync/outbox.ts',
        find: "? { do: 'rewind', acknowledged: answer.needFrom - 1 }",
        replace: "? { do: 'advance', acknowledged: sent.to, credits: 500 }",
      },
      {
        file: 'gate-app/src/kiosk/sync/greet.ts',
        find: 'const noted = eventLog.acknowledge({ acknowledged, durable, logId });',
        replace:
          'const noted = eventLog.acknowledge({ acknowledged: Math.max(acknowledged, eventLog.position().acknowledged), durable, logId });',
      },
    ],
    breaks: [SALES, SAME, QUIET, ADMISSIONS],
  }),
  sim({
    name: 'two processes write in one data folder',
    rule: 'K1',
    edits: [{ file: 'gate-app/src/kiosk/data-folder.ts', find: "held.exec('BEGIN EXCLUSIVE');", replace: '' }],
    breaks: ['a kiosk keeps running'],
  }),
];
