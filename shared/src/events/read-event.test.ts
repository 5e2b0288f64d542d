import { describe, expect, it } from 'vitest';
import type { NodeId, ParkId } from '../lib/ids.ts';
import { CURRENT_VERSION, draft, EVENT_CATALOGUE } from './catalogue.ts';
import { type Event, eventId } from './envelope.ts';
import { readEvent, schemaProblem } from './read-event.ts';
import { UPCASTERS, type Upcaster, upcast } from './upcast.ts';

const event: Event = {
  park: 'ala-too' as ParkId,
  node: 'k-0000000000000001' as NodeId,
  epoch: 1,
  seq: 7,
  hlc: '01a200000000000a',
  wallMs: 1_795_262_400_000,
  trust: 'server',
  type: 'TicketVoided',
  version: 1,
  subject: 'ticket:0123456789ABCDEF',
  cause: null,
  actor: 'staff:a',
  body: { ticketId: '0123456789ABCDEF', reason: 'lost' },
  bodyHash: '0'.repeat(64),
  prev: '0'.repeat(64),
  hash: '0'.repeat(64),
};

describe('E4: reading an event', () => {
  it('gives it back as it is where it is of today’s version', () => {
    expect(readEvent(event)).toEqual({ ok: true, value: event });
  });

  it.each(['TicketPainted', 'toString', '__proto__', 'constructor'])('defers the unknown type %s', (type) => {
    expect(readEvent({ ...event, type })).toEqual({ ok: false, error: { kind: 'unknown_type', type, version: 1 } });
  });

  it('defers a version from the future', () => {
    const error = { kind: 'unknown_type', type: 'TicketVoided', version: 2 };
    expect(readEvent({ ...event, version: 2 })).toEqual({ ok: false, error });
  });

  it.each([
    [{ ticketId: '0123456789ABCDEF' }, 'reason'],
    [{ ticketId: 'I', reason: '' }, '/ticketId'],
    [{ ticketId: '0123456789ABCDEF', reason: 'x'.repeat(501) }, '/reason'],
  ])('says what is wrong with a body', (body, problem) => {
    const read = readEvent({ ...event, body });
    expect(read).toMatchObject({ ok: false, error: { kind: 'bad_body', type: 'TicketVoided', version: 1 } });
    expect(!read.ok && read.error.kind === 'bad_body' && read.error.problem).toContain(problem);
  });

  it.each([
    'KioskEnrolled',
    'KioskRevoked',
    'SigningKeyPublished',
    'SigningKeyRevoked',
    'StaffChanged',
    'CapacitySet',
    'LeaseGranted',
  ])('E7: believes %s from HQ alone', (type) => {
    expect(readEvent({ ...event, type })).toMatchObject({ ok: false, error: { kind: 'not_by_hq' } });
    const byOther = readEvent({ ...event, type, node: 'hq:issyk-kul' as NodeId });
    expect(byOther).toMatchObject({ ok: false, error: { kind: 'not_by_hq' } });
    const byHq = readEvent({ ...event, type, node: 'hq:ala-too' as NodeId });
    expect(byHq).toMatchObject({ ok: false, error: { kind: 'bad_body' } });
  });

  it('takes a body with members that came later', () => {
    expect(readEvent({ ...event, body: { ...event.body, refund: 'no' } }).ok).toBe(true);
  });
});

describe('E4: upcasting', () => {
  // As if `TicketVoided` had been shipped as version -1 and 0 before: today's version is 1.
  const upcasters: Readonly<Record<string, Upcaster>> = {
    'TicketVoided@-1': ({ ticket, why }) => ({ ticketId: ticket ?? null, why: why ?? null }),
    'TicketVoided@0': ({ why, ...body }) => ({ ...body, reason: why ?? null }),
  };
  const old: Event = { ...event, version: -1, body: { ticket: '0123456789ABCDEF', why: 'lost' } };

  it('goes from version to version up to today’s', () => {
    const { body, version } = upcast(old, upcasters);
    expect({ body, version }).toEqual({ body: event.body, version: CURRENT_VERSION.TicketVoided });
  });

  it('leaves the stored event, its hashes and its place alone', () => {
    const before = structuredClone(old);
    const { body: _body, version: _version, ...rest } = upcast(old, upcasters);
    expect(old).toEqual(before);
    expect(old).toMatchObject(rest);
  });

  it('stops where a step is missing: a program that shipped without it is broken', () => {
    expect(() => upcast(old, {})).toThrow('no upcaster for TicketVoided version -1');
  });

  it('has a step from every older version that was shipped', () => {
    for (const [type, versions] of Object.entries(EVENT_CATALOGUE)) {
      const older = Object.keys(versions).slice(0, -1);
      expect(older.filter((version) => UPCASTERS[`${type}@${version}`] === undefined)).toEqual([]);
    }
  });
});

describe('events', () => {
  it('are drafted in today’s version', () => {
    const body = { ticketId: '0123456789ABCDEF', reason: '' };
    expect(draft('TicketVoided', 'ticket:0123456789ABCDEF', body, { actor: 'system' })).toEqual({
      type: 'TicketVoided',
      version: CURRENT_VERSION.TicketVoided,
      subject: 'ticket:0123456789ABCDEF',
      cause: null,
      actor: 'system',
      body,
    });
  });

  it('are named by their place in the log (E1)', () => {
    expect(eventId(event)).toBe('k-0000000000000001/1/7');
  });

  it('find the first problem in words', () => {
    const schema = EVENT_CATALOGUE.TicketVoided[1];
    expect(schemaProblem(schema, event.body)).toBeNull();
    expect(schemaProblem(schema, 7)).toContain('object');
  });
});
