import { dirname } from 'node:path';
import { type CheckpointHead, readCheckpoints } from '@skygate/gate-app/kiosk/checkpoints/checkpoint';
import { createLocalState } from '@skygate/gate-app/kiosk/event-log/local-state';
import { createStoredEvents } from '@skygate/gate-app/kiosk/event-log/stored-event';
import { openKeys } from '@skygate/gate-app/kiosk/kiosk-keys';
import { rebuildReadModels } from '@skygate/gate-app/kiosk/rebuild/rebuild-read-models';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { chainEvent, type NodeKey, nodeKeyFrom } from '@skygate/shared/sync/chain';
import Sqlite, { type Database } from 'better-sqlite3';
import { PARK } from '../headquarters.ts';
import type { Check, FinalKiosk, FinalState } from '../invariants.ts';

interface PrunedStream {
  readonly node: string;
  readonly epoch: number;
  readonly to: number;
}

const PRUNED =
  'SELECT s.node, s.epoch, p.to_seq AS "to" FROM pruned_streams p JOIN streams s ON s.stream = p.stream ORDER BY 1, 2';

/**
 * K4: what a kiosk let go is at the server, word for word, and the server had said that it holds it for good; what is left
 * goes on from it, and checkpoint and rest come to the same state.
 */
export const pruned: Check = (state, report) => {
  for (const kiosk of state.kiosks) {
    const streams = prunedStreams(kiosk.path);
    if (streams.length === 0) continue;
    if (!state.isDurable) report(`${kiosk.name} let events go that the server holds till its next power cut`);
    judgeKiosk(state, { kiosk, streams }, (found) => report(`${kiosk.name}: ${found}`));
  }
};

export function prunedStreams(path: string): readonly PrunedStream[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare<[], PrunedStream>(PRUNED).all();
  } finally {
    database.close();
  }
}

const PRUNED_COMMAND = `
  SELECT 1 FROM commands c JOIN pruned_streams p ON p.stream = c.stream WHERE c.command_id = ? AND c.seq <= p.to_seq`;

/** Whether a kiosk did what it was asked for so long ago that it has let go what it did. */
export function isPrunedCommand(path: string, commandId: string): boolean {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare<[string]>(PRUNED_COMMAND).get(commandId) !== undefined;
  } finally {
    database.close();
  }
}

interface Pruner {
  readonly kiosk: FinalKiosk;
  readonly streams: readonly PrunedStream[];
}

function judgeKiosk(state: FinalState, { kiosk, streams }: Pruner, report: (found: string) => void): void {
  const { crypto } = state;
  const database = new Sqlite(kiosk.path);
  try {
    for (const stream of streams) judgeStream(state, { database, stream }, report);
    const folder = dirname(kiosk.path);
    const key = nodeKeyFrom(crypto, keysOf(database, folder).nodeSeed);
    underCheckpoint(readCheckpoints(database, crypto, key).at(-1)?.vector ?? [], streams, report);
    const { before, after } = rebuiltFor(database, { crypto, key, folder });
    if (before !== after) report('checkpoint and rest come to another state');
  } catch (error) {
    report(String(error));
  } finally {
    database.close();
  }
}

function judgeStream(
  { crypto, server }: FinalState,
  { database, stream }: { readonly database: Database; readonly stream: PrunedStream },
  report: (found: string) => void,
): void {
  const stored = createStoredEvents(database, { crypto, park: () => PARK });
  const number = stored.findStream(stream) ?? 0;
  const name = `${stream.node}/${stream.epoch}`;
  const there = new Map(
    server.events.flatMap(({ node, epoch, seq, hash }) => (`${node}/${epoch}` === name ? [[seq, hash] as const] : [])),
  );
  for (let seq = 1; seq <= stream.to; seq += 1) {
    if (stored.hashAt(number, seq) !== there.get(seq)) report(`${name}/${seq} is gone and not at the server`);
  }
  let hash = stored.hashAt(number, stream.to) ?? '';
  for (const event of stored.readFrom(stream, stream.to, Number.MAX_SAFE_INTEGER)) {
    const { bodyHash: _body, prev: _prev, hash: own, ...unchained } = event;
    if (chainEvent(crypto, unchained, hash).hash !== own) report(`${name}/${event.seq}: the chain breaks behind it`);
    hash = own;
  }
}

/** Whatever went was in the oldest checkpoint that is kept already: newer ones may be of a past that is cut back. */
function underCheckpoint(
  vector: readonly CheckpointHead[],
  streams: readonly PrunedStream[],
  report: (found: string) => void,
): void {
  const held = new Map(vector.map(({ node, epoch, seq }) => [`${node}/${epoch}`, seq]));
  for (const { node, epoch, to } of streams) {
    const known = held.get(`${node}/${epoch}`) ?? 0;
    if (to > known) report(`${node}/${epoch} is gone to ${to}, the checkpoint has it to ${known}`);
  }
}

/** Of the incarnation that it is (E6); none is made. */
const keysOf = (database: Database, folder: string) =>
  openKeys(folder, createLocalState(database).keyGeneration(), {
    bytes: () => {
      throw new Error('broken invariant: a kiosk that has run has its keys');
    },
    fraction: () => 0,
  });

class Undone extends Error {}

function rebuiltFor(
  database: Database,
  deps: { readonly crypto: Crypto; readonly key: NodeKey; readonly folder: string },
): { readonly before: string; readonly after: string } {
  let rebuilt = { before: '', after: '?' };
  try {
    database.transaction(() => {
      rebuilt = rebuildReadModels(database, { ...deps, park: PARK });
      throw new Undone();
    })();
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  return rebuilt;
}
