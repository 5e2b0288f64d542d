import { draft } from '@skygate/shared/events/catalogue';
import { textsShown } from '@skygate/sync-server/hq/texts/texts-shown';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { maySellOnline, overrideOf } from '@skygate/sync-server/restore/may-sell-online';
import { openRecovery } from '@skygate/sync-server/restore/recovery-state';
import { asHq } from '../ask-hq.ts';
import { type Deed, HQ, PARK } from '../headquarters.ts';
import { noteDeed } from '../hq-deeds.ts';
import type { Run } from '../run.ts';

/** In two seeds of twenty a backup is put back, the operator says so, and somebody does not wait for the kiosks. */
export const isOverridden = (seed: number): boolean => [5, 16].includes(seed % 20);

const BODY = {
  kind: 'sell_before_reports',
  date: null,
  slot: null,
  places: 0,
  leaseId: null,
  reason: 'simulated',
} as const;

/** E8: somebody takes it on themselves, by name, that HQ sells before all have reported; what that oversells is theirs (C1). */
export async function sellBeforeReports(run: Run): Promise<void> {
  const deed = await asHq(run, async (deps): Promise<Deed> => {
    const events = await appendHqEvents(deps, PARK, async (tx) => {
      const recovery = await openRecovery(tx, PARK);
      if (recovery === null) return { drafts: [] };
      return { drafts: [draft('CapacityOverridden', `park:${PARK}`, BODY, HQ)] };
    });
    return events.length === 0 ? 'refused' : events;
  });
  noteDeed(run, 'sells before all have reported', deed);
  if (deed === null || deed === 'refused') return;
  run.faults.soldBeforeReports += 1;
  run.lostOfHq.wroteOn = true;
  await isHeeded(run);
}

/** From here on HQ sells, and whoever looks sees who said so and why. */
async function isHeeded(run: Run): Promise<void> {
  const found = await asHq(run, async ({ database: { reader } }) => {
    const recovery = await openRecovery(reader, PARK);
    const by = recovery && (await overrideOf(reader, recovery));
    const show = await textsShown(reader, PARK, [by?.reason]);
    return { may: await maySellOnline(reader, PARK), by, why: by && show(by.reason), recovery };
  });
  if (found === null || found.recovery === null) return;
  const { may, by, why } = found;
  if (may.ok && by?.actor === HQ.actor && why?.text === BODY.reason) return;
  const said = JSON.stringify({ may, by, why });
  run.broken.push({ invariant: 'HQ sells before all have reported only by name', found: said });
}
