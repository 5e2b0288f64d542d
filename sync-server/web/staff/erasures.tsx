import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ErasureItem, StaffItem } from '@skygate/shared/hq-api/staff';
import { useTranslation } from 'react-i18next';
import { useEraseStaff } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';

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
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('staff.eraseTitle', { name: person.name })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <div>{t('staff.eraseWhat')}</div>
        <FormError error={erase.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={erase.isPending}
            onClick={() => erase.mutate(person.staffId, { onSuccess: onClose })}
          >
            {t('staff.erase')}
          </Button>
        </Group>
      </Stack>
    </Modal>
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
    <div className="card table-card" style={{ marginTop: 18 }}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('staff.erased')}</th>
            <th>{t('staff.erasedWhen')}</th>
            <th>{t('staff.erasedWhere')}</th>
          </tr>
        </thead>
        <tbody>
          {erasures.map(({ staffId, erasedMs, waitingFor }) => (
            <tr key={staffId}>
              <td className="quiet">{staffId}</td>
              <td>{format.dayAndTime(erasedMs, timeZone)}</td>
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
        </tbody>
      </table>
    </div>
  );
}
