import { randomBytes } from 'node:crypto';
import type { KioskApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import { parseTicketCode, signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import type { IssuedTicketsAnswer } from '@skygate/shared/hq-api/tickets';
import { addDays } from '@skygate/shared/lib/local-time';
import { createNodeCrypto } from '@skygate/sync-server/node-crypto';
import { DEMO_STAFF } from './demo-park.ts';
import type { HqClient } from './hq-client.ts';
import { accepted } from './kiosk-client.ts';
import { until } from './until.ts';

/** One ticket code to print and hold before a gate, and what the gate should say to it. */
export interface SampleCode {
  readonly name: string;
  readonly expect: string;
  readonly code: string;
}

type Issued = IssuedTicketsAnswer['tickets'][number];

const PERSON = [{ unitId: 'adult', count: 1 }];

/** Picks the samples from the presold tickets, and makes the bad ones. `used` still has to be used: see `useTicket`. */
export async function makeSamples(
  hq: HqClient,
  today: string,
  presold: readonly Issued[],
): Promise<readonly SampleCode[]> {
  const at = (index: number): Issued => {
    const ticket = presold.at(index);
    if (!ticket) throw new Error('too few presold tickets');
    return ticket;
  };
  const issueOne = async (park: string, date: string): Promise<string> => {
    const body = { productId: 'day-ticket', date, slot: 'day', tickets: [{ party: PERSON, count: 1 }] };
    const { tickets } = await hq.post<IssuedTicketsAnswer>(`/parks/${park}/tickets`, body);
    return tickets[0]?.code ?? '';
  };
  const voided = at(4);
  await hq.post(`/parks/ala-archa/tickets/${voided.ticketId}/void`, { reason: 'demo' });
  return [
    { name: 'valid, adult', expect: 'admit', code: at(0).code },
    { name: 'valid, second adult', expect: 'admit', code: at(1).code },
    { name: 'valid, child under 3', expect: 'admit, amber: a child must be accompanied', code: at(300).code },
    { name: 'valid, family', expect: 'admit four people', code: at(-1).code },
    { name: 'used', expect: 'refuse: already inside', code: at(3).code },
    { name: 'wrong day', expect: 'refuse: not yet valid', code: await issueOne('ala-archa', addDays(today, 1)) },
    { name: 'wrong park', expect: 'refuse: another park', code: await issueOne('yntymak', today) },
    { name: 'voided', expect: 'refuse: voided', code: voided.code },
    { name: 'forged', expect: 'refuse: the signature is not ours', code: forge(at(0).code) },
  ];
}

/** A forger's best try: right form, right key name, own key. */
function forge(genuine: string): string {
  const parsed = parseTicketCode(genuine);
  if (!parsed.ok) throw new Error('a presold ticket cannot be read');
  return signTicketCode(createNodeCrypto(), parsed.value.claims, {
    privateKey: randomBytes(32),
    kid: parsed.value.kid,
  });
}

/** Lets a ticket in once, as gate staff would, so that the `used` sample is really used. */
export async function useTicket(gate: KioskApi, code: string): Promise<void> {
  const staff = DEMO_STAFF.find(({ role }) => role === 'gate');
  if (!staff) throw new Error('the demo has no gate staff');
  await until('the staff to reach the gate', async () =>
    (await gate.listStaff()).some(({ staffId }) => staffId === staff.staffId),
  );
  accepted('log in at the gate', await gate.logIn({ staffId: staff.staffId, pin: staff.pin }));
  const verdict = await until('the ticket keys to reach the gate', async () => {
    const seen = accepted('scan', await gate.scan({ text: code, source: 'typed' }));
    return seen.reasons.includes('unknown_key') ? null : seen;
  });
  if (verdict.verdict === 'refuse') throw new Error(`the sample ticket was refused: ${verdict.reasons.join(', ')}`);
  await gate.logOut();
}
