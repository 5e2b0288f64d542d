import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
import * as park from '../testing/test-park.ts';
import { createEventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';
import { createPeopleStore } from './people-store.ts';

const SECRET_NAME = 'Unmistakable Person';

describe('P1: people beside the log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-people-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const filesWithName = (): string[] =>
    readdirSync(folder).filter((file) => readFileSync(join(folder, file)).includes(SECRET_NAME));

  it('P1: once the revision of an erasure is told, no file holds the name or the PIN any more', () => {
    const database = openDatabase(join(folder, 'kiosk.sqlite'));
    const clock = createKioskClock(fakeClock());
    const deps = {
      database,
      crypto: park.crypto,
      clock,
      random: seededRandom('texts'),
      nodeSeed: new Uint8Array(32).fill(1),
      log: park.silentLog,
    };
    const eventLog = createEventLog(deps);
    eventLog.enrol(park.identityOf('gate'), park.hqKeyOf(park.testHq().publicKey), park.LOG_ID);
    const person = { ...park.personOf('g1', 'gate'), name: SECRET_NAME };
    eventLog.storePeople({ revision: 1, people: [...park.PEOPLE.slice(1), person] });
    expect(filesWithName()).not.toEqual([]);
    const { pin: _, ...rest } = person;
    eventLog.storePeople({ revision: 2, people: [{ ...rest, revision: 2, removed: true, name: '', pin: null }] });
    expect(eventLog.position().peopleRevision).toBe(2);
    expect(filesWithName()).toEqual([]);
    expect(createPeopleStore(database).find('g1')).toBeNull();
    // An older row that comes late brings nobody back.
    eventLog.storePeople({ revision: 2, people: [person] });
    expect(filesWithName()).toEqual([]);
    database.close();
  });

  it('P1, E8: a whole list is all there is: an older row of it counts, and of whom it does not name nothing stays', () => {
    const database = openDatabase(join(folder, 'kiosk.sqlite'));
    const clock = createKioskClock(fakeClock());
    const { crypto, silentLog: log } = park;
    const ofKiosk = { random: seededRandom('texts'), nodeSeed: new Uint8Array(32).fill(1) };
    const eventLog = createEventLog({ database, crypto, clock, log, ...ofKiosk });
    eventLog.enrol(park.identityOf('gate'), park.hqKeyOf(park.testHq().publicKey), park.LOG_ID);
    const [first, second] = park.PEOPLE;
    if (!first || !second) throw new Error('there are people');
    const lost = { ...park.personOf('lost', 'gate'), name: SECRET_NAME };
    eventLog.storePeople({ revision: 3, people: [{ ...first, revision: 3 }, lost] });
    expect(filesWithName()).not.toEqual([]);
    eventLog.storePeople({ revision: 2, people: [first, { ...second, revision: 2 }], stamp: 'list' });
    expect(eventLog.position()).toMatchObject({ peopleRevision: 2, peopleStamp: 'list' });
    const people = createPeopleStore(database);
    expect(people.find(first.staffId)).toEqual(first);
    expect(people.list()).toHaveLength(2);
    expect(filesWithName()).toEqual([]);
    database.close();
  });
});
