import { Button, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { slotsOf } from '@skygate/shared/domain/pricing/slots';
import type { ProductAnswer } from '@skygate/shared/hq-api/catalogue';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useIssueTickets } from '../api/park-queries.ts';
import { useSlotName } from '../capacity/use-slot-name.ts';
import { useFormat } from '../format/use-format.ts';
import { QrCode } from '../kiosks/qr-code.tsx';
import { FormError } from '../layout/states.tsx';

interface IssueFormProps {
  readonly park: ParkBody;
  readonly products: readonly ProductAnswer[];
}

/** More than this many codes on a page are no help to anybody. */
const SHOWN_MAX = 12;

export function IssueForm({ park, products }: IssueFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park.park);
  const issue = useIssueTickets(park.park);
  const { timeZone, cutOffHour } = park.document;
  const [productId, setProductId] = useState<string | null>(products[0]?.productId ?? null);
  const [date, setDate] = useState(() => businessDateOf(Date.now(), timeZone, cutOffHour));
  const [slot, setSlot] = useState<string | null>(null);
  const [unit, setUnit] = useState<string | null>(null);
  const [people, setPeople] = useState<number | string>(1);
  const [count, setCount] = useState<number | string>(1);
  const product = products.find((one) => one.productId === productId)?.product;
  if (!product || productId === null) return <section className="card quiet">{t('tickets.noProducts')}</section>;
  const slots = slotsOf(productId, product);
  const units = Object.entries(product.units).sort(([, left], [, right]) => left.order - right.order);
  const slotPicked = slots.includes(slot ?? '') ? (slot ?? 'day') : (slots[0] ?? 'day');
  const unitPicked = Object.hasOwn(product.units, unit ?? '') ? (unit ?? '') : (units[0]?.[0] ?? '');
  const submit = (): void => {
    const party = [{ unitId: unitPicked, count: Number(people) }];
    issue.mutate({ productId, date, slot: slotPicked, tickets: [{ party, count: Number(count) }] });
  };
  return (
    <section className="card">
      <h2 className="section-title">{t('tickets.issueTitle')}</h2>
      <div className="quiet">{t('tickets.issueHint')}</div>
      <Stack mt="md">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            size="md"
            label={t('tickets.product')}
            allowDeselect={false}
            data={products.map((one) => ({ value: one.productId, label: format.words(one.product.name) }))}
            value={productId}
            onChange={setProductId}
          />
          <Select
            size="md"
            label={t('tickets.unit')}
            allowDeselect={false}
            data={units.map(([value, one]) => ({ value, label: format.words(one.name) }))}
            value={unitPicked}
            onChange={setUnit}
          />
          <TextInput
            size="md"
            type="date"
            label={t('tickets.date')}
            value={date}
            onChange={(event) => setDate(event.currentTarget.value)}
          />
          <Select
            size="md"
            label={t('tickets.slot')}
            allowDeselect={false}
            data={slots.map((value) => ({ value, label: slotName(value) }))}
            value={slotPicked}
            onChange={setSlot}
          />
          <NumberInput size="md" label={t('tickets.people')} min={1} max={1000} value={people} onChange={setPeople} />
          <NumberInput size="md" label={t('tickets.count')} min={1} max={10_000} value={count} onChange={setCount} />
        </SimpleGrid>
        <FormError error={issue.error} />
        <div>
          <Button size="md" loading={issue.isPending} disabled={date === ''} onClick={submit}>
            {t('tickets.issue')}
          </Button>
        </div>
        {issue.data ? (
          <div role="status">
            <b>{t('tickets.issued', { count: issue.data.tickets.length })}</b>
            <div style={{ display: 'flex', flexWrap: 'wrap', gap: 18, marginTop: 14 }}>
              {issue.data.tickets.slice(0, SHOWN_MAX).map((ticket) => (
                <figure key={ticket.ticketId} style={{ margin: 0, textAlign: 'center' }}>
                  <QrCode text={ticket.code} label={ticket.ticketId} />
                  <figcaption>{ticket.ticketId}</figcaption>
                </figure>
              ))}
            </div>
          </div>
        ) : null}
      </Stack>
    </section>
  );
}
