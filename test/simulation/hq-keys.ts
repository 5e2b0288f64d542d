import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { revokeKey } from '@skygate/sync-server/hq/keys/revoke-key';
import { putKeyToUse } from '@skygate/sync-server/hq/keys/use-key';
import { liveTicketKeysOf } from '@skygate/sync-server/hq-node/live-ticket-keys';
import {
  newestTicketKeyNumber,
  publishNextTicketKey,
  signingNumberOf,
  ticketKeyOf,
} from '@skygate/sync-server/hq-node/ticket-keys';
import { Problem } from '@skygate/sync-server/plugins/problem';
import { asHq } from './ask-hq.ts';
import { type Deed, HQ, PARK } from './headquarters.ts';
import { presentKiosks, type Run } from './run.ts';
import { typedWords } from './typed-words.ts';

/** T1: the next key is published, and put to use the next time, when every gate knows it or somebody is in a hurry. */
export function rotateKey(run: Run, random: SeededRandom): Promise<Deed | null> {
  return asHq(run, async (server) => {
    const deps = { ...server, publicUrl: null };
    const { reader } = deps.database;
    const newest = await newestTicketKeyNumber(reader);
    if (newest === (await signingNumberOf(reader, PARK))) {
      await publishNextTicketKey(deps);
      return [];
    }
    const { kid } = await ticketKeyOf(deps, newest);
    const forced = random.chance(0.3) ? 'simulated' : null;
    return refusedIf409(() => putKeyToUse(deps, { park: PARK, kid, forced, ...HQ }));
  });
}

/** T1: a till's ticket key is good no longer, save for what HQ knows that it signed. */
export function revokeTillKey(run: Run, random: SeededRandom): Promise<Deed | null> {
  const till = random.pick(presentKiosks(run).filter(({ role }) => role === 'till'));
  return asHq(run, async (server) => {
    const deps = { ...server, publicUrl: null };
    const [kid] = await liveTicketKeysOf(deps.database.reader, PARK, { node: run.nodes.get(till.name) ?? '' });
    if (kid === undefined) return 'refused';
    return refusedIf409(() => revokeKey(deps, { park: PARK, kid, reason: typedWords(run.book), ...HQ }));
  });
}

async function refusedIf409(deed: () => Promise<void>): Promise<Deed> {
  try {
    await deed();
    return [];
  } catch (error) {
    if (error instanceof Problem && error.status === 409) return 'refused';
    throw error;
  }
}
