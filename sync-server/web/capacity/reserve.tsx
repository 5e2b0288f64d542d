import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSetReserve } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';

interface ReserveProps {
  readonly park: string;
  readonly reserve: number;
}

/** What tills leave to HQ when they ask for places by themselves (C4). */
export function Reserve({ park, reserve }: ReserveProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('capacity.reserve', { places: format.number(reserve) })}
      </Button>
      {asking ? <ReserveModal park={park} reserve={reserve} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function ReserveModal({ park, reserve, onClose }: ReserveProps & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSetReserve(park);
  const [places, setPlaces] = useState<number | string>(reserve);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{t('capacity.reserveTitle')}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <div className="quiet">{t('capacity.reserveHint')}</div>
        <NumberInput
          size="lg"
          label={t('capacity.places')}
          value={places}
          onChange={setPlaces}
          min={0}
          max={1_000_000}
          allowDecimal={false}
          thousandSeparator=" "
          data-autofocus
        />
        <FormError error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={places === ''}
            loading={save.isPending}
            onClick={() => save.mutate({ places: Number(places) }, { onSuccess: onClose })}
          >
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
