import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { StaffMember } from '../../rpc-contract/status-view.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { createPeopleStore } from '../event-log/people-store.ts';
import type { CheckPin } from '../staff/check-pin.ts';
import { staffMember } from '../staff/session.ts';
import { type CommandContext, groundOf, problem, refused, said } from './command-context.ts';

export interface LogIn {
  listStaff(): readonly StaffMember[];
  logIn(input: { readonly staffId: string; readonly pin: string }): Promise<Reply<StaffMember>>;
  logOut(): Reply<null>;
}

export interface LogInContext
  extends Pick<CommandContext, 'database' | 'eventLog' | 'documents' | 'clock' | 'session'> {
  readonly checkPin: CheckPin;
}

/** Staff log in with nothing but this kiosk (X3). */
export function createLogIn(context: LogInContext): LogIn {
  const { database, session } = context;
  const people = createPeopleStore(database);

  return {
    listStaff: () => people.list().flatMap((person) => (person.pin ? [staffMember(person)] : [])),
    logIn: async (input) => {
      const ground = groundOf(context);
      if (!ground.ok) return refused(ground.error);
      const checked = await context.checkPin(input, (person) =>
        session.begin(person.staffId, ground.value.businessDate),
      );
      return checked.ok ? said(staffMember(checked.value)) : refused(checked.error);
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
