import { Button, Group } from '@mantine/core';
import type { BookingItem } from '@skygate/shared/hq-api/bookings';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBookingDeed, useBookings, useCatalogue } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { ReasonModal } from '../layout/confirm-modal.tsx';
import { Failed, FormError } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { HoldModal, PHONE_CHANNEL } from './hold-modal.tsx';
import { useSlotName } from './use-slot-name.ts';

const TICKETS_SHOWN = 6;

interface BookingsProps {
  readonly park: string;
  readonly date: string;
  readonly timeZone: string;
}

/** What HQ keeps for buyers and sold to them. */
export function Bookings({ park, date, timeZone }: BookingsProps) {
  const { t } = useTranslation();
  const bookings = useBookings(park, date);
  const deed = useBookingDeed(park);
  const [cancelling, setCancelling] = useState<BookingItem | null>(null);
  const [holding, setHolding] = useState(false);
  const items = bookings.data?.bookings ?? [];
  return (
    <section style={{ marginTop: 22 }} aria-labelledby="bookings">
      <div className="section-head">
        <h2 id="bookings" className="section-title">
          {t('capacity.bookings')}
        </h2>
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setHolding(true)}>
          {t('hold.open')}
        </Button>
      </div>
      {cancelling === null && deed.error !== null ? <FormError error={deed.error} /> : null}
      {bookings.isError ? <Failed error={bookings.error} onRetry={() => void bookings.refetch()} /> : null}
      {bookings.isSuccess && items.length === 0 ? <div className="card quiet">{t('hold.none')}</div> : null}
      <TableCard
        columns={[
          t('capacity.booking'),
          t('hold.what'),
          { number: t('capacity.capacity') },
          t('capacity.state'),
          { buttons: t('action.actions') },
        ]}
        hidden={items.length === 0}
      >
        {items.map((booking) => (
          <BookingRow
            key={booking.bookingId}
            park={park}
            booking={booking}
            timeZone={timeZone}
            onConfirm={() => deed.mutate({ bookingId: booking.bookingId, deed: 'confirm' })}
            onCancel={() => setCancelling(booking)}
          />
        ))}
      </TableCard>
      {holding ? <HoldModal park={park} date={date} onClose={() => setHolding(false)} /> : null}
      {cancelling ? (
        <ReasonModal
          title={t('capacity.cancelTitle', { booking: cancelling.bookingId })}
          lines={[t('capacity.cancelHint')]}
          confirm={t('capacity.cancel')}
          isFinal
          error={deed.error}
          isBusy={deed.isPending}
          onConfirm={(reason) =>
            deed.mutate(
              { bookingId: cancelling.bookingId, deed: 'cancel', body: { reason } },
              { onSuccess: () => setCancelling(null) },
            )
          }
          onClose={() => setCancelling(null)}
        />
      ) : null}
    </section>
  );
}

/** What was booked, and once it is confirmed the numbers its tickets are found by. */
function Lines({ park, booking }: { readonly park: string; readonly booking: BookingItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  const products = useCatalogue(park).data?.products ?? [];
  const unitOf = (productId: string, unitId: string): string => {
    const unit = products.find((one) => one.productId === productId)?.product.units[unitId];
    return unit === undefined ? unitId : format.words(unit.name);
  };
  const shown = booking.tickets.slice(0, TICKETS_SHOWN).map(({ ticketId }) => ticketId);
  const more = booking.tickets.length - shown.length;
  return (
    <>
      {booking.lines.map(({ productId, unitId, slot, quantity }) => (
        <div
          key={`${productId} ${unitId} ${slot}`}
        >{`${slotName(slot)}: ${unitOf(productId, unitId)} × ${quantity}`}</div>
      ))}
      {shown.length > 0 ? (
        <div className="quiet small">
          {t('hold.tickets', { list: shown.join(', ') })}
          {more > 0 ? ` ${t('hold.more', { count: more })}` : ''}
        </div>
      ) : null}
    </>
  );
}

interface BookingRowProps {
  readonly park: string;
  readonly booking: BookingItem;
  readonly timeZone: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

function BookingRow({ park, booking, timeZone, onConfirm, onCancel }: BookingRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, expiresMs } = booking;
  return (
    <tr>
      <td className="nowrap">
        <div style={{ fontWeight: 600 }}>{booking.bookingId}</div>
        <div className="quiet small">{booking.channel === PHONE_CHANNEL ? t('hold.byPhone') : booking.channel}</div>
      </td>
      <td>
        <Lines park={park} booking={booking} />
      </td>
      <td className="number">{format.number(booking.lines.reduce((sum, line) => sum + line.places, 0))}</td>
      <td className="nowrap">
        {t(`capacity.bookingState.${status}`)}
        {status === 'held' ? (
          <div className="quiet small">{t('hold.until', { when: format.shortMoment(expiresMs, timeZone) })}</div>
        ) : null}
      </td>
      <td>
        <Group gap={8} justify="flex-end" wrap="nowrap">
          {status === 'held' ? (
            <Button variant="light" onClick={onConfirm}>
              {t('capacity.confirm')}
            </Button>
          ) : null}
          {status === 'held' || status === 'confirmed' ? (
            <Button variant="default" onClick={onCancel}>
              {t('capacity.cancel')}
            </Button>
          ) : null}
        </Group>
      </td>
    </tr>
  );
}
