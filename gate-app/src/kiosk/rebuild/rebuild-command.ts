import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { KioskStartError, openStoppedFolder } from '../data-folder.ts';
import { createLocalState } from '../event-log/local-state.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { RebuildError, type Rebuilt, rebuildReadModels } from './rebuild-read-models.ts';

export const USAGE = `npm run rebuild -- kiosk --data FOLDER [--replace]
Folds the kiosk's log anew and compares the state hash with that of the read models it has. The kiosk must be stopped.
Where they differ the exit code is 1 and the read models stay as they were; with --replace the rebuilt ones stay.`;

class RolledBack extends Error {
  readonly rebuilt: Rebuilt;
  constructor(rebuilt: Rebuilt) {
    super('rolled back');
    this.rebuilt = rebuilt;
  }
}

/** `npm run rebuild -- kiosk`. @returns the exit code */
export function rebuildKiosk(args: readonly string[], say: (line: string) => void): number {
  let options: { readonly data: string | undefined; readonly replace: boolean };
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { data: { type: 'string' }, replace: { type: 'boolean', default: false } },
    });
    options = { data: values.data, replace: values.replace };
  } catch (error) {
    say(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  if (options.data === undefined || !existsSync(join(options.data, 'kiosk.sqlite'))) {
    say(`--data names no kiosk's data folder: ${options.data ?? 'nothing was given'}.\n${USAGE}`);
    return 2;
  }
  try {
    const rebuilt = rebuildFolder(options.data, options.replace);
    const isSame = rebuilt.before === rebuilt.after;
    say(`before  ${rebuilt.before}\nafter   ${rebuilt.after}\n${rebuilt.events} events folded`);
    say(
      isSame
        ? 'The same.'
        : `They differ. ${options.replace ? 'The rebuilt read models stay.' : 'Nothing was changed.'}`,
    );
    return isSame ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RebuildError || error instanceof KioskStartError)) throw error;
    say(error.message);
    return 2;
  }
}

/** One transaction over all of it: a power cut leaves the read models as they were. */
function rebuildFolder(path: string, replace: boolean): Rebuilt {
  const crypto = createNodeCrypto();
  const folder = openStoppedFolder(path);
  try {
    const { database, seeds } = folder;
    const identity = createLocalState(database).identity();
    if (identity === null) throw new RebuildError(`The kiosk of ${path} is not enrolled: it has no log yet.`);
    const deps = { crypto, park: identity.park, key: nodeKeyFrom(crypto, seeds.nodeSeed), folder: path };
    return database
      .transaction(() => {
        const rebuilt = rebuildReadModels(database, deps);
        if (!replace || rebuilt.before === rebuilt.after) throw new RolledBack(rebuilt);
        return rebuilt;
      })
      .immediate();
  } catch (error) {
    if (error instanceof RolledBack) return error.rebuilt;
    throw error;
  } finally {
    folder.close();
  }
}
