import { Button, Group, Modal, NumberInput, Select, SimpleGrid, Stack } from '@mantine/core';
import { slotsOf } from '@skygate/shared/domain/pricing/slots';
import type { ProductAnswer } from '@skygate/shared/hq-api/catalogue';
import { idFromBytes } from '@skygate/shared/lib/ids';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue, useHoldBooking } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { Failed, FormError, Loading } from '../layout/states.tsx';
import { useSlotName } from './use-slot-name.ts';

interface HoldModalProps {
  readonly park: string;
  readonly date: string;
  readonly onClose: () => void;
}

/** Where HQ's own bookings come from: a guest on the telephone. */
export const PHONE_CHANNEL = 'phone';
const HOLDS = [15, 60, 240, 1440] as const;
const QUANTITY_MAX = 1000;

/** Keeps places of a date for a guest who will buy them (C1). */
export function HoldModal({ park, date, onClose }: HoldModalProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalogue = useCatalogue(park);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('hold.title', { date: format.shortDate(date) })}</b>}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {catalogue.isPending ? <Loading /> : null}
      {catalogue.isError ? <Failed error={catalogue.error} onRetry={() => void catalogue.refetch()} /> : null}
      {catalogue.data ? (
        <HoldForm
          park={park}
          date={date}
          products={catalogue.data.products.filter(({ product }) => product.active)}
          onClose={onClose}
        />
      ) : null}
    </Modal>
  );
}

interface HoldFormProps extends HoldModalProps {
  readonly products: readonly ProductAnswer[];
}

function HoldForm({ park, date, products, onClose }: HoldFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  // One for the whole form: pressing again after a lost answer books nothing twice.
  const [bookingId] = useState(() => idFromBytes(crypto.getRandomValues(new Uint8Array(10))));
  const hold = useHoldBooking(park, bookingId);
  const [productId, setProductId] = useState<string | null>(products[0]?.productId ?? null);
  const [slotAsked, setSlot] = useState<string | null>(null);
  const [wanted, setWanted] = useState<Readonly<Record<string, number>>>({});
  const [holdMinutes, setHoldMinutes] = useState('60');
  const product = products.find((one) => one.productId === productId)?.product;
  if (!product || productId === null) return <div className="notice">{t('tickets.noProducts')}</div>;
  const slots = slotsOf(productId, product);
  const slot = slotAsked !== null && slots.includes(slotAsked) ? slotAsked : (slots[0] ?? 'day');
  const units = Object.entries(product.units).sort(([, left], [, right]) => left.order - right.order);
  const lines = units
    .map(([unitId]) => ({ productId, unitId, quantity: wanted[unitId] ?? 0, date, slot }))
    .filter(({ quantity }) => quantity > 0);
  const save = (): void =>
    hold.mutate({ channel: PHONE_CHANNEL, lines, holdMinutes: Number(holdMinutes) }, { onSuccess: onClose });
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          size="md"
          label={t('tickets.product')}
          allowDeselect={false}
          data={products.map((one) => ({ value: one.productId, label: format.words(one.product.name) }))}
          value={productId}
          onChange={(picked) => {
            setProductId(picked);
            setWanted({});
          }}
        />
        <Select
          size="md"
          label={t('tickets.slot')}
          allowDeselect={false}
          data={slots.map((value) => ({ value, label: slotName(value) }))}
          value={slot}
          onChange={setSlot}
        />
        {units.map(([unitId, unit]) => (
          <NumberInput
            key={`${productId} ${unitId}`}
            size="md"
            label={format.words(unit.name)}
            min={0}
            max={QUANTITY_MAX}
            allowDecimal={false}
            value={wanted[unitId] ?? 0}
            onChange={(quantity) => setWanted({ ...wanted, [unitId]: Number(quantity) || 0 })}
          />
        ))}
      </SimpleGrid>
      <Select
        size="md"
        label={t('hold.for')}
        description={t('hold.forHint')}
        allowDeselect={false}
        data={HOLDS.map((minutes) => ({ value: String(minutes), label: t(`hold.minutes.${minutes}`) }))}
        value={holdMinutes}
        onChange={(minutes) => minutes !== null && setHoldMinutes(minutes)}
      />
      <FormError error={hold.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button disabled={lines.length === 0} loading={hold.isPending} onClick={save}>
          {t('hold.do')}
        </Button>
      </Group>
    </Stack>
  );
}
