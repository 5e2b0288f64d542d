import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TicketHistory } from '../../../rpc-contract/gate-view.ts';
import { useCodes } from '../../codes.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { EmptyView } from '../../components/state-views.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';
import { HistoryView } from './history-view.tsx';

const FOUND_SHOWN_MAX = 4;

interface FindPanelProps {
  /** The code that was scanned to open this: looked up at once. */
  readonly scanned?: string | null;
  readonly onClose: () => void;
}

/** Finds a ticket by its number or the end of it, or by a scan that only looks and lets nobody in. */
export function FindPanel({ scanned = null, onClose }: FindPanelProps) {
  const { t } = useTranslation();
  const finding = useFinding();
  const { query, setQuery, found, chosen } = finding;
  useCodes({ onCode: finding.find, onUnreadable: () => undefined });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each scanned code is looked up once
  useEffect(() => {
    if (scanned !== null) void finding.find(scanned);
  }, [scanned]);
  if (chosen !== null) {
    return (
      <Panel title={t('history.title')} onClose={onClose} width={760}>
        <HistoryView history={chosen} />
        <TouchButton wide onPress={() => finding.choose(null)}>
          {t('common.back')}
        </TouchButton>
      </Panel>
    );
  }
  return (
    <Panel title={t('gate.findTitle')} onClose={onClose} width={1080}>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <div className="grow">
          <TouchField
            label={t('gate.findHint')}
            value={query}
            autoFocus
            lengthMax={16}
            onChange={(typed) => setQuery(typed.toUpperCase())}
            onEnter={() => finding.find(query)}
          />
        </div>
        <TouchButton disabled={query.length < 4} busy={finding.isBusy} onPress={() => finding.find(query)}>
          {t('gate.findGo')}
        </TouchButton>
      </div>
      <div className="found" aria-live="polite">
        {finding.problem !== null && <ProblemNote problem={finding.problem} />}
        {found?.length === 0 && <EmptyView title={t('gate.findNone')} what={t('gate.findNoneWhat')} />}
        {found?.slice(0, FOUND_SHOWN_MAX).map((history) => (
          <FoundTicket key={history.ticketId} history={history} onPress={() => finding.choose(history)} />
        ))}
      </div>
      {found !== null && found.length > FOUND_SHOWN_MAX && (
        <p className="t1 quiet">{t('gate.findTooMany', { count: FOUND_SHOWN_MAX })}</p>
      )}
      <TextPad value={query} onChange={setQuery} lengthMax={16} layouts={['code']} isCode />
    </Panel>
  );
}

function FoundTicket({ history, onPress }: { history: TicketHistory; onPress: () => void }) {
  const format = useFormat();
  return (
    <TouchButton onPress={onPress} className="found-ticket">
      <span className="clip">
        …{history.ticketId.slice(-6)} · {format.words(history.product)} ·{' '}
        {format.party(history.party, history.unitNames)}
      </span>
    </TouchButton>
  );
}

function useFinding() {
  const api = useApi();
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<readonly TicketHistory[] | null>(null);
  const [chosen, choose] = useState<TicketHistory | null>(null);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const find = async (wanted: string) => {
    setBusy(true);
    const answer = await answerOf(api.findTicket({ query: wanted }));
    setBusy(false);
    const isUnknown = !answer.ok && answer.problem.code === 'ticket_not_found';
    setProblem(answer.ok || isUnknown ? null : answer.problem);
    setFound(answer.ok ? answer.value : isUnknown ? [] : null);
    const only = answer.ok && answer.value.length === 1 ? (answer.value[0] ?? null) : null;
    choose(only);
  };
  return { query, setQuery, found, chosen, choose, problem, isBusy, find };
}
