import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CaseNotice } from '../../../rpc-contract/gate-view.ts';
import { useFormat } from '../../format/use-format.ts';

interface CaseLineProps {
  readonly notices: readonly CaseNotice[];
  readonly onChoose: (ticketId: string) => void;
}

/** The newest case that this gate had a part in, in one quiet line whose place is always kept; a touch shows the ticket. */
export function CaseLine({ notices, onChoose }: CaseLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [notice] = notices;
  if (notice === undefined) return <div className="case-line" aria-hidden />;
  const ticket = notice.ticketId.slice(-6);
  const where = notice.isHere ? t('case.here') : format.words(notice.gate);
  const when = format.time.clock(notice.atMs);
  return (
    <button type="button" className="case-line shown" onClick={() => onChoose(notice.ticketId)}>
      <IconAlertTriangle size={24} aria-hidden />
      <span className="case-words">{t(`case.${notice.kind}`, { ticket, where, when })}</span>
      {notices.length > 1 && <span className="case-more">+{notices.length - 1}</span>}
    </button>
  );
}
