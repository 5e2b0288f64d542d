import { Button, Group, Modal, NumberInput, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGrantLease, useKiosks } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';
import type { SlotModalProps } from './capacity-modal.tsx';
import { useSlotName } from './use-slot-name.ts';

/** Lends places to a till, which may then sell them with no network at all (C1). */
export function GrantModal({ park, date, slot, onClose }: SlotModalProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const slotName = useSlotName(park);
  const kiosks = useKiosks(park);
  const grant = useGrantLease(park);
  const tills = (kiosks.data?.kiosks ?? []).filter((kiosk) => kiosk.role === 'till' && !kiosk.revoked);
  const [picked, setPicked] = useState<string | null>(null);
  const [places, setPlaces] = useState<number | string>('');
  const node = picked ?? tills[0]?.node ?? null;
  const save = (): void => {
    if (node !== null) {
      grant.mutate({ node, date, slot: slot.slot, places: Number(places) }, { onSuccess: onClose });
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('capacity.grantTitle', { slot: slotName(slot.slot), date: format.shortDate(date) })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        {kiosks.isSuccess && tills.length === 0 ? <div className="notice">{t('capacity.noTills')}</div> : null}
        <Select
          size="md"
          label={t('capacity.till')}
          data={tills.map((till) => ({ value: till.node, label: till.name }))}
          value={node}
          onChange={setPicked}
          allowDeselect={false}
        />
        <NumberInput
          size="lg"
          label={t('capacity.places')}
          description={t('capacity.leftHint', { count: slot.left })}
          value={places}
          onChange={setPlaces}
          min={1}
          allowDecimal={false}
          thousandSeparator=" "
          data-autofocus
        />
        <FormError error={grant.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={node === null || Number(places) < 1} loading={grant.isPending} onClick={save}>
            {t('capacity.grant')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
