import * as nodeCrypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId, ParkId } from '../lib/ids.ts';
import { eventToWire } from '../protocol/wire-event.ts';
import { bodyHashOf, CHAIN_START, chainEvent } from '../sync/chain.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { bodySchema, CURRENT_VERSION, draft, EVENT_CATALOGUE, type EventType, type KnownDraft } from './catalogue.ts';
import { FREE_TEXT, isTextOf, nameTexts, textNameIn, textsNamedBy } from './free-text.ts';
import { readEvent, schemaProblem } from './read-event.ts';

const crypto = cryptoFromNode(nodeCrypto);
const salts = seededRandom('salts');
const named = (drafts: readonly KnownDraft[]) => nameTexts(crypto, drafts, () => salts.bytes(16));
const BY = { actor: 'staff:c1' };
const moved = (reason: string) =>
  draft('CashMoved', 'shift:0123456789ABCDEF', { shiftId: '0123456789ABCDEF', amountMinor: 1, reason }, BY);
const reasonOf = ({ body }: KnownDraft): string => (body as { reason: string }).reason;
const words = fc.string({ minLength: 1, maxLength: 500, unit: 'grapheme' }).filter((text) => text.isWellFormed());
const CODES = ['', 'enrolled_anew', 'revoked', 'equivocation', 'chain_broken', 'server_restored'];

describe('E2, E5: what people type', () => {
  it('E5: is every member of the catalogue that holds free text of a person', () => {
    const open = Object.entries(EVENT_CATALOGUE).flatMap(([type, versions]) =>
      Object.values(versions).some((schema) => {
        const reason = (schema as { properties: Record<string, { pattern?: string; enum?: unknown; type?: string }> })
          .properties['reason'];
        return reason?.type === 'string' && reason.enum === undefined && reason.pattern === undefined;
      })
        ? [type]
        : [],
    );
    expect(Object.keys(FREE_TEXT).sort()).toEqual(open.sort());
  });

  it('E2: goes out of the body, which fits its schema as before, and whose hash covers only the name', () => {
    fc.assert(
      fc.property(words, (text) => {
        const { drafts, texts } = named([moved(text)]);
        const [only] = drafts;
        const [kept] = texts;
        if (!only || !kept) throw new Error('one draft, one text');
        expect(schemaProblem(bodySchema('CashMoved', 1) as never, only.body)).toBeNull();
        expect(textNameIn(reasonOf(only))).toBe(kept.name);
        expect(kept.text).toBe(text);
        expect(isTextOf(crypto, kept)).toBe(true);
      }),
    );
  });

  it('E2: the same words twice have two names, and in one transaction one', () => {
    fc.assert(
      fc.property(words, (text) => {
        const [first, second] = [named([moved(text)]), named([moved(text)])];
        expect(first.texts[0]?.name).not.toBe(second.texts[0]?.name);
        const both = named([moved(text), moved('other'), moved(text)]);
        expect(new Set(both.drafts.map(reasonOf)).size).toBe(text === 'other' ? 1 : 2);
        expect(both.texts.map(({ draft: index }) => index)).toEqual(text === 'other' ? [0] : [0, 1]);
      }),
    );
  });

  it('E2: a name is of these words with this salt and of nothing else', () => {
    const [kept] = named([moved('Aida took 300')]).texts;
    if (!kept) throw new Error('a text');
    const other = { ...kept, salt: `${kept.salt.startsWith('A') ? 'B' : 'A'}${kept.salt.slice(1)}` };
    expect(isTextOf(crypto, other)).toBe(false);
    expect(isTextOf(crypto, { ...kept, text: 'Aida took 301' })).toBe(false);
    expect(isTextOf(crypto, { ...kept, text: '\ud800' })).toBe(false);
    // Whoever has the words but not their salt cannot even tell that they are the right ones.
    expect(isTextOf(crypto, { ...kept, salt: '' })).toBe(false);
  });

  it('E5: a code of a program and an empty reason stay, and so does every other member', () => {
    for (const code of CODES) expect(named([moved(code)])).toEqual({ drafts: [moved(code)], texts: [] });
    const opened = draft(
      'ShiftOpened',
      'shift:0123456789ABCDEF',
      {
        shiftId: '0123456789ABCDEF',
        number: 1,
        staffId: 'c1',
        businessDate: '2026-11-21',
        currency: 'KGS',
        floatMinor: 0,
        denominations: [],
      } as never,
      BY,
    );
    expect(named([opened])).toEqual({ drafts: [opened], texts: [] });
  });

  it('E5: somebody who types what looks like a name is named like anybody', () => {
    const typed = `text:${'A'.repeat(43)}`;
    const { drafts, texts } = named([moved(typed)]);
    expect(texts[0]?.text).toBe(typed);
    expect(drafts.map(reasonOf)).not.toEqual([typed]);
  });

  it('E6: an event recorded again names the texts of what is in it', () => {
    const { drafts, texts } = named([moved('one'), moved('two')]);
    const place = { park: 'ala-too' as ParkId, node: 'k-000000000000000A' as NodeId, epoch: 1 };
    let prev = CHAIN_START;
    const wires = drafts.map((one, index) => {
      const stamps = { hlc: '01a1fdfa4600001d', wallMs: 1, trust: 'rtc' as const, seq: index + 1 };
      const event = chainEvent(crypto, { ...one, body: one.body as never, ...place, ...stamps }, prev);
      prev = event.hash;
      return eventToWire(event);
    });
    const names = texts.map(({ name }) => name);
    expect(textsNamedBy({ type: 'EventRecovered', body: { events: wires } as never })).toEqual(names);
    for (const events of [null, 'x', [null], [[1, 2, 3, 'CashMoved']], [['', 0, 0, 'toString', 1, '', null, '', {}]]]) {
      expect(textsNamedBy({ type: 'EventRecovered', body: { events } as never })).toEqual([]);
    }
  });

  it('E4: a golden event with plain words is read as it always was, and names nothing', () => {
    const folder = `${import.meta.dirname}/golden`;
    for (const type of Object.keys(FREE_TEXT) as EventType[]) {
      const file = readdirSync(folder).find((name) => name === `${type}.${CURRENT_VERSION[type]}.json`);
      const { event } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
      expect(readEvent(event).ok).toBe(true);
      expect(textsNamedBy(event)).toEqual([]);
      // And so is one that names them: nothing in the schemas of what has shipped is new.
      const [only] = named([{ ...event, body: { ...event.body, reason: 'words' } }]).drafts;
      const body = only?.body as never;
      expect(readEvent({ ...event, body, bodyHash: bodyHashOf(crypto, body) }).ok).toBe(true);
    }
  });
});
