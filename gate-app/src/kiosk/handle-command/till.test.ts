import { parseTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { catalogue, OTHER_TILL, openTestKiosk, PIN, type TestKiosk, TODAY } from '../testing/test-park.ts';

const granted = <Value>(reply: Reply<Value>): Value => {
  if (!reply.ok) throw new Error(`${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
  return reply.value;
};

const family = { productId: 'day-ticket', unitId: 'family', quantity: 1, date: TODAY, slot: 'day' };
const saleOf = (commandId: string, quantity = 1) => ({
  commandId,
  lines: [{ ...family, quantity }],
  tenderedMinor: 200_000 * quantity,
  expectedTotalMinor: 120_000 * quantity,
});

describe('a till without a network', () => {
  let test: TestKiosk;

  beforeEach(async () => {
    test = await openTestKiosk('till');
    granted(await test.kiosk.api.logIn({ staffId: 'c1', pin: PIN }));
    granted(await test.kiosk.api.openShift({ floatMinor: 10_000, denominations: [] }));
  });
  afterEach(() => test.remove());

  const left = async () => granted(await test.kiosk.api.getSaleCatalogue({ date: null })).dates[0];

  it('sells a family ticket: money, ticket and places in one', async () => {
    const receipt = granted(await test.kiosk.api.completeSale(saleOf('command-1')));
    expect(receipt).toMatchObject({ number: '2-0001', changeMinor: 80_000, cashier: 'Aida c1' });
    expect(receipt.quote).toMatchObject({ totalMinor: 120_000, people: 5 });
    const { products } = granted(await test.kiosk.api.getSaleCatalogue({ date: null }));
    const sold = products.find(({ productId }) => productId === 'day-ticket');
    const unit = sold?.units.find(({ unitId }) => unitId === 'family')?.name;
    expect(receipt.lines).toMatchObject([{ product: sold?.name, unit, startsAt: null, quantity: 1 }]);
    expect(receipt.tickets).toHaveLength(1);
    expect(parseTicketCode(receipt.tickets[0]?.code ?? '').ok).toBe(true);
    expect(await left()).toMatchObject({ left: 15, share: 20 });
    expect((await test.kiosk.api.getStatus()).shift).toMatchObject({ salesCount: 1, salesMinor: 120_000 });
    expect((await test.kiosk.api.getStatus()).sync.waiting).toBe(3);
  });

  it('answers a repeated command with the same receipt and sells once, after a restart too', async () => {
    const first = granted(await test.kiosk.api.completeSale(saleOf('command-1')));
    expect(granted(await test.kiosk.api.completeSale(saleOf('command-1')))).toEqual(first);
    test = await test.restart();
    expect(granted(await test.kiosk.api.completeSale(saleOf('command-1')))).toEqual(first);
    expect(granted(await test.kiosk.api.listSales())).toEqual([first]);
    expect(granted(await test.kiosk.api.completeSale(saleOf('command-2'))).number).toBe('2-0002');
  });

  it('takes a command id for one sale alone', async () => {
    granted(await test.kiosk.api.completeSale(saleOf('command-1')));
    for (const other of [saleOf('command-1', 2), { ...saleOf('command-1'), tenderedMinor: 130_000 }]) {
      expect(await test.kiosk.api.completeSale(other)).toMatchObject({
        problem: { code: 'bad_input', data: { field: 'commandId' } },
      });
    }
    expect(await left()).toMatchObject({ left: 15 });
  });

  it('H2: sells nothing with a clock behind what it knew, after a restart too, and tells a repeated sale', async () => {
    const first = granted(await test.kiosk.api.completeSale(saleOf('command-1')));
    test.clock.jumpTo(test.clock.nowMs() - 3_600_000);
    test = await test.restart();
    expect(await test.kiosk.api.quoteSale({ lines: [family] })).toMatchObject({ problem: { code: 'clock_untrusted' } });
    expect(await test.kiosk.api.completeSale(saleOf('command-2'))).toMatchObject({
      problem: { code: 'clock_untrusted' },
    });
    expect(granted(await test.kiosk.api.completeSale(saleOf('command-1')))).toEqual(first);
    test.clock.advance(3_600_000);
    expect((await test.kiosk.api.completeSale(saleOf('command-2'))).ok).toBe(true);
  });

  it('C1: sells its share and not one place more', async () => {
    granted(await test.kiosk.api.completeSale(saleOf('command-1', 4)));
    expect(await test.kiosk.api.completeSale(saleOf('command-2'))).toMatchObject({
      problem: { code: 'share_exceeded', data: { left: 0, asked: 5 } },
    });
    expect(await left()).toMatchObject({ left: 0 });
    expect(granted(await test.kiosk.api.listSales())).toHaveLength(1);
  });

  it('C1: says that places run out while the guest chooses, before any money is taken', async () => {
    expect((await test.kiosk.api.quoteSale({ lines: [{ ...family, quantity: 4 }] })).ok).toBe(true);
    expect(await test.kiosk.api.quoteSale({ lines: [{ ...family, quantity: 5 }] })).toMatchObject({
      problem: { code: 'share_exceeded', data: { left: 20, asked: 25 } },
    });
  });

  it('C3: sells past its share only in the name of a supervisor, by PIN and with a reason', async () => {
    const past = (over: object = {}) => ({
      ...saleOf('command-1', 5),
      pastShare: { staffId: 's1', pin: PIN, reason: 'school class', ...over },
    });
    expect((await test.kiosk.api.quoteSale({ lines: past().lines, pastShare: true })).ok).toBe(true);
    for (const [over, code] of [
      [{ pin: '0000' }, 'wrong_pin'],
      [{ staffId: 'c1' }, 'not_permitted'],
      [{ staffId: 'nobody' }, 'unknown_staff'],
      [{ reason: ' ' }, 'reason_needed'],
    ] as const) {
      expect(await test.kiosk.api.completeSale(past(over))).toMatchObject({ problem: { code } });
    }
    expect(await left()).toMatchObject({ left: 20 });
    const receipt = granted(await test.kiosk.api.completeSale(past()));
    expect(receipt.pastShare).toEqual([{ by: 'Aida s1', reason: { state: 'here', text: 'school class' }, places: 5 }]);
    expect(receipt).toMatchObject({ cashier: 'Aida c1' });
    // How many went past it is told beside the share, at the date and in the list of places.
    expect(await left()).toMatchObject({ left: 0, share: 20, pastShare: 5 });
    expect(granted(await test.kiosk.api.listShares()).shares).toMatchObject([{ left: 0, places: 20, pastShare: 5 }]);
    // Asked again, with no PIN at hand any more: the same sale.
    expect(granted(await test.kiosk.api.completeSale(saleOf('command-1', 5)))).toEqual(receipt);
    // Whoever is logged in stays who they were.
    expect((await test.kiosk.api.getStatus()).staff).toMatchObject({ staffId: 'c1' });
  });

  it('C4: a supervisor gives a part of the share to another till, once', async () => {
    const ask = { commandId: 'give-0001', date: TODAY, slot: 'day', places: 8, to: OTHER_TILL };
    expect(await test.kiosk.api.giveShare(ask)).toMatchObject({ problem: { code: 'not_permitted' } });
    granted(await test.kiosk.api.logIn({ staffId: 's1', pin: PIN }));
    expect(granted(await test.kiosk.api.listShares())).toEqual({
      shares: [{ date: TODAY, slot: 'day', startsAt: null, product: null, left: 20, places: 20, pastShare: 0 }],
      tills: [{ node: OTHER_TILL, name: 'The till' }],
    });
    expect(await test.kiosk.api.giveShare({ ...ask, places: 21 })).toMatchObject({
      problem: { code: 'share_exceeded', data: { left: 20, asked: 21 } },
    });
    expect(await test.kiosk.api.giveShare({ ...ask, to: 'k-0000000000000009' })).toMatchObject({
      problem: { code: 'bad_input', data: { field: 'to' } },
    });
    for (let time = 0; time < 2; time += 1) granted(await test.kiosk.api.giveShare(ask));
    test = await test.restart();
    granted(await test.kiosk.api.giveShare(ask));
    expect(await left()).toMatchObject({ left: 12, share: 12 });
  });

  it('C4: says that HQ is not reached when somebody asks it for places', async () => {
    const ask = { date: TODAY, slot: 'day', places: 10 };
    expect(await test.kiosk.api.askForPlaces(ask)).toMatchObject({ problem: { code: 'server_unreachable' } });
  });

  it('C2: a lease that ends in the middle of a sale sells nothing more', async () => {
    await test.remove();
    const endsMs = test.clock.nowMs() + 60_000;
    test = await openTestKiosk('till', { leaseEndsMs: endsMs });
    granted(await test.kiosk.api.logIn({ staffId: 'c1', pin: PIN }));
    granted(await test.kiosk.api.openShift({ floatMinor: 10_000, denominations: [] }));
    expect((await test.kiosk.api.quoteSale({ lines: [family] })).ok).toBe(true);
    test.clock.advance(endsMs - 1 - test.clock.nowMs());
    // The last millisecond: what is written then is under the seal that HQ waits for.
    expect((await test.kiosk.api.completeSale(saleOf('command-1'))).ok).toBe(true);
    test.clock.advance(1);
    expect(await test.kiosk.api.completeSale(saleOf('command-2'))).toMatchObject({
      problem: { code: 'share_exceeded', data: { left: 0 } },
    });
  });

  it('M1: a repeated touch moves cash once', async () => {
    const move = { commandId: 'move-0001', amountMinor: -5_000, reason: 'milk' };
    for (let time = 0; time < 3; time += 1) granted(await test.kiosk.api.moveCash(move));
    expect(await test.kiosk.api.moveCash({ ...move, amountMinor: -6_000 })).toMatchObject({
      problem: { code: 'bad_input', data: { field: 'commandId' } },
    });
    const closed = { denominations: [{ valueMinor: 5_000, count: 1 }], reason: '' };
    expect(granted(await test.kiosk.api.closeShift(closed))).toMatchObject({ movedMinor: -5_000, differenceMinor: 0 });
  });

  it('sells nothing for too little cash, or at a price that was not shown', async () => {
    const short = { ...saleOf('command-1'), tenderedMinor: 119_999 };
    expect(await test.kiosk.api.completeSale(short)).toMatchObject({ problem: { code: 'cash_below_total' } });
    const stale = { ...saleOf('command-1'), expectedTotalMinor: 110_000 };
    expect(await test.kiosk.api.completeSale(stale)).toMatchObject({ problem: { code: 'bad_input' } });
    expect(granted(await test.kiosk.api.listSales())).toEqual([]);
  });

  it('M1: closes the shift to the cent, or with a reason', async () => {
    granted(await test.kiosk.api.completeSale(saleOf('command-1')));
    granted(await test.kiosk.api.moveCash({ commandId: 'move-0001', amountMinor: -5_000, reason: 'milk' }));
    const short = { denominations: [{ valueMinor: 100_000, count: 1 }], reason: '' };
    expect(await test.kiosk.api.closeShift(short)).toMatchObject({
      problem: { code: 'reason_needed', data: { expectedMinor: 125_000, differenceMinor: -25_000 } },
    });
    const report = granted(await test.kiosk.api.closeShift({ ...short, reason: 'a note is missing' }));
    expect(report).toMatchObject({
      cashSalesMinor: 120_000,
      movedMinor: -5_000,
      differenceMinor: -25_000,
      salesWaiting: 1,
    });
    expect((await test.kiosk.api.getStatus()).shift).toBeNull();
    expect(await test.kiosk.api.completeSale(saleOf('command-2'))).toMatchObject({
      problem: { code: 'no_open_shift' },
    });
    expect(granted(await test.kiosk.api.openShift({ floatMinor: 0, denominations: [] })).number).toBe(2);
  });

  it('D1: a supervisor edits a price offline; the next sale takes it, and the history tells', async () => {
    granted(await test.kiosk.api.logIn({ staffId: 's1', pin: PIN }));
    const change = { field: 'price', unitId: 'family', priceMinor: 100_000 } as const;
    granted(await test.kiosk.api.editProduct({ productId: 'day-ticket', change }));
    test = await test.restart();
    const sale = { ...saleOf('command-1'), expectedTotalMinor: 100_000 };
    expect(granted(await test.kiosk.api.completeSale(sale)).quote.totalMinor).toBe(100_000);
    const [newest] = granted(await test.kiosk.api.getCatalogueHistory());
    expect(newest).toMatchObject({ actor: 'Aida s1', about: 'product:day-ticket', atHq: false });
    expect(newest?.changes).toMatchObject([{ from: '120000', to: '100000' }]);
    const unknown = { ...change, unitId: 'nobody' };
    expect(await test.kiosk.api.editProduct({ productId: 'day-ticket', change: unknown })).toMatchObject({
      problem: { code: 'unknown_unit' },
    });
  });
});

describe('a till that sells tickets for many kinds of people', () => {
  let test: TestKiosk;

  beforeEach(async () => {
    const day = catalogue.products['day-ticket'];
    if (day?.units['family'] === undefined) throw new Error('the test park sells a family ticket');
    const party = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`u${String(at).padStart(3, '0')}`, 1]));
    const units = { family: { ...day.units['family'], party, placesEach: 0 } };
    test = await openTestKiosk('till', { catalogue: { products: { 'day-ticket': { ...day, units } } } });
    granted(await test.kiosk.api.logIn({ staffId: 'c1', pin: PIN }));
    granted(await test.kiosk.api.openShift({ floatMinor: 10_000, denominations: [] }));
  });
  afterEach(() => test.remove());

  // As long as the screen's own.
  const COMMAND = '0123456789ABCDEF';

  it('M1, S2: says that a sale is too large to be written while the guest chooses, not only when it is paid', async () => {
    const fits = async (quantity: number) => (await test.kiosk.api.quoteSale(saleOf(COMMAND, quantity))).ok;
    let [most, tooMany] = [0, 201];
    while (tooMany - most > 1) {
      const middle = Math.floor((most + tooMany) / 2);
      if (await fits(middle)) most = middle;
      else tooMany = middle;
    }
    expect([most > 50, tooMany <= 200]).toEqual([true, true]);
    const problem = { code: 'too_much_at_once', data: { kilobytes: expect.any(Number), max: 240 } };
    expect(await test.kiosk.api.quoteSale(saleOf(COMMAND, tooMany))).toMatchObject({ problem });
    // By a few bytes the sale may still turn out smaller.
    expect(await test.kiosk.api.completeSale(saleOf(COMMAND, tooMany + 2))).toMatchObject({ problem });
    granted(await test.kiosk.api.completeSale(saleOf(COMMAND, most)));
  });
});
