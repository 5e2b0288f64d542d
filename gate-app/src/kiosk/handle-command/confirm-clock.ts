import { draft } from '@skygate/shared/events/catalogue';
import { businessDateOf, isDate, msOfLocal } from '@skygate/shared/lib/local-time';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { ClockConfirmation, Problem, Reply } from '../../rpc-contract/kiosk-api.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { type Actor, actorFor, type CommandContext, problem, refused, said, storeProblem } from './command-context.ts';

/** A person reads minutes: the true time is somewhere within the one they read. */
const HALF_A_MINUTE_MS = 30_000;

/** H2: a supervisor tells the time where nothing else does; on record before it counts. */
export function confirmClock(context: CommandContext, input: ClockConfirmation): Reply<null> {
  const actor = actorFor(context, 'confirm_clock');
  if (!actor.ok) return refused(actor.error);
  const { clock, eventLog, database, session } = context;
  const trust = clock.trust();
  if (trust === 'server' || trust === 'peer') return refused(problem('clock_is_known'));
  const confirmedMs = confirmedMsOf(actor.value, input);
  if (!confirmedMs.ok) return refused(confirmedMs.error);

  const { offsetMs, takeBack } = clock.supervisorConfirmed(confirmedMs.value);
  const { identity, park, person } = actor.value;
  const body = { confirmedMs: confirmedMs.value, offsetMs };
  const written = eventLog.append([
    draft('ClockConfirmed', `kiosk:${identity.node}`, body, { actor: actor.value.actor }),
  ]);
  if (!written.ok) {
    takeBack();
    return refused(storeProblem(written.error));
  }
  // Whoever put the clock right goes on working, also where that made it another day.
  const businessDate = businessDateOf(confirmedMs.value, park.timeZone, park.cutOffHour);
  const kept = writeTransaction(database, () => {
    session.begin(person.staffId, businessDate);
    return null;
  });
  try {
    // By itself: what is told to be on disk within a transaction would not be, where that finds no room.
    clock.remember();
  } catch {
    // The time is known all the same, and put on disk when there is room (kiosk.ts).
  }
  return kept.ok ? said(null) : refused(problem('disk_full'));
}

function confirmedMsOf(actor: Actor, { entered: input }: ClockConfirmation): Result<number, Problem> {
  if (input === null) return ok(actor.nowMs);
  if (!isDate(input.date)) return err(problem('bad_input', { field: 'date', value: input.date }));
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(input.time)) {
    return err(problem('bad_input', { field: 'time', value: input.time }));
  }
  const enteredMs = msOfLocal(input.date, input.time, actor.park.timeZone) + HALF_A_MINUTE_MS;
  // Events name times since 1970.
  return enteredMs >= 0 ? ok(enteredMs) : err(problem('bad_input', { field: 'date', value: input.date }));
}
