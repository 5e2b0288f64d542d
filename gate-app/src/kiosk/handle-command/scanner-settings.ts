import { assert } from '@skygate/shared/lib/assert';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { ScannerSettings } from '../../rpc-contract/status-view.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { actorFor, type CommandContext, problem, refused, said } from './command-context.ts';

export interface ScannerSettingsStore {
  get(): ScannerSettings;
  set(settings: ScannerSettings): Reply<null>;
}

interface Row {
  readonly library: ScannerSettings['library'];
  readonly camera: string | null;
  readonly prefix: string;
  readonly suffix: string;
}

const READ = `
  SELECT scanner_library AS library, scanner_camera AS camera, scanner_prefix AS prefix, scanner_suffix AS suffix
  FROM settings WHERE only_row = 1`;
const SAVE = `
  UPDATE settings SET scanner_library = @library, scanner_camera = @camera, scanner_prefix = @prefix, scanner_suffix = @suffix
  WHERE only_row = 1`;

/** How this kiosk reads codes; kept over a restart, since it belongs to the machine and not to who works at it. */
export function createScannerSettings(context: CommandContext): ScannerSettingsStore {
  const { database } = context;
  const save = database.prepare<[Row]>(SAVE);
  const stored = database.prepare<[], Row>(READ).get();
  assert(stored, 'the settings have their row');
  let row = stored;
  return {
    get: () => settingsOf(row),
    set: ({ library, cameraId, prefix, suffix }) => {
      const actor = actorFor(context, 'set_up');
      if (!actor.ok) return refused(actor.error);
      const next: Row = { library, camera: cameraId, prefix, suffix };
      const written = writeTransaction(database, () => save.run(next).changes);
      if (!written.ok) return refused(problem('disk_full'));
      row = next;
      return said(null);
    },
  };
}

const settingsOf = ({ library, camera, prefix, suffix }: Row): ScannerSettings => ({
  library,
  cameraId: camera,
  prefix,
  suffix,
});
