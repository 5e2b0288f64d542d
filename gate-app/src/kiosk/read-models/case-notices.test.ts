import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../event-log/open-database.ts';
import type { Ground } from '../handle-command/command-context.ts';
import { identityOf, OTHER_GATE, PARK, park, TODAY } from '../testing/test-park.ts';
import { createCaseNotices } from './case-notices.ts';
import { createGateNames } from './gate-names.ts';

let folder: string;
let database: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-notices-'));
  database = openDatabase(join(folder, 'kiosk.sqlite'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const YESTERDAY = '2026-11-20';
/** A case of an admission at a gate. */
function open(caseId: string, given: { gate: string; date?: string; hlc?: number; ticket?: string }): void {
  const { gate, date = TODAY, hlc = 1, ticket = caseId } = given;
  database
    .prepare("INSERT INTO cases VALUES (?, ?, ?, 'contested', ?, 1, ?, '', ?, 7, ?, 2, ?)")
    .run(PARK, caseId, ticket, OTHER_GATE, hlc, String(hlc).padStart(16, '0'), gate, date);
}
function admit(ticket: string, gate: string, date = TODAY): void {
  const columns = 'park, ticket_id, node, epoch, seq, fork, kind, hlc, wall_ms, trust, gate_id, business_date, actor';
  database
    .prepare(`INSERT INTO ticket_facts (${columns}) VALUES (?, ?, ?, 1, 1, '', 'admitted', '', 0, 'rtc', ?, ?, '')`)
    .run(PARK, ticket, OTHER_GATE, gate, date);
}
const close = (caseId: string): void => {
  database.prepare("INSERT INTO case_closings VALUES (?, ?, ?, 'accepted', '', '', 0)").run(PARK, caseId, caseId);
};
const shown = (businessDate = TODAY, role: 'gate' | 'till' = 'gate'): readonly string[] => {
  const notices = createCaseNotices(database, createGateNames(database));
  const ground = { identity: identityOf(role), park, businessDate } as Ground;
  return notices(ground).map(({ caseId, isHere }) => `${caseId}${isHere ? ' here' : ''}`);
};

it('T3: shows a gate the cases of today that its own people let in, or had let in before', () => {
  open('here', { gate: 'north', hlc: 3 });
  open('second', { gate: 'south', hlc: 2 });
  admit('second', 'north');
  open('elsewhere', { gate: 'south' });
  admit('elsewhere', 'south');
  expect(shown()).toEqual(['here here', 'second']);
  expect(shown(TODAY, 'till')).toEqual([]);
});

it('T3: no longer than its day lasts, nor when it is closed, also where the closing came first', () => {
  close('closed first');
  open('closed first', { gate: 'north' });
  open('old', { gate: 'north', date: YESTERDAY });
  open('now', { gate: 'north' });
  admit('other day', 'north', YESTERDAY);
  open('other day', { gate: 'south' });
  expect(shown()).toEqual(['now here']);
  expect(shown('2026-11-22')).toEqual([]);
  close('now');
  expect(shown()).toEqual([]);
});

it('T3: of many the newest three, so that the gate stays usable', () => {
  for (let hlc = 1; hlc <= 9; hlc += 1) open(`case-${hlc}`, { gate: 'north', hlc });
  expect(shown()).toEqual(['case-9 here', 'case-8 here', 'case-7 here']);
});
