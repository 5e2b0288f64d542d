import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import type { SlotItem } from '@skygate/shared/hq-api/capacity';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSetCapacity } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';
import { useSlotName } from './use-slot-name.ts';

export interface SlotModalProps {
  readonly park: string;
  readonly date: string;
  readonly slot: SlotItem;
  readonly onClose: () => void;
}

const PLACES_MAX = 1_000_000;

/** Sets how many places a slot has, with the reason that stays in the log (C1). */
export function CapacityModal({ park, date, slot, onClose }: SlotModalProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  const setCapacity = useSetCapacity(park);
  const [places, setPlaces] = useState<number | string>(slot.capacity ?? '');
  const [reason, setReason] = useState('');
  const save = (): void =>
    setCapacity.mutate({ date, slot: slot.slot, places: Number(places), reason }, { onSuccess: onClose });
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('capacity.setTitle', { slot: slotName(slot.slot), date: format.shortDate(date) })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <NumberInput
          size="lg"
          label={t('capacity.capacity')}
          value={places}
          onChange={setPlaces}
          min={0}
          max={PLACES_MAX}
          allowDecimal={false}
          thousandSeparator=" "
          data-autofocus
        />
        <TextInput
          size="md"
          label={t('action.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormError error={setCapacity.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={places === ''} loading={setCapacity.isPending} onClick={save}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
