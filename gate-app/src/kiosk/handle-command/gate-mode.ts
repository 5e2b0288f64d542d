import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { GateMode } from '../../rpc-contract/status-view.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { actorFor, type CommandContext, problem, refused, said } from './command-context.ts';

export interface GateModeSetting {
  get(): GateMode;
  set(mode: GateMode): Reply<null>;
}

const READ = 'SELECT gate_mode FROM settings WHERE only_row = 1';
const SAVE = 'UPDATE settings SET gate_mode = ? WHERE only_row = 1';

/** Whether this gate lets people in, out, or both; kept over a restart. */
export function createGateMode(context: CommandContext): GateModeSetting {
  const { database } = context;
  const save = database.prepare<[GateMode]>(SAVE);
  let mode = database.prepare<[], GateMode>(READ).pluck().get() ?? 'entry';
  return {
    get: () => mode,
    set: (next) => {
      const actor = actorFor(context, 'admit');
      if (!actor.ok) return refused(actor.error);
      const written = writeTransaction(database, () => save.run(next).changes);
      if (!written.ok) return refused(problem('disk_full'));
      mode = next;
      return said(null);
    },
  };
}
