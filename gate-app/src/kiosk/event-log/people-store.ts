import type { Person, StaffRole } from '@skygate/shared/protocol/people';
import type { Database } from 'better-sqlite3';

/** The rows of people beside the log (P1). */
export interface PeopleStore {
  /** To be called within a transaction. A row older than the one held changes nothing. */
  save(person: Person): void;
  /** To be called within a transaction. These are all there are: everybody else goes, and no row held is better (P1). */
  replaceAll(people: readonly Person[]): void;
  /** Everybody who is not removed, by name. */
  list(): readonly Person[];
  /** Null for nobody, and for somebody who was removed. */
  find(staffId: string): Person | null;
}

const SAVE = `
  INSERT INTO people (staff_id, revision, removed, name, role, pin) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (staff_id) DO UPDATE SET
    revision = excluded.revision, removed = excluded.removed, name = excluded.name,
    role = excluded.role, pin = excluded.pin
  WHERE excluded.revision > people.revision`;
const FORGET_ALL = 'DELETE FROM people';
const COLUMNS = 'staff_id, revision, name, role, pin';
const LIST = `SELECT ${COLUMNS} FROM people WHERE removed = 0 ORDER BY name, staff_id`;
const FIND = `SELECT ${COLUMNS} FROM people WHERE staff_id = ? AND removed = 0`;

interface PersonRow {
  staff_id: string;
  revision: number;
  name: string;
  role: string;
  pin: string | null;
}

export function createPeopleStore(database: Database): PeopleStore {
  const save = database.prepare(SAVE);
  const forgetAll = database.prepare(FORGET_ALL);
  const list = database.prepare<[], PersonRow>(LIST);
  const find = database.prepare<[string], PersonRow>(FIND);
  const saveOne = ({ staffId, revision, removed, name, role, pin }: Person): void => {
    // A tombstone erases: nothing of the person stays but the id that events name (P1).
    const kept = removed ? { name: '', pin: null } : { name, pin };
    const verifier = kept.pin === null ? null : JSON.stringify(kept.pin);
    save.run(staffId, revision, removed ? 1 : 0, kept.name, role, verifier);
  };
  return {
    save: saveOne,
    replaceAll: (people) => {
      forgetAll.run();
      for (const person of people) saveOne(person);
    },
    list: () => list.all().map(rowToPerson),
    find: (staffId) => {
      const row = find.get(staffId);
      return row ? rowToPerson(row) : null;
    },
  };
}

const rowToPerson = (row: PersonRow): Person => ({
  staffId: row.staff_id,
  revision: row.revision,
  removed: false,
  name: row.name,
  role: row.role as StaffRole,
  pin: row.pin === null ? null : JSON.parse(row.pin),
});
