import type { ErasureItem, StaffItem } from '@skygate/shared/hq-api/staff';
import { useTranslation } from 'react-i18next';
import { useEraseStaff } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { ConfirmModal } from '../layout/confirm-modal.tsx';
import { TableCard } from '../layout/table-card.tsx';

interface EraseModalProps {
  readonly park: string;
  readonly person: StaffItem;
  readonly onClose: () => void;
}

/** What erasing means, before it is done: there is no way back. */
export function EraseModal({ park, person, onClose }: EraseModalProps) {
  const { t } = useTranslation();
  const erase = useEraseStaff(park);
  return (
    <ConfirmModal
      title={t('staff.eraseTitle', { name: person.name })}
      lines={[t('staff.eraseWhat')]}
      confirm={t('staff.erase')}
      isFinal
      isBusy={erase.isPending}
      error={erase.error}
      onConfirm={() => erase.mutate(person.staffId, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}

interface ErasuresProps {
  readonly erasures: readonly ErasureItem[];
  readonly serverMs: number;
  readonly timeZone: string;
}

/** Who was erased, and which kiosks have not confirmed it yet and since when (P1). */
export function Erasures({ erasures, serverMs, timeZone }: ErasuresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (erasures.length === 0) return null;
  return (
    <TableCard columns={[t('staff.erased'), t('staff.erasedWhen'), t('staff.erasedWhere')]} style={{ marginTop: 18 }}>
      {erasures.map(({ staffId, erasedMs, waitingFor }) => (
        <tr key={staffId}>
          <td className="quiet">{staffId}</td>
          <td className="nowrap">{format.shortMoment(erasedMs, timeZone)}</td>
          <td>
            {waitingFor.length === 0 ? (
              <span className="chip" data-tone="good">
                {t('staff.erasedEverywhere')}
              </span>
            ) : (
              <div className="chips">
                {waitingFor.map(({ node, name, contactMs }) => (
                  <span key={node} className="chip" data-tone="warn" data-long>
                    {contactMs === null
                      ? t('staff.waitsForNever', { name })
                      : t('staff.waitsFor', { name, age: format.age(Math.max(0, serverMs - contactMs)) })}
                  </span>
                ))}
              </div>
            )}
          </td>
        </tr>
      ))}
    </TableCard>
  );
}
