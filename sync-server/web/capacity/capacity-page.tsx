import { Button, Group, TextInput } from '@mantine/core';
import type { CapacityAnswer, SlotItem } from '@skygate/shared/hq-api/capacity';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCapacity } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { Bookings } from './bookings.tsx';
import { CapacityModal } from './capacity-modal.tsx';
import { Findings } from './findings.tsx';
import { GrantModal } from './grant-modal.tsx';
import { Leases } from './leases.tsx';
import { useSlotName } from './use-slot-name.ts';

type Asked = { readonly what: 'capacity' | 'grant'; readonly slot: SlotItem } | null;

/** How many places a date has and which tills hold them. */
export function CapacityPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const { timeZone, cutOffHour } = park.document;
  const [date, setDate] = useState(() => businessDateOf(Date.now(), timeZone, cutOffHour));
  const [asked, setAsked] = useState<Asked>(null);
  const capacity = useCapacity(park.park, date);
  const close = (): void => setAsked(null);
  return (
    <>
      <PageHead title={t('nav.capacity')}>
        <TextInput
          type="date"
          size="md"
          aria-label={t('capacity.date')}
          value={date}
          onChange={(event) => event.currentTarget.value && setDate(event.currentTarget.value)}
        />
      </PageHead>
      {capacity.isPending ? <Loading /> : null}
      {capacity.isError ? <Failed error={capacity.error} onRetry={() => void capacity.refetch()} /> : null}
      {capacity.data ? <Day park={park.park} day={capacity.data} timeZone={timeZone} onAsk={setAsked} /> : null}
      {asked?.what === 'capacity' ? (
        <CapacityModal park={park.park} date={date} slot={asked.slot} onClose={close} />
      ) : null}
      {asked?.what === 'grant' ? <GrantModal park={park.park} date={date} slot={asked.slot} onClose={close} /> : null}
    </>
  );
}

interface DayProps {
  readonly park: string;
  readonly day: CapacityAnswer;
  readonly timeZone: string;
  readonly onAsk: (asked: Asked) => void;
}

function Day({ park, day, timeZone, onAsk }: DayProps) {
  const { t } = useTranslation();
  if (day.slots.length === 0) return <Empty title={t('capacity.empty')} hint={t('capacity.emptyHint')} />;
  return (
    <>
      <Findings day={day} />
      <TableCard
        columns={[
          t('capacity.slot'),
          { number: t('capacity.capacity') },
          { number: t('capacity.leased') },
          { number: t('capacity.sold') },
          { number: t('capacity.booked') },
          { number: t('capacity.left') },
          { buttons: t('action.actions') },
        ]}
        style={{ marginBottom: 22 }}
      >
        {day.slots.map((slot) => (
          <SlotRow key={slot.slot} park={park} slot={slot} onAsk={onAsk} />
        ))}
      </TableCard>
      <Leases park={park} day={day} timeZone={timeZone} />
      <Bookings park={park} date={day.date} timeZone={timeZone} />
    </>
  );
}

/** What stands beside a figure when there is something of it. */
function Also({
  text,
  count,
}: {
  readonly text: 'returned' | 'overridden' | 'waiting' | 'idle';
  readonly count: number;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (count === 0) return null;
  const tone = text === 'overridden' ? 'warn-text' : 'quiet';
  return <div className={`${tone} small`}>{t(`capacity.also.${text}`, { places: format.number(count) })}</div>;
}

function SlotRow({ park, slot, onAsk }: Pick<DayProps, 'park' | 'onAsk'> & { readonly slot: SlotItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  return (
    <tr>
      <td className="nowrap" style={{ fontWeight: 600 }}>
        {slotName(slot.slot)}
      </td>
      <td className="number">
        {slot.capacity === null ? <span className="quiet">{t('capacity.unset')}</span> : format.number(slot.capacity)}
      </td>
      <td className="number">
        {format.number(slot.leased)}
        <Also text="returned" count={slot.returned} />
      </td>
      <td className="number">
        {format.number(slot.sold)}
        <Also text="overridden" count={slot.overridden} />
      </td>
      <td className="number">
        {format.number(slot.held + slot.confirmed)}
        <Also text="waiting" count={slot.held} />
      </td>
      <td className="number">
        <span style={{ fontWeight: 650 }}>{slot.capacity === null ? '' : format.number(slot.left)}</span>
        <Also text="idle" count={slot.idle} />
      </td>
      <td>
        <Group gap={8} justify="flex-end" wrap="nowrap">
          <Button variant="default" onClick={() => onAsk({ what: 'capacity', slot })}>
            {t('capacity.set')}
          </Button>
          <Button variant="light" disabled={slot.left === 0} onClick={() => onAsk({ what: 'grant', slot })}>
            {t('capacity.grant')}
          </Button>
        </Group>
      </td>
    </tr>
  );
}
