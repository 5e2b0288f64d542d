import { startTimeOf } from '@skygate/shared/domain/pricing/slots';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReceiptTicket } from '../../../rpc-contract/till-view.ts';
import { Pager } from '../../components/pager.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import { validityWords } from '../gate/refusal-words.ts';
import { TicketCode } from './ticket-code.tsx';

interface TicketPagesProps {
  readonly tickets: readonly ReceiptTicket[];
  /** Somebody turned a page: the guest is still here. */
  readonly onTurn?: () => void;
}

/** The tickets one at a time, each code large enough to be read off the screen. */
export function TicketPages({ tickets, onTurn }: TicketPagesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  const [page, setPage] = useState(0);
  const ticket = tickets[Math.min(page, tickets.length - 1)];
  if (ticket === undefined) return null;
  const title = t('done.ticketOf', { page: page + 1, pages: tickets.length });
  const startsAt = startTimeOf(ticket.slot);
  return (
    <div className="ticket-pages card">
      <div className="row spread">
        <div style={{ minWidth: 0 }}>
          <p className="t2 strong clip">
            {format.words(ticket.product)}
            {startsAt !== null && `, ${startsAt}`}
          </p>
          <p className="t1 quiet two-lines ticket-who">
            {format.party(ticket.party, ticket.unitNames)} ·{' '}
            {t('done.validUntil', { until: validityWords(ticket, { t, time: format.time, nowMs }) })}
          </p>
        </div>
        <span className="t2 semi nowrap">{title}</span>
      </div>
      <TicketCode code={ticket.code} label={title} />
      <Pager
        page={page}
        pages={tickets.length}
        onPage={(next) => {
          setPage(next);
          onTurn?.();
        }}
      />
    </div>
  );
}
