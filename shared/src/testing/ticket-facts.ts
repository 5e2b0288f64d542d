import type { AdmittedFact, TicketFact } from '../domain/admission/state.ts';
import { hlcOf } from '../sync/hlc.ts';

// Facts of one ticket at one kiosk, a millisecond apart.

export const passage = { gateId: 'north', people: 2, businessDate: '2026-11-21' };
export const place = (seq: number, change: Partial<TicketFact> = {}) =>
  ({
    node: 'k-0000000000000001',
    epoch: 1,
    seq,
    fork: '',
    hlc: hlcOf(1000 + seq, 0),
    wallMs: 1000 + seq,
    trust: 'server',
    actor: 'staff:a',
    ...change,
  }) as const;

export const admitted = (seq: number, change: Partial<TicketFact> = {}): AdmittedFact =>
  ({ ...place(seq, change), ...passage, kind: 'admitted', verdict: 'admit' }) as AdmittedFact;
export const overridden = (seq: number): TicketFact => ({ ...place(seq), ...passage, kind: 'overridden' });
export const annulled = (seq: number, original: AdmittedFact): TicketFact => ({
  ...place(seq),
  ...passage,
  kind: 'annulled',
  original,
});
export const exited = (seq: number): TicketFact => ({ ...place(seq), ...passage, kind: 'exited' });
export const voided = (seq: number, change: Partial<TicketFact> = {}): TicketFact =>
  ({ ...place(seq, change), kind: 'voided' }) as TicketFact;
export const blocked = (seq: number): TicketFact => ({ ...place(seq), kind: 'blocked' });
export const refused = (seq: number): TicketFact => ({
  ...place(seq),
  kind: 'refused',
  gateId: 'north',
  shown: 'expired',
});
