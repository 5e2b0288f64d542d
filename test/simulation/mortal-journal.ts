import type { HqJournal } from '@skygate/sync-server/hq-node/hq-journal';
import type { Life } from './yield-points.ts';

/** HQ's journal of a server that may die over it: before it is written, after it (before the database), or after both. */
export function mortalJournal(journal: HqJournal, life: Life): HqJournal {
  return {
    ...journal,
    record: (entry) => {
      life.pass('server before journal');
      const takeBack = journal.record(entry);
      life.pass('server after journal');
      // The dead take nothing back.
      return () => {
        if (!life.isOver()) takeBack();
      };
    },
    noteHead: (park, position) => {
      life.pass('server after commit');
      journal.noteHead(park, position);
    },
  };
}
