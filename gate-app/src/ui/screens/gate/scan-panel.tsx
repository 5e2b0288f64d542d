import { IconArrowBackUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { LoadingView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, useApi, useStatus } from '../../kiosk-provider.tsx';
import { HistoryView } from './history-view.tsx';

interface ScanPanelProps {
  readonly scanId: string;
  readonly onUndo: (scanId: string) => void;
  readonly onClose: () => void;
}

/** One of the latest scans: why the gate said what it said, the ticket's history, and a way to undo. */
export function ScanPanel({ scanId, onUndo, onClose }: ScanPanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const { recentScans } = useStatus();
  const scan = recentScans.find((recent) => recent.scanId === scanId) ?? null;
  const ticketId = scan?.ticketId ?? null;
  const history = useQuery({
    queryKey: ['history', ticketId],
    queryFn: () => answerOf(api.findTicket({ query: ticketId ?? '' })),
    enabled: ticketId !== null,
  });
  const answer = history.data;
  const found = answer?.ok ? (answer.value[0] ?? null) : null;
  if (scan === null) return null;
  return (
    <Panel
      title={t(scan.reason === null ? 'history.title' : `refusal.${scan.reason}.title`)}
      onClose={onClose}
      width={760}
    >
      {scan.reason !== null && (
        <div className="note warn">
          <div>
            {t(`refusal.${scan.reason}.what`)} {t(`refusal.${scan.reason}.remedy`)}.
          </div>
        </div>
      )}
      {history.isLoading && <LoadingView />}
      {answer?.ok === false && <ProblemNote problem={answer.problem} />}
      {found !== null && <HistoryView history={found} />}
      {!scan.undone && !scan.overridden && (scan.verdict === 'admit' || scan.verdict === 'provisional') && (
        <TouchButton wide icon={<IconArrowBackUp aria-hidden />} onPress={() => onUndo(scanId)}>
          {t('gate.undo')}
        </TouchButton>
      )}
    </Panel>
  );
}
