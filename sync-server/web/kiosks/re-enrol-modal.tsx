import { Button, Modal, Stack } from '@mantine/core';
import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReEnrol } from '../api/park-queries.ts';
import { FormError } from '../layout/states.tsx';
import { type GivenCode, ShownCode } from './shown-code.tsx';

interface ReEnrolProps {
  readonly park: ParkBody;
  /** As the list has it now: its epoch rises when the code was used. */
  readonly kiosk: KioskItem;
  readonly onClose: () => void;
}

/** A code for the next incarnation of a kiosk (E6): what it means, then the code. */
export function ReEnrolModal({ park, kiosk, onClose }: ReEnrolProps) {
  const { t } = useTranslation();
  const reEnrol = useReEnrol(park.park);
  const [code, setCode] = useState<GivenCode | null>(null);
  const [epochBefore] = useState(kiosk.epoch);
  const give = (): void =>
    reEnrol.mutate(kiosk.node, { onSuccess: (answer) => setCode({ ...answer, givenMs: performance.now() }) });
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={<b>{t('kiosks.reEnrolTitle', { name: kiosk.name })}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {kiosk.epoch > epochBefore ? (
        <div className="state" role="status">
          <IconCircleCheck size={64} color="var(--hq-good)" aria-hidden />
          <div className="state-title">{t('kiosks.enrolled')}</div>
          <Button size="md" onClick={onClose}>
            {t('kiosks.done')}
          </Button>
        </div>
      ) : code ? (
        <ShownCode code={code} onAgain={give} onClose={onClose} />
      ) : (
        <Stack>
          <div>{t('kiosks.reEnrolHint')}</div>
          <FormError error={reEnrol.error} />
          <Button size="md" loading={reEnrol.isPending} onClick={give}>
            {t('kiosks.create')}
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
