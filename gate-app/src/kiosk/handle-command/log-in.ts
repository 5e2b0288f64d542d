import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { StaffMember } from '../../rpc-contract/status-view.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { createPeopleStore } from '../event-log/people-store.ts';
import { createPinLockout } from '../staff/pin-lockout.ts';
import { staffMember } from '../staff/session.ts';
import { verifyPin } from '../staff/verify-pin.ts';
import { type CommandContext, groundOf, problem, refused, said } from './command-context.ts';

export interface LogIn {
  listStaff(): readonly StaffMember[];
  logIn(input: { readonly staffId: string; readonly pin: string }): Promise<Reply<StaffMember>>;
  logOut(): Reply<null>;
}

type LogInContext = Pick<CommandContext, 'database' | 'eventLog' | 'documents' | 'clock' | 'session'>;

/** Staff log in with nothing but this kiosk (X3). */
export function createLogIn(context: LogInContext): LogIn {
  const { database, session, clock } = context;
  const people = createPeopleStore(database);
  const lockout = createPinLockout(database);
  // One try at a time: many at once would all be checked before the first failure is on record.
  let checking: Promise<unknown> = Promise.resolve();

  const tryPin = async (staffId: string, pin: string): Promise<Reply<StaffMember>> => {
    const ground = groundOf(context);
    if (!ground.ok) return refused(ground.error);
    const person = people.find(staffId);
    if (!person?.pin) return refused(problem('unknown_staff', { staffId }));
    const waiting = writeTransaction(database, () => lockout.waitMs(staffId, clock.nowMs()));
    if (!waiting.ok) return refused(problem('disk_full'));
    if (waiting.value > 0) return refused(problem('locked_out', { waitMs: waiting.value }));

    const right = await verifyPin(pin, person.pin);
    const written = writeTransaction(database, () => {
      if (!right) return lockout.failed(staffId, clock.nowMs());
      lockout.succeeded(staffId);
      session.begin(staffId, ground.value.businessDate);
      return 0;
    });
    if (!written.ok) return refused(problem('disk_full'));
    return right ? said(staffMember(person)) : refused(problem('wrong_pin', { waitMs: written.value }));
  };

  return {
    listStaff: () => people.list().flatMap((person) => (person.pin ? [staffMember(person)] : [])),
    logIn: ({ staffId, pin }) => {
      const answer = checking.then(() => tryPin(staffId, pin));
      checking = answer.catch(() => null);
      return answer;
    },
    logOut: () => {
      const ended = writeTransaction(database, () => {
        session.end();
        return null;
      });
      return ended.ok ? said(null) : refused(problem('disk_full'));
    },
  };
}
