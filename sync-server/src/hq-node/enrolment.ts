import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { base64urlToBytes, bytesToHex, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import { idFromBytes, kioskNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import {
  ENROLMENT_CODE_MINUTES,
  type EnrolRequest,
  type EnrolResponse,
  enrolmentProofText,
} from '@skygate/shared/protocol/enrol';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import type { Reader, Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork } from './append-hq-events.ts';
import { endOfEpoch } from './end-of-epoch.ts';
import { answerFor } from './enrolment-answer.ts';
import { type Incarnation, incarnationsOf } from './incarnations.ts';
import type { KeptRow } from './kept-rows.ts';
import { signingKeyDraft } from './ticket-keys.ts';
import { unheardNode, unseenNode } from './unheard-node.ts';

/** A kiosk that HQ means to let in. With `node`, a kiosk of old that begins a new epoch (E1). */
export interface ExpectedKiosk {
  readonly park: ParkId;
  readonly name: string;
  readonly role: KioskRole;
  readonly gateId: string;
  readonly node?: NodeId;
}

export type EnrolRefusal = 'unknown_code' | 'bad_proof' | 'used' | 'expired' | 'revoked';

const CODE_LETTERS = 8;

/**
 * A one-time code for a kiosk, good for ten minutes (S1). Only its hash is kept.
 * @throws UnknownParkError
 */
export async function createEnrolmentCode(
  deps: HqNodeDeps,
  kiosk: ExpectedKiosk,
): Promise<{ readonly code: string; readonly expiresMs: number }> {
  const code = idFromBytes(deps.random.bytes(10)).slice(0, CODE_LETTERS);
  const expiresMs = deps.clock.nowMs() + ENROLMENT_CODE_MINUTES * 60_000;
  const row = {
    code_hash: await codeHashOf(deps, code),
    park: kiosk.park,
    node: kiosk.node ?? null,
    role: kiosk.role,
    name: kiosk.name,
    gate_id: kiosk.gateId,
    expires_ms: expiresMs,
    used_public_key: null,
    used_node: null,
    used_epoch: null,
  };
  await appendHqEvents(deps, kiosk.park, async () => ({ drafts: [], rows: [{ table: 'enrolment_codes', row }] }));
  return { code, expiresMs };
}

/** Lets a kiosk in, once a code. The same key asking again (its answer was lost) gets the same answer. */
export async function enrol(deps: HqNodeDeps, request: EnrolRequest): Promise<Result<EnrolResponse, EnrolRefusal>> {
  if (!proofHolds(deps, request)) return err('bad_proof');
  const codeHash = await codeHashOf(deps, request.code);
  const expected = await findCode(deps.database.reader, codeHash);
  if (!expected) return err('unknown_code');
  const park = expected.park as ParkId;
  let refusal: EnrolRefusal | null = null;
  await appendHqEvents(deps, park, async (tx) => {
    const made = await findCode(tx, codeHash);
    refusal = made ? refusalOf(made, request, deps.clock.nowMs()) : 'unknown_code';
    if (!made || refusal || made.used_node !== null) return { drafts: [] };
    if (await isRevokedSince(tx, made)) {
      refusal = 'revoked';
      return { drafts: [] };
    }
    const code = { ...made, node: made.node ?? (await nodeBefore(tx, park, request)) };
    if (await isAnothersKey(deps, tx, { park, code, request })) {
      refusal = 'bad_proof';
      return { drafts: [] };
    }
    return admitKiosk(deps, tx, { park, code, request });
  });
  return refusal ? err(refusal) : ok(await answerFor(deps, park, codeHash));
}

/** Who a newcomer is already, though HQ's code is for nobody in particular. */
const nodeBefore = async (tx: Writer, park: ParkId, { publicKey, was }: EnrolRequest): Promise<NodeId | null> =>
  (await unheardNode(tx, park, publicKey)) ?? (await unseenNode(tx, park, was));

// Hashed with a secret, because forty bits alone could be tried out within the code's ten minutes.
async function codeHashOf({ crypto, keyring }: HqNodeDeps, code: string): Promise<string> {
  return crypto.sha256Hex(`${bytesToHex(await keyring.secret('enrolment-codes'))}\n${code}`);
}

const CODE_COLUMNS = [
  'code_hash',
  'park',
  'node',
  'role',
  'name',
  'gate_id',
  'expires_ms',
  'used_public_key',
  'used_node',
  'used_epoch',
] as const;

const findCode = (reader: Reader, codeHash: string) =>
  reader.selectFrom('enrolment_codes').select(CODE_COLUMNS).where('code_hash', '=', codeHash).executeTakeFirst();

type Code = NonNullable<Awaited<ReturnType<typeof findCode>>>;

function proofHolds({ crypto }: HqNodeDeps, { code, publicKey, signingPublicKey, proof }: EnrolRequest): boolean {
  const key = base64urlToBytes(publicKey);
  const signature = base64urlToBytes(proof);
  if (!key || !signature) return false;
  return crypto.verify(key, utf8ToBytes(enrolmentProofText(code, publicKey, signingPublicKey)), signature);
}

function refusalOf(code: Code, request: EnrolRequest, nowMs: number): EnrolRefusal | null {
  if (code.used_node !== null) return code.used_public_key === request.publicKey ? null : 'used';
  return nowMs > code.expires_ms ? 'expired' : null;
}

/** X4: a code for the next incarnation of a kiosk is void once that kiosk is revoked: it would let it in again. */
async function isRevokedSince(tx: Writer, { park, node }: Code): Promise<boolean> {
  if (node === null) return false;
  const newest = await tx
    .selectFrom('nodes as n')
    .leftJoin('kiosk_revocations as r', (join) =>
      join.onRef('r.park', '=', 'n.park').onRef('r.node', '=', 'n.node').onRef('r.epoch', '=', 'n.epoch'),
    )
    .select('r.node as revoked')
    .where('n.park', '=', park)
    .where('n.node', '=', node)
    .orderBy('n.epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest !== undefined && newest.revoked !== null;
}

interface Admitting {
  readonly park: ParkId;
  readonly code: Code;
  readonly request: EnrolRequest;
}

/**
 * A node's first incarnation is 1. Every later one is numbered by the clock, as HQ's own after a restore is: the number that
 * follows may have been given in a part of the log that a restored server does not know it lost, and a number must never
 * mean two pasts (E1, E8).
 */
async function admitKiosk(deps: HqNodeDeps, tx: Writer, { park, code, request }: Admitting) {
  const lost = await lostIncarnation(tx, { code, request });
  const earlier = code.node === null ? [] : await incarnationsOf(tx, park, code.node);
  const node = (code.node as NodeId | null) ?? lost?.node ?? kioskNodeOf(deps.random.bytes(10));
  const epochs = [...earlier.map((row) => row.epoch), ...(lost?.node === node ? [lost.epoch] : [])];
  const epoch = epochs.length === 0 ? 1 : Math.max(deps.clock.nowMs(), ...epochs.map((one) => one + 1));
  const number = earlier[0]?.number ?? (await nextNumber(tx, park));
  const ends = await endsOf(deps, tx, { park, code, request, earlier });
  const rows: KeptRow[] = [
    ...ends.flatMap((end) => end.rows ?? []),
    { table: 'nodes', row: nodeRow(deps, { park, node, epoch, number, code, request }) },
    {
      table: 'enrolment_codes',
      row: { ...code, used_public_key: request.publicKey, used_node: node, used_epoch: epoch },
    },
  ];
  const drafts = ends.flatMap((end) => end.drafts);
  return { drafts: [...drafts, ...enrolmentDrafts(deps, { park, node, epoch, code, request })], rows };
}

/** A machine that says it was an incarnation beyond this has no clock, or means harm: its word is passed over. */
const EPOCH_BELIEVED_MAX = 2 ** 50;

/**
 * What the newcomer was, where it concerns this server: the node that HQ made the code for, or one that it does not know
 * at all, because it was put back from before that was let in. A known one is only what HQ says it is (S1).
 */
async function lostIncarnation(
  tx: Writer,
  { code, request: { was } }: { readonly code: Code; readonly request: EnrolRequest },
): Promise<{ readonly node: NodeId; readonly epoch: number } | null> {
  if (!was || was.epoch > EPOCH_BELIEVED_MAX) return null;
  const lost = { node: was.node as NodeId, epoch: was.epoch };
  if (code.node !== null) return code.node === was.node ? lost : null;
  const known = await tx.selectFrom('nodes').select('node').where('node', '=', was.node).limit(1).executeTakeFirst();
  return known ? null : lost;
}

/** E6: the incarnations before this one are over, in the same transaction. A ticket key enrolled again goes on. */
async function endsOf(
  deps: HqNodeDeps,
  tx: Writer,
  { park, code, request, earlier }: Admitting & { readonly earlier: readonly Incarnation[] },
): Promise<readonly HqWork[]> {
  const keptKid = code.role === 'till' ? keyIdOfText(deps, request.signingPublicKey) : '';
  const ends: HqWork[] = [];
  for (const row of earlier) {
    ends.push(await endOfEpoch(tx, row, { park, reason: 'enrolled_anew', state: 'closed', keptKid }));
  }
  return ends;
}

/**
 * Whether one of its keys is known for someone else already: two machines with one key could speak for each other (X2),
 * and with a ticket key on two names the revocation of one would take the other's tickets along. So it is where a disk
 * was copied; the newcomer comes again with new ones.
 */
async function isAnothersKey(deps: HqNodeDeps, tx: Writer, { park, code, request }: Admitting): Promise<boolean> {
  const published = await tx
    .selectFrom('signing_keys')
    .select('holder')
    .where('park', '=', park)
    .where('kid', '=', keyIdOfText(deps, request.signingPublicKey))
    .executeTakeFirst();
  if (published !== undefined && published.holder !== code.node) return true;
  const nodes = await tx
    .selectFrom('nodes')
    .select('node')
    .distinct()
    .where('park', '=', park)
    .where('public_key', '=', request.publicKey)
    .execute();
  return nodes.some(({ node }) => node !== code.node);
}

async function nextNumber(tx: Writer, park: string): Promise<number> {
  const row = await tx
    .selectFrom('nodes')
    .select((select) => select.fn.max('number').as('highest'))
    .where('park', '=', park)
    .executeTakeFirst();
  return Number(row?.highest ?? 0) + 1;
}

interface Newcomer extends Admitting {
  readonly node: NodeId;
  readonly epoch: number;
}

const keyIdOfText = ({ crypto }: HqNodeDeps, publicKey: string): string =>
  keyIdOf(crypto, base64urlToBytes(publicKey) ?? new Uint8Array());

const nodeRow = (deps: HqNodeDeps, kiosk: Newcomer & { readonly number: number }): KeptRow['row'] => ({
  park: kiosk.park,
  node: kiosk.node,
  epoch: kiosk.epoch,
  role: kiosk.code.role,
  name: kiosk.code.name,
  gate_id: kiosk.code.gate_id,
  number: kiosk.number,
  public_key: kiosk.request.publicKey,
  key_id: keyIdOfText(deps, kiosk.request.publicKey),
  signing_public_key: kiosk.request.signingPublicKey,
  state: 'open',
  head_hash: CHAIN_START,
  head_hlc: HLC_ZERO,
  app_version: kiosk.request.appVersion,
  enrolled_ms: deps.clock.nowMs(),
});

/** The park learns of the kiosk, and of a till's ticket key, from HQ's stream (T1). */
function enrolmentDrafts(deps: HqNodeDeps, { park, node, epoch, code, request }: Newcomer): readonly KnownDraft[] {
  const { publicKey, signingPublicKey } = request;
  const body = {
    kiosk: node,
    kioskEpoch: epoch,
    name: code.name,
    role: code.role as KioskRole,
    gateId: code.gate_id,
    publicKey,
    keyId: keyIdOfText(deps, publicKey),
  };
  const enrolled = draft('KioskEnrolled', `kiosk:${node}`, body, { actor: 'system' });
  if (code.role !== 'till') return [enrolled];
  const kid = keyIdOfText(deps, signingPublicKey);
  const holder = { node, epoch };
  return [enrolled, signingKeyDraft({ park, kid, publicKey: signingPublicKey, holder, nowMs: deps.clock.nowMs() })];
}
