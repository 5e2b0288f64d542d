import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { StopCode } from '@skygate/shared/sync/stop-code';
import { erasedIsGone, erasing } from './erased-pages.ts';
import type { EventLog, EventLogDeps, StoreProblem } from './event-log.ts';
import { forgetForeignDurability } from './foreign-durability.ts';
import type { LogCore } from './log-core.ts';
import { hasNoRoom } from './open-database.ts';
import { createPeopleStore } from './people-store.ts';

/** The part of the log that notes where this kiosk stands towards the server, and whether it may write at all. */
export function createPositionNotes(
  core: LogCore,
  { database, log }: EventLogDeps,
): Pick<
  EventLog,
  | 'position'
  | 'acknowledge'
  | 'learnHqKey'
  | 'resetCursor'
  | 'stopWriting'
  | 'holdWriting'
  | 'heldStop'
  | 'diskIsFull'
  | 'stopped'
  | 'stop'
  | 'storePeople'
  | 'erasedIsGone'
  | 'texts'
> {
  const people = createPeopleStore(database);
  const stopWriting = (reason: string, code: StopCode): Result<null, StoreProblem> => {
    // What comes after the first reason follows from it; only a revocation says more (X4).
    if (core.state.position().stopped !== null && code !== 'revoked') return ok(null);
    if (core.heldStop() === null) log.error({ reason, code }, 'this kiosk may not write any more');
    const saved = core.savePosition({ stopped: reason, stoppedCode: code });
    core.holdStop(saved.ok ? null : { reason, code });
    return saved;
  };
  return {
    position: () => core.position(),
    acknowledge: ({ acknowledged, durable, logId }) => {
      const { seq } = core.ownEnd().head;
      if (acknowledged > seq) {
        const reason = `the server holds ${acknowledged} of this kiosk's events, the kiosk ${seq}: it was restored or cloned`;
        const saved = stopWriting(reason, 'restored');
        return saved.ok ? err({ kind: 'stopped', reason }) : saved;
      }
      const position = core.position();
      const before = logId === position.logId ? Math.min(position.durable, acknowledged) : 0;
      return core.savePosition({ acknowledged, durable: durable ? acknowledged : before, logId }, () => {
        // Who lost events may have lost the words of others, too, in the same log (E5, E8).
        if (logId !== position.logId || acknowledged < position.acknowledged) core.texts.deliverAnew();
      });
    },
    erasedIsGone: () => erasedIsGone(database),
    learnHqKey: (hq) => core.savePosition({}, () => core.state.saveHqKey(hq)),
    resetCursor: () =>
      core.savePosition({ cursor: 0, cursorStamp: null, caughtUp: false }, () => {
        forgetForeignDurability(database);
        core.texts.deliverAnew();
      }),
    stopWriting,
    holdWriting: (stop) => core.holdStop(stop),
    heldStop: () => core.heldStop(),
    diskIsFull: () => hasNoRoom(database),
    stopped: () => core.position().stopped,
    stop: () => {
      const { stopped, stoppedCode } = core.position();
      return stopped === null || stoppedCode === null ? null : { code: stoppedCode, reason: stopped };
    },
    texts: {
      next: core.texts.next,
      hasNext: core.texts.hasNext,
      delivered: (names, held) => core.savePosition({}, () => core.texts.delivered(names, held)),
      heldAtServer: (held) =>
        core.texts.areFewer(held) ? core.savePosition({}, () => core.texts.deliverAnew()) : ok(null),
      read: core.texts.read,
      mostHeld: core.texts.mostHeld,
    },
    storePeople: ({ revision, people: rows, stamp }) => {
      const save = () =>
        core.savePosition({ peopleRevision: revision, peopleStamp: stamp ?? null }, () => {
          if (stamp !== undefined) people.replaceAll(rows);
          else for (const person of rows) people.save(person);
        });
      const mayErase = stamp !== undefined || rows.some(({ removed }) => removed);
      return mayErase ? erasing(database, save) : save();
    },
  };
}
