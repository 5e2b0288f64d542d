import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader, Writer } from '../../db/database.ts';
import type { HqWork } from '../../hq-node/append-hq-events.ts';
import { liveTicketKeysOf } from '../../hq-node/live-ticket-keys.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';

export interface RevokeAsk {
  readonly park: ParkId;
  readonly node: string;
  readonly reason: string;
  readonly actor: string;
}

/**
 * Revokes a kiosk (X4) in one transaction: its present incarnation ends where HQ's copy of its stream ends, and each of
 * its ticket keys stays good only for what HQ knows of up to there (T1). What it lent stays lent until its own clock is
 * past the end or HQ takes it back by name (C2); what it sealed is still taken in (E6). Revoked twice, it is revoked once.
 * Of what it dated after it the first are taken out of the money with it, the others right after, some at a time.
 * @throws Problem 404
 */
export async function revokeKiosk(deps: HqDeps, { park, node, reason, actor }: RevokeAsk): Promise<void> {
  const decide = async (tx: Writer): Promise<HqWork> => {
    const kiosk = await newestIncarnation(tx, park, node);
    if (!kiosk) throw hqProblem('not_found', `There is no kiosk ${node} in ${park}.`);
    if (await isRevoked(tx, park, kiosk)) return { drafts: [] };
    const { epoch, head_seq: lastSeq, head_hash: lastHash } = kiosk;
    const by = { actor };
    const subject = `kiosk:${node}`;
    const revoked = draft('KioskRevoked', subject, { kiosk: node, kioskEpoch: epoch, reason }, by);
    const closed = draft(
      'EpochClosed',
      subject,
      { kiosk: node, kioskEpoch: epoch, lastSeq, lastHash, reason: 'revoked' },
      by,
    );
    const isClosed = await isEpochClosed(tx, park, { node, epoch });
    const keys = await liveTicketKeysOf(tx, park, { node });
    return {
      drafts: [
        revoked,
        ...(isClosed ? [] : [closed]),
        ...keys.map((kid) => keyRevocation({ kid, epoch, lastSeq, reason, actor })),
      ],
    };
  };
  await appendOrRefuse(deps, park, decide);
}

export const keyRevocation = (key: {
  readonly kid: string;
  readonly epoch: number;
  readonly lastSeq: number;
  readonly reason: string;
  readonly actor: string;
}): KnownDraft => {
  const { kid, epoch, lastSeq, reason, actor } = key;
  return draft('SigningKeyRevoked', `key:${kid}`, { kid, epoch, lastSeq, reason }, { actor });
};

/** The newest incarnation of a kiosk; undefined if there is no such kiosk. */
export const newestIncarnation = (reader: Reader, park: string, node: string) =>
  reader
    .selectFrom('nodes')
    .select([
      'node',
      'epoch',
      'name',
      'role',
      'state',
      'head_seq',
      'head_hash',
      'contact_ms',
      'waiting',
      'telemetry_ms',
    ])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('role', '!=', 'hq')
    .orderBy('epoch', 'desc')
    .executeTakeFirst();

async function isRevoked(tx: Writer, park: string, kiosk: { node: string; epoch: number }): Promise<boolean> {
  const row = await tx
    .selectFrom('kiosk_revocations')
    .select('node')
    .where('park', '=', park)
    .where('node', '=', kiosk.node)
    .where('epoch', '=', kiosk.epoch)
    .executeTakeFirst();
  return row !== undefined;
}

async function isEpochClosed(tx: Writer, park: string, kiosk: { node: string; epoch: number }): Promise<boolean> {
  const row = await tx
    .selectFrom('epoch_closings')
    .select('node')
    .where('park', '=', park)
    .where('node', '=', kiosk.node)
    .where('epoch', '=', kiosk.epoch)
    .executeTakeFirst();
  return row !== undefined;
}
