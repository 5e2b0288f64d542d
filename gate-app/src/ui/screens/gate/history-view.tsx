import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TicketHistory } from '../../../rpc-contract/gate-view.ts';
import { Pager, pageOf } from '../../components/pager.tsx';
import { EmptyView } from '../../components/state-views.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import { momentWords } from './refusal-words.ts';

const ENTRIES_A_PAGE = 5;
/** What HQ's node is called in every park's log. */
const HQ_NAME = 'HQ';

/** What happened to a ticket, newest first: when, where, how many. */
export function HistoryView({ history }: { history: TicketHistory }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  const [page, setPage] = useState(0);
  const words = { t, time: format.time, nowMs };
  const newest = [...history.entries].sort((one, other) => other.atMs - one.atMs);
  const shown = pageOf(newest, page, ENTRIES_A_PAGE);
  const { validFromMs, validUntilMs } = history;
  return (
    <div className="column">
      <div>
        <p className="t2 semi">
          {format.words(history.product)} · {format.party(history.party, history.unitNames)}
        </p>
        <p className="t1 quiet">{t('history.ticket', { id: history.ticketId })}</p>
        {validFromMs !== null && validUntilMs !== null && (
          <p className="t1 quiet">
            {t('history.validity', { from: momentWords(validFromMs, words), until: momentWords(validUntilMs, words) })}
          </p>
        )}
      </div>
      <ul className="history" style={{ minHeight: ENTRIES_A_PAGE * 60 }}>
        {shown.items.length === 0 && <EmptyView title={t('history.empty')} />}
        {shown.items.map((entry) => (
          <li key={`${entry.kind}-${entry.atMs}-${entry.kiosk}`}>
            <span className="semi">{t(`history.kind.${entry.kind}`)}</span>
            <span className="quiet clip">
              {entry.reason === null
                ? entry.people > 0 && t('count.people', { count: entry.people })
                : t(`refusal.${entry.reason}.title`)}
            </span>
            <span className="quiet clip">{entry.kiosk === HQ_NAME ? t('catalogue.byHq') : entry.kiosk}</span>
            <span className="right">{momentWords(entry.atMs, words)}</span>
          </li>
        ))}
      </ul>
      <Pager page={shown.page} pages={shown.pages} onPage={setPage} />
    </div>
  );
}
