import { Button, Group } from '@mantine/core';
import type { BookingItem } from '@skygate/shared/hq-api/bookings';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBookingDeed, useBookings } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';
import { ReasonModal } from './reason-modal.tsx';

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
  const items = bookings.data?.bookings ?? [];
  if (items.length === 0) return null;
  return (
    <section style={{ marginTop: 22 }}>
      <h2 className="section-title" style={{ marginBottom: 12 }}>
        {t('capacity.bookings')}
      </h2>
      <FormError error={cancelling ? null : deed.error} />
      <div className="card table-card">
        <table className="table">
          <thead>
            <tr>
              <th>{t('capacity.booking')}</th>
              <th>{t('capacity.channel')}</th>
              <th className="number">{t('capacity.capacity')}</th>
              <th className="number">{t('capacity.until')}</th>
              <th>{t('capacity.state')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {items.map((booking) => (
              <BookingRow
                key={booking.bookingId}
                booking={booking}
                timeZone={timeZone}
                onConfirm={() => deed.mutate({ bookingId: booking.bookingId, deed: 'confirm' })}
                onCancel={() => setCancelling(booking)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {cancelling ? (
        <ReasonModal
          title={t('capacity.cancelTitle', { booking: cancelling.bookingId })}
          hint={t('capacity.cancelHint')}
          action={t('capacity.cancel')}
          error={deed.error}
          isPending={deed.isPending}
          onSave={(reason) =>
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

interface BookingRowProps {
  readonly booking: BookingItem;
  readonly timeZone: string;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

function BookingRow({ booking, timeZone, onConfirm, onCancel }: BookingRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, expiresMs } = booking;
  return (
    <tr>
      <td style={{ fontWeight: 600 }}>{booking.bookingId}</td>
      <td>{booking.channel}</td>
      <td className="number">{format.number(booking.lines.reduce((sum, line) => sum + line.places, 0))}</td>
      <td className="number">{status === 'held' ? format.dayAndTime(expiresMs, timeZone) : ''}</td>
      <td>{t(`capacity.bookingState.${status}`)}</td>
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
