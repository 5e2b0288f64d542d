import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { createNodeCrypto } from '@skygate/sync-server/node-crypto';
import { type Exchange, recordedBook, recordedWire } from './recorded.ts';
import type { TodaysPark } from './todays-park.ts';

/**
 * A token as a kiosk of version 1 asks for one: the recorded request with a fresh nonce in it, signed by the kiosk's
 * own key. Everything else of it is as it was on the wire.
 */
export async function tokenOfV1(park: TodaysPark, node: string): Promise<string> {
  const asked = [...recordedWire('before'), ...recordedWire('after')];
  const recorded = asked.find(
    (exchange) => exchange.path === '/sync/token' && assertionOf(exchange).iss === `${node}/1`,
  );
  const nonce = asked.find(({ path }) => path === '/sync/nonce');
  if (!recorded || !nonce) throw new Error(`the recording has no token of ${node}`);
  const fresh = JSON.parse((await park.ask(nonce)).body).nonce;
  const form = new URLSearchParams(recorded.body ?? '');
  const [header] = (form.get('client_assertion') ?? '').split('.');
  const claims = bytesToBase64url(utf8ToBytes(JSON.stringify({ ...assertionOf(recorded), jti: fresh })));
  const signed = `${header}.${claims}`;
  const signature = createNodeCrypto().sign(keyOf(node), utf8ToBytes(signed));
  form.set('client_assertion', `${signed}.${bytesToBase64url(signature)}`);
  const answer = await park.ask({ ...recorded, body: form.toString() });
  return JSON.parse(answer.body).access_token;
}

/** Whose token a recorded request carried. */
export function askedBy({ headers }: Exchange): string | null {
  const [, token] = (headers['authorization'] ?? '').split(' ');
  if (token === undefined) return null;
  const { sub, epoch } = claimsOf(token);
  return `${sub}/${epoch}`;
}

const assertionOf = ({ body }: Exchange): { readonly iss: string } =>
  claimsOf(new URLSearchParams(body ?? '').get('client_assertion') ?? '');

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));

function keyOf(node: string): Uint8Array {
  const { nodes, nodeKeys } = recordedBook();
  const name = Object.keys(nodes).find((candidate) => nodes[candidate] === node) ?? '';
  return new Uint8Array(Buffer.from(nodeKeys[name] ?? '', 'hex'));
}
