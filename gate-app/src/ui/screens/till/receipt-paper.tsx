import { startTimeOf } from '@skygate/shared/domain/pricing/slots';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { ReceiptLine, SaleReceipt } from '../../../rpc-contract/till-view.ts';
import { typedWords } from '../../format/typed-text.ts';
import { type Format, useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import { TicketCode } from './ticket-code.tsx';

/** The receipt and its tickets as they come out of an 80 mm printer. */
export function ReceiptPaper({ receipt }: { receipt: SaleReceipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { identity } = useStatus();
  const { quote } = receipt;
  return (
    <div className="paper">
      <section className="paper-page">
        <h2>{format.words(identity.parkName)}</h2>
        <p>{t('receipt.title', { number: receipt.number })}</p>
        <p>
          {format.time.day(receipt.atMs)}, {format.time.clock(receipt.atMs)}
        </p>
        <p>{identity.name}</p>
        <p>{t('receipt.cashier', { name: receipt.cashier })}</p>
        <hr />
        {receipt.lines.map((line, index) => (
          <Figures
            // biome-ignore lint/suspicious/noArrayIndexKey: a receipt's lines never move
            key={index}
            name={`${lineName(line, format)} × ${line.quantity}`}
            value={format.amount(line.totalMinor)}
          />
        ))}
        <hr />
        <Figures isStrong name={t('common.total')} value={format.money(quote.totalMinor)} />
        <Figures name={t('receipt.cash')} value={format.amount(receipt.tenderedMinor)} />
        <Figures name={t('receipt.change')} value={format.amount(receipt.changeMinor)} />
        {receipt.pastShare.length > 0 && <hr />}
        {receipt.pastShare.map(({ by, reason, places }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a receipt's lines never move
          <p key={index}>{t('receipt.pastShare', { places, name: by, reason: typedWords(t, reason) })}</p>
        ))}
        <p className="paper-thanks">{t('receipt.thanks')}</p>
      </section>
      {receipt.tickets.map((ticket, index) => (
        <section key={ticket.ticketId} className="paper-page paper-ticket">
          <h2>{format.words(identity.parkName)}</h2>
          <p className="paper-product">{format.words(ticket.product)}</p>
          <p>{format.party(ticket.party, ticket.unitNames)}</p>
          <TicketCode
            code={ticket.code}
            label={t('done.ticketOf', { page: index + 1, pages: receipt.tickets.length })}
          />
          <p>
            {format.time.date(ticket.date)}
            {startTimeOf(ticket.slot) !== null && `, ${startTimeOf(ticket.slot)}`}
          </p>
          {/* Paper outlives its day, so it never says "today"; a day ticket is good for the date above. */}
          {startTimeOf(ticket.slot) !== null && (
            <p>{t('receipt.validUntil', { time: format.time.clock(ticket.validUntilMs) })}</p>
          )}
          <p className="paper-small">{ticket.ticketId}</p>
          {/* A gate can be given the code by hand: where the picture is torn, and where there is no camera. */}
          <p className="paper-code">{ticket.code}</p>
        </section>
      ))}
    </div>
  );
}

function Figures({ name, value, isStrong = false }: { name: string; value: string; isStrong?: boolean }) {
  return (
    <p className={`paper-figures${isStrong ? ' strong' : ''}`}>
      <span>{name}</span>
      <span>{value}</span>
    </p>
  );
}

/** `Family`; of a timed product `Observation wheel 14:00, Adult`. */
const lineName = ({ product, unit, startsAt }: ReceiptLine, { words }: Format): string =>
  startsAt === null ? words(unit) : `${words(product)} ${startsAt}, ${words(unit)}`;

/** What the browser's printer gets instead of the screen (print.css). */
export function PrintSheet({ receipt }: { receipt: SaleReceipt }) {
  return createPortal(
    <div className="print-sheet" aria-hidden>
      <ReceiptPaper receipt={receipt} />
    </div>,
    document.body,
  );
}
