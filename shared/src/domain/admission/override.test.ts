import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS } from './events.ts';
import { decideOverride, mayOverride, type OverrideRefusal } from './override.ts';

const command: OverrideRefusal = {
  ticketId: '0123456789ABCDEF',
  reasons: ['already_admitted', 'park_full'],
  people: 2,
  gateId: 'north',
  businessDate: '2026-11-21',
  reason: ' came out to the car ',
  actor: 'staff:chief',
  cause: 'k-0000000000000001/1/7',
};

describe('T3: a supervisor lets in whom the rules refused', () => {
  it('by name, with the reason and every reason that stood against it', () => {
    const decided = decideOverride(command);
    expect(decided).toMatchObject({
      ok: true,
      value: {
        type: 'AdmissionOverridden',
        subject: 'ticket:0123456789ABCDEF',
        actor: 'staff:chief',
        cause: command.cause,
        body: { people: 2, reasons: ['already_admitted', 'park_full'], reason: 'came out to the car' },
      },
    });
  });

  it('not without a reason, nor for nobody', () => {
    expect(decideOverride({ ...command, reason: '  ' })).toEqual({ ok: false, error: 'reason_needed' });
    expect(decideOverride({ ...command, people: 0 })).toEqual({ ok: false, error: 'no_people' });
  });

  it('not on what is no ticket of ours', () => {
    expect(decideOverride({ ...command, ticketId: null })).toEqual({ ok: false, error: 'no_ticket' });
    expect(decideOverride({ ...command, reasons: ['bad_signature'] })).toEqual({ ok: false, error: 'no_ticket' });
    const beyond = REFUSAL_REASONS.filter((reason) => !mayOverride([reason]));
    expect(beyond).toEqual(['unreadable', 'foreign', 'bad_signature', 'unknown_key']);
  });
});
