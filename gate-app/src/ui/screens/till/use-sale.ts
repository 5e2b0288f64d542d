import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { SaleCatalogue, SaleQuote, SaleReceipt } from '../../../rpc-contract/till-view.ts';
import { answerOf, type ScreenProblem, useApi, useKioskView, useStatus } from '../../kiosk-provider.tsx';
import { type Basket, type BasketAction, basketAfter, isSameLine, type LineKey, shownTotal } from './basket.ts';
import type { PastShare } from './past-share-panel.tsx';
import { newCommandId, type PendingSale, pendingSales } from './pending-sale.ts';

/** One guest's sale, from the first touch to the receipt. */
export interface Sale {
  readonly catalogue: SaleCatalogue | null;
  readonly date: string | null;
  readonly setDate: (date: string) => void;
  readonly basket: Basket;
  readonly change: (action: BasketAction) => void;
  /** The price of one, by the kiosk's quote where there is one. */
  readonly priceOf: (line: LineKey) => number;
  readonly totalMinor: number;
  readonly people: number;
  readonly problem: ScreenProblem | null;
  /** The kiosk would not sell this basket as it stands. */
  readonly isRefused: boolean;
  /** A supervisor lets this basket go past the till's share (C3). */
  readonly isPastShare: boolean;
  readonly allowPastShare: (pastShare: PastShare) => void;
  readonly isPaying: boolean;
  readonly pay: (tenderedMinor: number) => void;
  readonly receipt: SaleReceipt | null;
  /** Clears everything for the next guest. */
  readonly next: () => void;
}

export function useSale(): Sale {
  const api = useApi();
  const { businessDate } = useStatus();
  const [chosenDate, setDate] = useState<string | null>(null);
  const date = chosenDate ?? businessDate;
  const [basket, change] = useReducer(basketAfter, []);
  const asked = useQuery({
    queryKey: ['catalogue', date],
    queryFn: () => answerOf(api.getSaleCatalogue({ date })),
    refetchInterval: 5_000,
    placeholderData: (before) => before,
  });
  const catalogue = asked.data?.ok ? asked.data.value : null;
  const prices = useMemo(() => pricesOf(catalogue), [catalogue]);
  const [allowed, setAllowed] = useState<{ readonly basket: Basket; readonly by: PastShare } | null>(null);
  // For this very basket: another one is asked for anew.
  const pastShare = allowed !== null && allowed.basket === basket ? allowed.by : null;
  const quoting = useQuote(basket, pastShare !== null);
  const questions = useQueryClient();
  const paying = usePaying(() => void questions.invalidateQueries({ queryKey: ['catalogue'] }));
  const { quote } = quoting;
  const totalMinor = quote?.totalMinor ?? shownTotal(basket, prices);
  return {
    catalogue,
    date,
    setDate,
    basket,
    change: (action) => {
      paying.dropProblem();
      change(action);
    },
    priceOf: (line) =>
      quote?.lines.find((quoted) => isSameLine(quoted, line))?.unitPriceMinor ??
      prices.get(`${line.productId}/${line.unitId}`) ??
      0,
    totalMinor,
    people: quote?.people ?? 0,
    isRefused: quoting.problem !== null && quoting.problem.code !== 'kiosk_unreachable',
    problem: paying.problem ?? quoting.problem ?? (asked.data?.ok === false ? asked.data.problem : null),
    isPastShare: pastShare !== null,
    allowPastShare: (by) => {
      paying.dropProblem();
      setAllowed({ basket, by });
    },
    isPaying: paying.isPaying,
    pay: (tenderedMinor) => {
      const sold = { lines: basket, tenderedMinor, expectedTotalMinor: totalMinor };
      paying.pay(sold, pastShare);
    },
    receipt: paying.receipt,
    next: () => {
      change({ kind: 'clear' });
      setDate(null);
      setAllowed(null);
      paying.next();
    },
  };
}

function pricesOf(catalogue: SaleCatalogue | null): ReadonlyMap<string, number> {
  const prices = new Map<string, number>();
  for (const product of catalogue?.products ?? []) {
    for (const unit of product.units) prices.set(`${product.productId}/${unit.unitId}`, unit.priceMinor);
  }
  return prices;
}

/** The kiosk's own total for this very basket; an answer for an older basket is dropped. */
function useQuote(
  basket: Basket,
  pastShare: boolean,
): { readonly quote: SaleQuote | null; readonly problem: ScreenProblem | null } {
  const api = useApi();
  const [told, setTold] = useState<{ basket: Basket; quote: SaleQuote | null; problem: ScreenProblem | null } | null>(
    null,
  );
  useEffect(() => {
    if (basket.length === 0) return;
    let isStale = false;
    answerOf(api.quoteSale({ lines: basket, pastShare })).then((answer) => {
      if (isStale) return;
      setTold({ basket, quote: answer.ok ? answer.value : null, problem: answer.ok ? null : answer.problem });
    });
    return () => {
      isStale = true;
    };
  }, [api, basket, pastShare]);
  return told !== null && told.basket === basket ? told : { quote: null, problem: null };
}

/** Sends a sale once, however often it is touched or reloaded: the command id lives until the answer is seen. */
function usePaying(onSold: () => void) {
  const { api, linked } = useKioskView();
  const pending = useMemo(() => pendingSales(window.sessionStorage), []);
  const [receipt, setReceipt] = useState<SaleReceipt | null>(null);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isPaying, setPaying] = useState(false);
  const isSending = useRef(false);
  const send = async (sale: PendingSale, pastShare: PastShare | null) => {
    if (isSending.current) return;
    isSending.current = true;
    setPaying(true);
    setProblem(null);
    pending.write(sale);
    // The PIN is not among what outlives a reload: if the sale was made, its id alone finds it.
    const answer = await answerOf(api.completeSale(pastShare === null ? sale : { ...sale, pastShare }));
    // No answer is no "no": the sale may be in the log, so its id is kept for the next try.
    if (answer.ok || answer.problem.code !== 'kiosk_unreachable') pending.forget();
    if (answer.ok) setReceipt(answer.value);
    else setProblem(answer.problem);
    isSending.current = false;
    setPaying(false);
    onSold();
  };
  const latest = useRef(send);
  latest.current = send;
  // After a reload, and whenever the kiosk is back: first learn what became of the sale that was on its way.
  useEffect(() => {
    const left = pending.read();
    if (linked && left !== null) void latest.current(left, null);
  }, [pending, linked]);
  return {
    receipt,
    problem,
    isPaying,
    dropProblem: () => setProblem(null),
    pay: (sale: Omit<PendingSale, 'commandId'>, pastShare: PastShare | null) => {
      const left = pending.read();
      void send(left ?? { ...sale, commandId: newCommandId() }, pastShare);
    },
    next: () => {
      setReceipt(null);
      setProblem(null);
    },
  };
}
