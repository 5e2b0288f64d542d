import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Person } from '@skygate/shared/protocol/people';
import type { Database } from 'better-sqlite3';
import type { Problem } from '../../rpc-contract/kiosk-api.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { createPeopleStore } from '../event-log/people-store.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import { createPinLockout } from './pin-lockout.ts';
import { verifyPin } from './verify-pin.ts';

/**
 * Whether a PIN is that person's, with the lock-out that survives restarts (X3): to log in, and where a supervisor lets
 * something pass in their own name. `onRight` runs in the transaction that notes the success.
 */
export type CheckPin = (
  input: { readonly staffId: string; readonly pin: string },
  onRight?: (person: Person) => void,
) => Promise<Result<Person, Problem>>;

export function createCheckPin({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: KioskClock;
}): CheckPin {
  const people = createPeopleStore(database);
  const lockout = createPinLockout(database);
  // One try at a time: many at once would all be checked before the first failure is on record.
  let checking: Promise<unknown> = Promise.resolve();

  const tryPin: CheckPin = async ({ staffId, pin }, onRight) => {
    const person = people.find(staffId);
    if (!person?.pin) return err({ code: 'unknown_staff', data: { staffId } });
    const waiting = writeTransaction(database, () => lockout.waitMs(staffId, clock.nowMs()));
    if (!waiting.ok) return err({ code: 'disk_full', data: {} });
    if (waiting.value > 0) return err({ code: 'locked_out', data: { waitMs: waiting.value } });

    const right = await verifyPin(pin, person.pin);
    const written = writeTransaction(database, () => {
      if (!right) return lockout.failed(staffId, clock.nowMs());
      lockout.succeeded(staffId);
      onRight?.(person);
      return 0;
    });
    if (!written.ok) return err({ code: 'disk_full', data: {} });
    return right ? ok(person) : err({ code: 'wrong_pin', data: { waitMs: written.value } });
  };

  return (input, onRight) => {
    const answer = checking.then(() => tryPin(input, onRight));
    checking = answer.catch(() => null);
    return answer;
  };
}
