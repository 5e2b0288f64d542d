import { Button, Group, Popover, Stack, TextInput } from '@mantine/core';
import type { CatalogueUnit } from '@skygate/shared/documents/catalogue-document';
import { IconCalendarPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { minorOfText } from './minor-of-text.ts';

interface DatePricesProps {
  readonly unit: CatalogueUnit;
  readonly currency: string;
  /** Null takes the date back to the usual price. */
  readonly onSet: (date: string, priceMinor: number | null) => void;
}

/** Prices of single dates, the next ones first. */
export function DatePrices({ unit, currency, onSet }: DatePricesProps) {
  const format = useFormat();
  const { t } = useTranslation();
  const dates = Object.entries(unit.prices).sort(([left], [right]) => (left < right ? -1 : 1));
  return (
    <Group gap={8}>
      {dates.map(([date, minor]) => (
        <Popover key={date} position="bottom-start" shadow="md">
          <Popover.Target>
            <Button variant="default" size="sm" fw={500}>
              {format.shortDate(date)}: <b style={{ marginLeft: 6 }}>{format.amount(minor, currency)}</b>
            </Button>
          </Popover.Target>
          <Popover.Dropdown>
            <Button variant="light" color="red" onClick={() => onSet(date, null)}>
              {t('catalogue.remove')}
            </Button>
          </Popover.Dropdown>
        </Popover>
      ))}
      <AddDate currency={currency} onSet={onSet} />
    </Group>
  );
}

function AddDate({ currency, onSet }: Omit<DatePricesProps, 'unit'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const [date, setDate] = useState('');
  const [price, setPrice] = useState('');
  const minor = minorOfText(price, currency);
  const save = (): void => {
    if (date === '' || minor === null) return;
    onSet(date, minor);
    setOpen(false);
    setPrice('');
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="subtle"
          size="sm"
          leftSection={<IconCalendarPlus size={18} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          {t('catalogue.addDate')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <TextInput
            type="date"
            label={t('catalogue.date')}
            value={date}
            onChange={(event) => setDate(event.currentTarget.value)}
          />
          <TextInput
            label={`${t('catalogue.datePrice')}, ${format.currency(currency)}`}
            inputMode="decimal"
            value={price}
            onChange={(event) => setPrice(event.currentTarget.value)}
            onKeyDown={(event) => (event.key === 'Enter' ? save() : undefined)}
          />
          <Button disabled={date === '' || minor === null} onClick={save}>
            {t('action.save')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
