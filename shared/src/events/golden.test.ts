import * as nodeCrypto from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTicketCode, ticketCodeVerifies } from '../domain/ticket/ticket-code.ts';
import { CHAIN_START, chainEvent, nodeKeyFrom, sealVerifies } from '../sync/chain.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { CURRENT_VERSION, EVENT_CATALOGUE, type EventType } from './catalogue.ts';
import type { Event, Seal } from './envelope.ts';
import { readEvent } from './read-event.ts';

/**
 * One file for every version of every event that ever shipped (E4): the first of a stream, with the seal of a fixed
 * key. They are never edited; a new version adds a file. To make one, write it with empty hashes: the failing test
 * shows the right ones.
 */
interface Golden {
  readonly event: Event;
  readonly seal: Seal;
}

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(66));
const publicKey = crypto.publicKeyOf(key.privateKey);
const files = globSync(join(import.meta.dirname, 'golden/*.json')).sort();
const goldenOf = (file: string): Golden => JSON.parse(readFileSync(file, 'utf8')) as Golden;

describe('E4: events as they were shipped', () => {
  it('has a golden file for every type and version, and none besides', () => {
    const shipped = Object.entries(EVENT_CATALOGUE).flatMap(([type, versions]) =>
      Object.keys(versions).map((version) => `${type}.${version}.json`),
    );
    expect(files.map((file) => basename(file))).toEqual(shipped.sort());
  });

  describe.each(files.map((file) => [basename(file, '.json'), file]))('%s', (name, file) => {
    const { event, seal } = goldenOf(file);

    it('is read and brought to the version written today', () => {
      const read = readEvent(event);
      expect(read).toMatchObject({ ok: true, value: { type: event.type } });
      expect(read.ok && read.value.version).toBe(CURRENT_VERSION[event.type as EventType]);
      expect(`${event.type}.${event.version}`).toBe(name);
    });

    it('has the hashes that this program computes', () => {
      expect(chainEvent(crypto, event, CHAIN_START)).toEqual(event);
    });

    it('is sealed in a way that this program understands', () => {
      expect(seal).toMatchObject({ to: event.seq, headHash: event.hash, hlc: event.hlc });
      expect(sealVerifies(crypto, seal, { node: event.node, epoch: event.epoch, publicKey })).toBe(true);
    });
  });

  it('opens tickets that were printed then, with the claims that were recorded then', () => {
    const { body } = goldenOf(join(import.meta.dirname, 'golden/TicketIssued.1.json')).event;
    const { code, saleId: _saleId, kid, ...claims } = body;
    const parsed = parseTicketCode(String(code));
    expect(parsed).toMatchObject({ ok: true, value: { claims, kid } });
    expect(parsed.ok && ticketCodeVerifies(crypto, parsed.value, publicKey)).toBe(true);
  });
});
