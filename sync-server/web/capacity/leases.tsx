import { Button } from '@mantine/core';
import type { CapacityAnswer, LeaseItem } from '@skygate/shared/hq-api/capacity';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTakeBack } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { Reserve } from './reserve.tsx';
import { useSlotName } from './use-slot-name.ts';

interface LeasesProps {
  readonly park: string;
  readonly day: CapacityAnswer;
  readonly timeZone: string;
}

/** Who holds which places, until when, and whether HQ has the rest again (C2). */
export function Leases({ park, day, timeZone }: LeasesProps) {
  const { t } = useTranslation();
  const [taking, setTaking] = useState<LeaseItem | null>(null);
  return (
    <section>
      <div className="section-head">
        <h2 className="section-title">{t('capacity.leases')}</h2>
        <Reserve park={park} reserve={day.reserve} />
      </div>
      {day.leases.length === 0 ? <div className="card quiet">{t('capacity.noLeases')}</div> : null}
      {day.leases.length > 0 ? (
        <TableCard
          columns={[
            t('capacity.kiosk'),
            t('capacity.slot'),
            { number: t('capacity.capacity') },
            { number: t('capacity.used') },
            { number: t('capacity.returnedGiven') },
            t('capacity.until'),
            { buttons: t('action.actions') },
          ]}
        >
          {day.leases.map((lease) => (
            <LeaseRow key={lease.leaseId} park={park} lease={lease} timeZone={timeZone} onTake={setTaking} />
          ))}
        </TableCard>
      ) : null}
      {taking ? <TakeBackModal park={park} lease={taking} onClose={() => setTaking(null)} /> : null}
    </section>
  );
}

interface LeaseRowProps {
  readonly park: string;
  readonly lease: LeaseItem;
  readonly timeZone: string;
  readonly onTake: (lease: LeaseItem) => void;
}

function LeaseRow({ park, lease, timeZone, onTake }: LeaseRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  return (
    <tr>
      <td className="nowrap" style={{ fontWeight: 600 }}>
        {lease.kioskName}
        {lease.fromName === null ? null : (
          <span className="quiet"> · {t('capacity.from', { name: lease.fromName })}</span>
        )}
      </td>
      <td className="nowrap">{slotName(lease.slot)}</td>
      <td className="number">{format.number(lease.places)}</td>
      <td className="number">{format.number(lease.used)}</td>
      <td className="number">
        {format.number(lease.returned)} / {format.number(lease.given)}
      </td>
      <td className="nowrap">
        {format.shortMoment(lease.endsMs, timeZone)}
        {lease.state === 'open' ? null : <div className="quiet small">{t(`capacity.leaseState.${lease.state}`)}</div>}
      </td>
      <td className="number">
        {lease.state === 'open' ? (
          <Button variant="default" onClick={() => onTake(lease)}>
            {t('capacity.takeBack')}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

function TakeBackModal({
  park,
  lease,
  onClose,
}: {
  readonly park: string;
  readonly lease: LeaseItem;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const takeBack = useTakeBack(park, lease.leaseId);
  return (
    <ReasonModal
      title={t('capacity.takeBackTitle', { name: lease.kioskName })}
      lines={[t('capacity.takeBackHint')]}
      confirm={t('capacity.takeBack')}
      error={takeBack.error}
      isBusy={takeBack.isPending}
      onConfirm={(reason) => takeBack.mutate({ reason }, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
