import type { RevocationAnswer } from '@skygate/shared/hq-api/revocation';
import { revocationOf } from '@skygate/sync-server/hq/kiosks/revocation-of';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { asHq } from '../ask-hq.ts';
import { HQ, PARK } from '../headquarters.ts';
import type { Run } from '../run.ts';
import { typedWords } from '../typed-words.ts';
import { isWiped, type Revoked, watchItStop } from './revocation.ts';

/** How soon somebody sees it, look by look. */
const SEEN = 0.2;

/**
 * E8: HQ that was put back to before it revoked a kiosk, and was not told by another kiosk, takes it for one at work.
 * Somebody sees that sooner or later, and revokes it again. One that HQ does not even know has to be let in anew before.
 */
export async function revokeAgain(run: Run): Promise<void> {
  if (!run.lostOfHq.isPutBack) return;
  for (const [name, revoked] of run.revoked) {
    const found = revoked.looks.chance(SEEN) ? await lookAtHq(run, revoked) : null;
    if (found === null || found === 'revoked') continue;
    const kiosk = run.kiosks.find((one) => one.name === name);
    if (found === 'unknown') revoked.isUnknown = kiosk !== undefined && !isWiped(kiosk);
    else if (await revoke(run, revoked, found)) {
      run.faults.revokedAgain += 1;
      run.trace.add(`HQ revokes ${name} again`);
      if (kiosk !== undefined) watchItStop(run, kiosk);
    }
  }
}

/** Whether HQ has heard, or will never hear, of every revocation. */
export async function revocationsAreKnown(run: Run): Promise<boolean> {
  if (!run.lostOfHq.isPutBack) return true;
  for (const revoked of run.revoked.values()) {
    const found = await lookAtHq(run, revoked);
    const isForgotten = found === 'unknown' && run.lostOfHq.enrolments.has(`${revoked.node}/${revoked.epoch}`);
    if (found !== 'revoked' && !isForgotten) return false;
  }
  return true;
}

function lookAtHq(run: Run, { node }: Revoked): Promise<RevocationAnswer | 'unknown' | 'revoked' | null> {
  return asHq(run, async ({ database, clock }) => {
    const answer = await revocationOf(database.reader, { park: PARK, node, nowMs: clock.nowMs() });
    if (answer === undefined) return 'unknown';
    return answer.revoked === null ? answer : 'revoked';
  });
}

/** @returns whether HQ answered that it is done */
async function revoke(run: Run, revoked: Revoked, { epoch }: RevocationAnswer): Promise<boolean> {
  const done = await asHq(run, async (server) => {
    const deps = { ...server, publicUrl: null };
    await revokeKiosk(deps, { park: PARK, node: revoked.node, reason: typedWords(run.book), ...HQ });
    return true;
  });
  if (done === null) return false;
  // Let in anew, it is another incarnation that is over now.
  if (revoked.epoch !== epoch) revoked.stoppedAt = null;
  revoked.epoch = epoch;
  revoked.isUnknown = false;
  return true;
}
