import type { Person } from '@skygate/shared/protocol/people';
import type { Database } from 'better-sqlite3';
import type { StaffMember } from '../../rpc-contract/status-view.ts';
import { createPeopleStore, type PeopleStore } from '../event-log/people-store.ts';

/** Who is logged in. On disk, so that a power cut does not stop a gate; it ends with its business day. */
export interface Session {
  /** Null if nobody is, if who was is no longer on the staff, or if that was on another business day than this. */
  person(businessDate: string): Person | null;
  /** To be called within a transaction. */
  begin(staffId: string, businessDate: string): void;
  end(): void;
  /** Ends a session of an earlier business day, as a kiosk that starts finds it. */
  endIfOld(businessDate: string): void;
}

const READ = 'SELECT staff_id, business_date FROM session WHERE only_row = 1';
const BEGIN = 'INSERT OR REPLACE INTO session (only_row, staff_id, business_date) VALUES (1, ?, ?)';
const END = 'DELETE FROM session WHERE only_row = 1';

export function createSession(database: Database, people: PeopleStore = createPeopleStore(database)): Session {
  const read = database.prepare<[], { staff_id: string; business_date: string }>(READ);
  const begin = database.prepare(BEGIN);
  const end = database.prepare(END);
  return {
    // Read each time: somebody who was removed at HQ is out as soon as their tombstone is here.
    person: (businessDate) => {
      const row = read.get();
      return row?.business_date === businessDate ? people.find(row.staff_id) : null;
    },
    begin: (staffId, businessDate) => {
      begin.run(staffId, businessDate);
    },
    end: () => {
      end.run();
    },
    endIfOld: (businessDate) => {
      const row = read.get();
      if (row && row.business_date !== businessDate) end.run();
    },
  };
}

/** A person as screens see them: without PIN. */
export const staffMember = ({ staffId, name, role }: Person): StaffMember => ({
  staffId,
  name,
  initials: initialsOf(name),
  role,
});

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');
