import { Button, Group } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { StaffItem } from '@skygate/shared/hq-api/staff';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStaff } from '../api/park-queries.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { EraseModal, Erasures } from './erasures.tsx';
import { StaffModal } from './staff-modal.tsx';

/** People who work in a park and log in at its kiosks by PIN. */
export function StaffPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const staff = useStaff(park.park);
  const [erased, setErased] = useState<StaffItem | null>(null);
  const [edited, setEdited] = useState<StaffItem | 'new' | null>(null);
  if (staff.isPending) return <Loading />;
  if (staff.isError) return <Failed error={staff.error} onRetry={() => void staff.refetch()} />;
  const add = (
    <Button size="md" leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited('new')}>
      {t('staff.add')}
    </Button>
  );
  const all = staff.data.staff.filter((person) => !person.removed);
  return (
    <>
      <PageHead title={t('nav.staff')}>{all.length > 0 ? add : null}</PageHead>
      {all.length === 0 ? (
        <Empty title={t('staff.empty')} hint={t('staff.emptyHint')}>
          {add}
        </Empty>
      ) : (
        <TableCard columns={[t('staff.name'), t('staff.role'), t('staff.id'), 'PIN', { buttons: t('action.actions') }]}>
          {all.map((person) => (
            <tr key={person.staffId}>
              <td style={{ fontWeight: 600 }}>{person.name}</td>
              <td>{t(`staff.roles.${person.role}`)}</td>
              <td className="quiet">{person.staffId}</td>
              <td>{t(person.hasPin ? 'staff.hasPin' : 'staff.noPin')}</td>
              <td className="number">
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <Button variant="default" onClick={() => setEdited(person)}>
                    {t('action.edit')}
                  </Button>
                  <Button variant="subtle" color="red" onClick={() => setErased(person)}>
                    {t('staff.erase')}
                  </Button>
                </Group>
              </td>
            </tr>
          ))}
        </TableCard>
      )}
      <Erasures erasures={staff.data.erasures} serverMs={staff.data.serverMs} timeZone={park.document.timeZone} />
      {erased ? <EraseModal park={park.park} person={erased} onClose={() => setErased(null)} /> : null}
      {edited ? (
        <StaffModal park={park.park} person={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </>
  );
}
