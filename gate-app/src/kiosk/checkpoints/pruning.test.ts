import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { RebuildError } from '../rebuild/rebuild-read-models.ts';
import { admitted, northDrafts, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';
import { crypto, hqKeyOf, identityOf, LOG_ID, PARK, testHq } from '../testing/test-park.ts';
import { PRUNING } from './pruning.ts';

const moved = (reason: string): KnownDraft => {
  const shiftId = '0123456789ABCDEF';
  return draft('CashMoved', `shift:${shiftId}`, { shiftId, amountMinor: -30_000, reason }, { actor: 'staff:c1' });
};

describe('pruning', () => {
  let kiosk: PruningKiosk;

  beforeEach(() => {
    kiosk = new PruningKiosk();
  });
  afterEach(() => kiosk.remove());

  it('K4: lets old durable events go under a signed checkpoint; read models, heads and chains stay', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    const before = kiosk.hash();
    const head = kiosk.log.ownHead();
    expect(await kiosk.pruningOf().pruneNow()).toBe(121);
    expect(kiosk.hash()).toBe(before);
    expect(kiosk.log.ownHead()).toEqual(head);
    expect(kiosk.count('SELECT count(*) FROM events')).toBeLessThan(10);
    expect(existsSync(join(kiosk.folder, 'checkpoint-1.sqlite'))).toBe(true);
    expect(await kiosk.pruningOf().pruneNow()).toBe(0);
    kiosk.database.close();
    kiosk.open(kiosk.folder);
    kiosk.append(admitted(600));
    expect(kiosk.log.ownRun(head.seq)?.from).toBe(head.seq + 1);
  });

  it('K4, E5: what was typed goes with its event, out of every file, once the server has it; what it has not got stays', async () => {
    // Longer than what the row shrinks to, and looked for by its first words: the rest of the page may cover its end.
    const [first, kept] = ['взял на молоко', 'сдача соседу, вернёт в пятницу'];
    const told = `${first} 300 сом до вечера, обещал принести вместе с премией, когда её дадут за прошлую неделю, до обеда`;
    kiosk.log.enrol(identityOf('till'), hqKeyOf(testHq().publicKey), LOG_ID);
    kiosk.append(moved(told));
    kiosk.append(moved(kept));
    kiosk.acknowledged(true);
    const brought = kiosk.log.texts.next(new Set()).find(({ text }) => text === told);
    kiosk.log.texts.delivered(brought ? [brought.name] : [], 1);
    for (let ticket = 0; ticket < 30; ticket += 1) kiosk.append(admitted(ticket));
    kiosk.acknowledged(true);
    expect(kiosk.filesWith(first)).not.toEqual([]);
    kiosk.clock.advance(PRUNING.settledMs);
    kiosk.append(admitted(499));
    kiosk.acknowledged(true);
    await kiosk.pruningOf().pruneNow();
    kiosk.clock.advance(PRUNING.retentionMs + PRUNING.settledMs);
    kiosk.append(admitted(500));
    kiosk.acknowledged(true);
    expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(30);
    expect(kiosk.count('SELECT count(*) FROM events WHERE seq <= 2')).toBe(0);
    kiosk.database.close();
    kiosk.open(kiosk.folder);
    expect(kiosk.filesWith(first)).toEqual([]);
    expect(kiosk.log.texts.next(new Set()).map(({ text }) => text)).toEqual([kept]);
  });

  it('K4, E8: lets nothing go of a log that began anew before it is pulled, whatever the server calls durable', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    kiosk.log.resetCursor();
    kiosk.log.acknowledge({ acknowledged: kiosk.log.ownHead().seq, durable: true, logId: 'log-2' });
    expect(await kiosk.pruningOf().pruneNow()).toBe(0);
    kiosk.pulled([], 2);
    expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(0);
  });

  it('K4: a server that keeps nothing for good has nothing pruned, own or foreign', async () => {
    await kiosk.live({ durable: false, foreignDurable: false });
    expect(await kiosk.pruningOf().pruneNow()).toBe(0);
    expect(readdirSync(kiosk.folder).filter((name) => name.startsWith('checkpoint'))).toEqual([]);
  });

  it('K4: others’ events stay while the server does not call its log durable, whatever it says of the own', async () => {
    await kiosk.live({ durable: true, foreignDurable: false });
    expect(await kiosk.pruningOf().pruneNow()).toBe(61);
    expect(
      kiosk.count("SELECT count(*) FROM events e JOIN streams s USING (stream) WHERE s.node = 'k-000000000000000A'"),
    ).toBe(61);
  });

  it('K4: a word that is taken back stops pruning at the next slice', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    const pruning = kiosk.pruningOf(async () => {
      kiosk.log.acknowledge({ acknowledged: kiosk.log.ownHead().seq, durable: false, logId: 'another log' });
    });
    expect(await pruning.pruneNow()).toBe(0);
  });

  it('K4: is asked for what is gone: no run, and the hash all the same', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    const hash = kiosk.log.ownHashAt(10);
    await kiosk.pruningOf().pruneNow();
    expect(kiosk.log.ownRun(5)).toBeNull();
    expect(kiosk.log.ownHashAt(10)).toBe(hash);
    const stored = createStoredEvents(kiosk.database, { crypto, park: () => PARK });
    const own = stored.findStream(identityOf('gate')) ?? 0;
    expect(stored.prunedTo(own)).toBe(61);
    expect(stored.read(identityOf('gate'), 62)?.prev).toBe(kiosk.log.ownHashAt(61));
  });

  it('K4: a page that repeats pruned events changes nothing', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    await kiosk.pruningOf().pruneNow();
    const before = kiosk.hash();
    const again = northWriter().run(northDrafts(0), kiosk.startMs);
    expect(kiosk.pulled([again], 200)).toMatchObject({
      value: { stored: 0, held: 0 },
    });
    expect(kiosk.hash()).toBe(before);
  });

  it('S7: rebuild of a pruned log is its checkpoint and what came after, with an equal hash', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    await kiosk.pruningOf().pruneNow();
    kiosk.append(admitted(700), admitted(701));
    const { before, after, events } = kiosk.rebuilt();
    expect(after).toBe(before);
    expect(events).toBe(2);
  });

  it('T3, S7: the cases of a checkpoint are folded by the entry limits as they are now', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    const { ticketId } = admitted(1).body as { readonly ticketId: string };
    const names = {
      ticketId,
      saleId: null,
      productId: 'day-ticket',
      party: [{ unitId: 'adult', count: 2 }],
      parks: [PARK],
    };
    const times = { date: '2026-11-21', slot: 'day', issuedMs: 1, notBeforeMs: 1, expiresMs: 2 };
    const body = { ...names, ...times, kid: 'a'.repeat(16), flags: 0, code: 'SG1:'.padEnd(20, 'A') };
    kiosk.append(draft('TicketIssued', `ticket:${ticketId}`, body, { actor: 'hq' }));
    kiosk.acknowledged(true);
    await kiosk.pruningOf().pruneNow();
    expect(kiosk.count('SELECT count(*) FROM checkpoints')).toBe(2);
    // As the kiosk does it when a catalogue is published.
    expect(kiosk.database.prepare('DELETE FROM cases WHERE ticket_id = ?').run(ticketId).changes).toBe(1);
    kiosk.database.prepare("INSERT INTO entry_limits VALUES (?, 'day-ticket', 2)").run(PARK);
    const { before, after } = kiosk.rebuilt();
    expect(after).toBe(before);
  });

  it('T3, K4: no checkpoint is made while tickets are to be folded anew', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    kiosk.database.prepare("INSERT INTO entry_limit_refolds VALUES (?, 'day-ticket', '')").run(PARK);
    await kiosk.pruningOf().pruneNow();
    expect(kiosk.count('SELECT count(*) FROM checkpoints')).toBe(1);
  });

  it('S7: rebuild says so where read models were not what the log makes', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    kiosk.database.exec('UPDATE gate_totals SET admitted = admitted + 1');
    const { before, after } = kiosk.rebuilt();
    expect(after).not.toBe(before);
  });

  it('K4: a checkpoint whose file is damaged or gone is not rebuilt from, and nothing changes', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    await kiosk.pruningOf().pruneNow();
    const before = kiosk.hash();
    rmSync(join(kiosk.folder, 'checkpoint-1.sqlite'));
    writeFileSync(join(kiosk.folder, 'checkpoint-2.sqlite'), 'torn');
    expect(() => kiosk.rebuilt()).toThrow(RebuildError);
    expect(kiosk.hash()).toBe(before);
  });

  it('K4: a kiosk that dies between any two steps goes on from there', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    // Of a cut before: a file in place that nothing was noted of.
    writeFileSync(join(kiosk.folder, 'checkpoint-2.sqlite'), 'torn');
    const before = kiosk.hash();
    const home = kiosk.folder;
    // Each pause is between two steps: the folder as it is then is what a power cut would leave.
    const cuts: string[] = [];
    await kiosk
      .pruningOf(async () => {
        const cut = mkdtempSync(join(tmpdir(), 'skygate-cut-'));
        cpSync(home, cut, { recursive: true });
        cuts.push(cut);
      })
      .pruneNow();
    expect(cuts.length).toBeGreaterThanOrEqual(8);
    kiosk.database.close();
    for (const cut of [cuts[0], cuts[1], cuts.at(-3), cuts.at(-2), cuts.at(-1)].flatMap((one) => one ?? [])) {
      kiosk.open(cut);
      kiosk.contact();
      await kiosk.pruningOf().pruneNow();
      expect(kiosk.hash()).toBe(before);
      expect(kiosk.count('SELECT count(*) FROM events')).toBeLessThan(10);
      expect(kiosk.rebuilt().after).toBe(before);
      expect(readdirSync(kiosk.folder).filter((name) => /^checkpoint-\d+\.sqlite$/.test(name))).toHaveLength(2);
      kiosk.database.close();
    }
    for (const cut of cuts) rmSync(cut, { recursive: true, force: true });
    kiosk.open(home);
  });
});
